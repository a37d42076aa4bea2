"""What people answer when they are asked for subscriptions, and what became of such messages.

Events of the official account and of the mini-program (fact A6), inside the callback's unit.
"""

from __future__ import annotations

from app.members import service as members
from app.notices import deliveries, subscriptions
from app.wechat import client as wechat
from app.wechat.client import Message, events

NAMES = frozenset(
    {"subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event"}
)


def note(message: Message) -> None:
    """Counts consents, forgets what was withdrawn, and notes what arrived."""
    event = wechat.read_event(message.fields)
    if isinstance(event, events.SubscriptionsSent):
        for fate in event.fates:
            deliveries.report(fate.message_id, _status(fate), message.created_at)
    elif isinstance(event, events.ConsentAnswered | events.ConsentChanged):
        _count(message, event)


def _count(message: Message, event: events.ConsentAnswered | events.ConsentChanged) -> None:
    member_id = members.member_of(message.app_id, message.openid)
    if member_id is None:
        return
    for consent in event.consents:
        if not consent.is_accepted:
            subscriptions.refuse(member_id, message.app_id, consent.template_id)
        elif isinstance(event, events.ConsentAnswered):
            subscriptions.accept(member_id, message.app_id, consent.template_id)


def _status(fate: events.SubscriptionFate) -> str:
    """A fate in the words of TEMPLATESENDJOBFINISH."""
    if fate.is_delivered:
        return "success"
    is_block = "block" in fate.error_status.lower()
    return "failed:user block" if is_block else f"failed:{fate.error_code}"
