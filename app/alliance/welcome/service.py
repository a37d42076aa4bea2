"""The welcome gift: once for each person, from a fund that has it, at the moment that
EXPERIENCE_GRANT_WHEN names: on joining, when the member agrees to its terms, or at the first
payment in a store. docs/experience.md says what the law has to do with it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from app.alliance import payments
from app.alliance.errors import ExperienceFundShort, ExperienceNotOffered
from app.core.config import settings
from app.core.db import in_transaction
from app.core.units import money, percent
from app.core.world import SYSTEM_ID
from app.ledger.service import Account
from app.members import service as members
from app.wallet import service as wallet

Fields = dict[str, Any]
KEY = "welcome"
TERMS = (
    "体验金 {amount}：由平台承担，{days} 天内有效，到期未用部分退回；每笔消费最多抵扣 {cap}%，"
    "部分门店类别另有上限；{out}。",
    "{amount} of experience gold, paid for by the platform, good for {days} days; what is not used "
    "by then goes back. It pays at most {cap}% of a purchase, in some kinds of stores less; "
    "{out_en}.",
)
OUT = {
    True: ("达到起提金额后可提现（代扣偶然所得个税）", "from its threshold on it can be withdrawn"),
    False: ("不可提现", "it cannot be withdrawn"),
}


class When(StrEnum):
    """When the gift is given."""

    JOINED = "joined"
    CONSENT = "consent"
    FIRST_VISIT = "first_visit"


def on_joining(member_id: UUID) -> tuple[int, str | None]:
    """What a new member is given at once (fen), in the current unit; if nothing, why: switched_off,
    on_consent, on_first_visit, fund_short."""
    amount_fen = settings().experience_grant_fen
    if not amount_fen:
        return 0, "switched_off"
    if settings().experience_grant_when != When.JOINED:
        return 0, f"on_{settings().experience_grant_when}"
    granted = _grant(member_id, SYSTEM_ID)
    return (0, "fund_short") if granted is None else (amount_fen, None)


def agree(member_id: UUID) -> Fields:
    """Grants the gift to a member who agrees to its terms, in the current unit; the journal is the
    record of it: posted for the member, by the member. A second time it changes nothing.

    Raises ExperienceNotOffered where it is not given on agreement, ExperienceFundShort.
    """
    if status(member_id) not in ("open", "granted"):
        raise ExperienceNotOffered()
    journal_id = _grant(member_id, member_id)
    if journal_id is None:
        raise ExperienceFundShort()
    return shown(member_id) | {"journal_id": str(journal_id)}


def on_paid(payload: Fields) -> None:
    """Reader of sale.paid, where the gift is given at the first visit: the first payment at which
    the fund has enough."""

    def work() -> None:
        payer_id = payments.find(UUID(payload["sale_id"])).payer_id
        if settings().experience_grant_fen:
            _grant(members.today(payer_id), SYSTEM_ID)

    in_transaction(work)


def status(member_id: UUID) -> str:
    """granted, open (the member may agree), on_first_visit, or not_offered; in the current unit."""
    if wallet.was_granted(member_id, KEY):
        return "granted"
    when = settings().experience_grant_when
    if not settings().experience_grant_fen or when == When.JOINED:
        return "not_offered"
    return "open" if when == When.CONSENT else "on_first_visit"


def shown(member_id: UUID) -> Fields:
    """The gift, its terms and where it stands for a member, in the current unit of work."""
    chosen = settings()
    out, out_en = OUT[chosen.experience_is_withdrawable]
    cap = percent(chosen.experience_sale_cap_bp)
    words = {
        "amount": money(chosen.experience_grant_fen),
        "days": chosen.experience_valid_days,
        "cap": cap,
        "out": out,
        "out_en": out_en,
    }
    zh, en = (text.format(**words) for text in TERMS)
    return {
        "status": status(member_id),
        "amount_fen": chosen.experience_grant_fen,
        "terms_zh": zh,
        "terms_en": en,
        "journal_id": None,
    }


def _grant(member_id: UUID, principal_id: UUID) -> UUID | None:
    return wallet.grant_experience(
        member_id,
        settings().experience_grant_fen,
        grant_key=KEY,
        principal_id=principal_id,
        funder=Account[settings().experience_funder.upper()],
    )
