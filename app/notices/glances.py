"""What a look can answer: scans by those to whom nothing remains to be done.

Most scans are of this kind: a member at the till, bound long ago. Nothing changes by them but
their window for messages, so that many are answered in one round trip. For anybody else the
answer is `conversation`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.alliance import service as alliance
from app.core.config import settings
from app.members.service import Comer
from app.notices.conversation import scanned_text
from app.notices.windows import OPENED, Opening
from app.wechat.client import Message, Ready


def scans(event: str, messages: Sequence[Message]) -> list[Ready | None]:
    """Receiver of `answers_asked` for the event scan."""
    comers = [Comer(each.app_id, each.openid, each.created_at) for each in messages]
    known = alliance.recognise(comers)
    return [
        _answer(message, joined) if joined and _is_for_a_look(message) else None
        for message, joined in zip(messages, known, strict=True)
    ]


def _answer(message: Message, joined: alliance.Joined) -> Ready:
    reply = scanned_text(message.scene or "", joined, alliance.store_name)
    return Ready(reply, OPENED, Opening(joined.member_id, "scan", message.created_at))


def _is_for_a_look(message: Message) -> bool:
    is_ours = message.app_id == settings().wechat_oa_app_id
    return is_ours and not alliance.is_promotion(message.scene)  # that is written down
