"""What members and staff may see of notices, and the member's own code."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from app.core import auth
from app.core.api import api_blueprint
from app.core.config import settings
from app.core.db import in_transaction
from app.core.errors import InvalidRequest
from app.core.world import beijing_day, now
from app.notices import menu, preferences, previews, service, taps
from app.notices.kinds import TERMS, Kind
from app.notices.schemas import (
    InviteCode,
    NoticeList,
    NoticePreferences,
    NoticePreviews,
    NoticesAsked,
    NoticeWishes,
    OwnNoticesAsked,
    StaffNoticeList,
    SubscriptionAnswers,
    SubscriptionList,
    TapList,
    TapsAsked,
)

blueprint = api_blueprint("notices", __name__)
TAP_DAYS, MOST_TAP_DAYS = 29, 365


@blueprint.get("/me/notices")
@blueprint.input(OwnNoticesAsked, location="query", arg_name="asked")
@blueprint.output(NoticeList)
@auth.member
def show_my_notices(asked: OwnNoticesAsked) -> dict[str, Any]:
    """What the signed-in member was told, newest first, a page at a time."""
    return {"notices": service.notices_of(auth.principal().id, asked.before, asked.limit)}


@blueprint.get("/me/invite-code")
@blueprint.output(InviteCode)
@auth.member
def show_my_invite_code() -> dict[str, str]:
    """The signed-in member's own code: whoever scans it first is bound to them."""
    member_id = auth.principal().id
    return asdict(in_transaction(lambda: service.invite_code(member_id)))


@blueprint.get("/notices")
@blueprint.input(NoticesAsked, location="query", arg_name="asked")
@blueprint.output(StaffNoticeList)
@auth.staff("operator", "support")
def show_notices(asked: NoticesAsked) -> dict[str, Any]:
    """Notices of all members, newest first; `state=blocked` shows what did not arrive."""
    wanted = service.Wanted(**asked.model_dump(exclude={"limit"}))
    return {"notices": service.find(wanted, asked.limit)}


@blueprint.get("/notices/previews")
@blueprint.output(NoticePreviews)
@auth.staff("operator", "support")
def show_previews() -> dict[str, Any]:
    """Every kind of notice with example values, its doors and limits, and its templates."""
    return {
        "quiet_hours": settings().quiet_hours,
        "previews": [_preview(each) for each in previews.all_kinds()],
    }


@blueprint.get("/me/notice-preferences")
@blueprint.output(NoticePreferences)
@auth.member
def show_my_preferences() -> dict[str, Any]:
    """Which kinds of notices the signed-in member wants."""
    member_id = auth.principal().id
    return _preferences(in_transaction(lambda: preferences.of(member_id)))


@blueprint.put("/me/notice-preferences")
@blueprint.input(NoticeWishes, arg_name="body")
@blueprint.output(NoticePreferences)
@auth.member
def change_my_preferences(body: NoticeWishes) -> dict[str, Any]:
    """Decline kinds of notices, or want them again; those about one's money cannot be declined."""
    member_id = auth.principal().id
    wishes = {wish.kind: wish.wanted for wish in body.preferences}
    return _preferences(in_transaction(lambda: preferences.change(member_id, wishes)))


@blueprint.get("/me/subscriptions")
@blueprint.output(SubscriptionList)
@auth.member
def show_my_subscriptions() -> dict[str, Any]:
    """The templates the mini-program may ask the signed-in member for, and what is left."""
    member_id = auth.principal().id
    return {"subscriptions": in_transaction(lambda: service.subscriptions_of(member_id))}


@blueprint.post("/me/subscriptions")
@blueprint.input(SubscriptionAnswers, arg_name="body")
@blueprint.output(SubscriptionList)
@auth.member
def note_my_subscriptions(body: SubscriptionAnswers) -> dict[str, Any]:
    """Say what the signed-in member answered to wx.requestSubscribeMessage."""
    member_id = auth.principal().id

    def work() -> list[dict[str, Any]]:
        service.note_answers(member_id, body.answers)
        return service.subscriptions_of(member_id)

    return {"subscriptions": in_transaction(work)}


@blueprint.get("/menu/taps")
@blueprint.input(TapsAsked, location="query", arg_name="asked")
@blueprint.output(TapList)
@auth.staff("operator", "support")
def show_menu_taps(asked: TapsAsked) -> dict[str, Any]:
    """How often each entry of the official account's menu was tapped, by Beijing day."""
    last = asked.to or beijing_day(now())
    first = asked.first or last - timedelta(days=TAP_DAYS)
    if not timedelta(0) <= last - first <= timedelta(days=MOST_TAP_DAYS):
        raise InvalidRequest("`from` is not after `to`, and at most a year before it")
    names = menu.names()
    found = taps.between(first, last)
    return {"taps": [{**row._mapping, "name": names.get(row.key)} for row in found]}


def _preview(found: previews.Preview) -> dict[str, Any]:
    terms = found.terms
    return {
        "kind": found.kind,
        "title": terms.title,
        "audience": terms.audience,
        "occasion": terms.occasion,
        "nature": terms.nature,
        "doors": list(terms.doors),
        "waits_at_night": terms.waits_at_night,
        "daily": found.daily,
        "lasts_seconds": int(terms.lasts.total_seconds()),
        "can_decline": terms.can_decline,
        "text": found.text,
        "templates": found.templates,
    }


def _preferences(wanted: dict[Kind, bool]) -> dict[str, Any]:
    return {
        "preferences": [
            {
                "kind": kind,
                "title": TERMS[kind].title,
                "wanted": is_wanted,
                "can_decline": TERMS[kind].can_decline,
            }
            for kind, is_wanted in wanted.items()
        ]
    }
