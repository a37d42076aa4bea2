"""Why a share of a concession is that much: policy, rate, remainder, fallback, debt, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.alliance import catalogue
from app.alliance.models import Merchant, Sale, SaleShare, SplitPolicy
from app.alliance.parties import FUND_ACCOUNTS
from app.alliance.policies.wording import PARTIES
from app.alliance.rules import WHOLE_BP, Party
from app.core.db import db
from app.core.world import PLATFORM_ID, bucket_of
from app.ledger.service import Account, Asked, BookEntry, Explanation, Step, Version, rated
from app.members import service as members

MOST_STEPS = 50
BROUGHT_PAYER = frozenset({Party.RECOMMENDER, Party.HOME_STORE})
BROUGHT_MERCHANT = frozenset({Party.MERCHANT_RECOMMENDER, Party.SALESPERSON})


def shares_of(sale: Sale) -> list[SaleShare]:
    """The shares of a sale in the order in which refunds count them out. Locks nothing."""
    mine = (SaleShare.bucket == sale.bucket, SaleShare.sale_id == sale.id)
    return list(db.session.scalars(select(SaleShare).where(*mine).order_by(SaleShare.party)))


def distribution(asked: Asked) -> Explanation:
    """The second journal of a sale, as far as it is the viewer's."""
    told = Explanation("sale.split", "payment", [])
    sale = db.session.get(Sale, (bucket_of(asked.journal.reference_id), asked.journal.reference_id))
    if sale is None:
        return told
    policy = db.session.get_one(SplitPolicy, (bucket_of(PLATFORM_ID), sale.policy_id))
    told.versions = [Version("policy", policy.id, policy.version, policy.name)]
    told.sentences.append(
        (
            "每笔消费的让利按成交时的分配方案拆分；各份取整后，余下的分按余数从大到小补给。",
            "The concession is divided by the policy of that moment. Each share is rounded down; "
            "the fen left over go one by one to the largest remainders.",
        )
    )
    mine = [share for share in shares_of(sale) if any(_fits(share, e) for e in asked.entries)]
    for share in mine:
        _add(told, asked, share, sale, policy)
    if any(entry.account is Account.CONCESSION_CLEARING for entry in asked.entries):
        told.steps.append(Step(("分出的让利", "Concession given out"), -sale.concession_fen))
    told.binding = _evidence(asked, sale, mine)
    return told


def release(asked: Asked) -> Explanation:
    """Shares whose freeze ended together."""
    told = Explanation(
        "rebate.release",
        "payment",
        [
            (
                "返利冻结期满，从待解冻返利转为可用返利；这期间退款的部分已先扣除。",
                "The freeze is over: frozen rebate became yours to spend or withdraw, less what "
                "refunds took meanwhile.",
            )
        ],
    )
    freed = _freed_with(asked)
    amount = -sum(leg.amount_fen for leg in asked.journal.legs if leg.amount_fen < 0)
    if freed and sum(share.free_fen for share in freed) == amount:
        freed = freed[:MOST_STEPS]
        told.steps = [
            Step((f"{_name(share)[0]}份额", f"Share of {_name(share)[1]}"), share.free_fen)
            for share in freed
        ]
    return told


def _freed_with(asked: Asked) -> list[SaleShare]:
    """The shares of the journal's owner that were freed at the same moment as the one it names."""
    owner_id = asked.journal.legs[0].owner_id
    *_, party = asked.journal.key.split(":")
    sale_id = asked.journal.reference_id
    first = db.session.get(SaleShare, (bucket_of(sale_id), sale_id, party))
    if first is None or first.released_at is None:
        return []
    together = SaleShare.released_at == first.released_at
    statement = select(SaleShare).where(SaleShare.owner_id == owner_id, together)
    return list(db.session.scalars(statement.order_by(SaleShare.sale_id, SaleShare.party)))


def _fits(share: SaleShare, entry: BookEntry) -> bool:
    """Whether an entry holds a share, or the part of it that paid an older debt."""
    if share.owner_id != entry.owner_id:
        return False
    if share.release_at is None:
        return entry.account is FUND_ACCOUNTS.get(Party(share.receiver), Account.OPERATIONS)
    if entry.account is Account.CLAWBACK_DUE:
        return share.collected_fen > 0
    return entry.account is Account.REBATE_PENDING and share.amount_fen > share.collected_fen


def _add(
    told: Explanation, asked: Asked, share: SaleShare, sale: Sale, policy: SplitPolicy
) -> None:
    rate_bp, (zh, en) = policy.shares_bp[share.party], PARTIES[Party(share.party)]
    text = (f"让利 × {zh}份额", f"Concession × share of {en}")
    told.steps.append(rated(text, sale.concession_fen, rate_bp, share.amount_fen))
    if share.amount_fen > sale.concession_fen * rate_bp // WHOLE_BP:
        told.steps[-1] = _rounded_up(told.steps[-1])
    if share.reason == "fallback":
        to_zh, to_en = _name(share)
        told.sentences.append(
            (
                f"本单没有{zh}（或其本人已得一份），该份额按方案归{to_zh}。",
                f"This sale had no {en.removeprefix('the ')} of its own (or that person has a share"
                f" already); by the policy that share goes to {to_en}.",
            )
        )
    if share.collected_fen:
        told.steps += _debt(asked, share)


def _debt(asked: Asked, share: SaleShare) -> list[Step]:
    """What of a share went to the other account: an older debt is paid first."""
    touched = {entry.account for entry in asked.entries if entry.owner_id == share.owner_id}
    if Account.CLAWBACK_DUE not in touched:
        return [Step(("先抵扣应追回款", "Of it, paid an older debt first"), -share.collected_fen)]
    rest = share.amount_fen - share.collected_fen
    if Account.REBATE_PENDING in touched or not rest:
        return []
    return [Step(("其余记入待解冻返利", "The rest is frozen rebate"), -rest)]


def _rounded_up(step: Step) -> Step:
    zh, en = step.text
    text = (f"{zh}（余数较大，补 1 分）", f"{en} (of the largest remainders: 1 fen more)")
    return Step(text, step.result_fen, step.base_fen, step.rate_bp, step.remainder)


def _name(share: SaleShare) -> tuple[str, str]:
    return PARTIES[Party(share.receiver)]


def _evidence(asked: Asked, sale: Sale, mine: Sequence[SaleShare]) -> dict[str, Any] | None:
    """What shows that a share is due to who got it; ids only of those the viewer may know."""
    for share in mine:
        party = Party(share.receiver)
        if party in BROUGHT_PAYER:
            return _binding(asked, sale, share, party)
        if party in BROUGHT_MERCHANT:
            return _brought_merchant(asked, sale, share, party)
    return None


def _binding(asked: Asked, sale: Sale, share: SaleShare, party: Party) -> dict[str, Any] | None:
    bound = members.binding(sale.payer_id)
    if bound is None:
        return None
    is_theirs = _holder(bound, party) in (share.owner_id, members.today(share.owner_id))
    shown: dict[str, Any] = {
        "of": "member",
        "as": party.value,
        "recommender_kind": bound.recommender_kind,
        "channel": bound.channel,
        "bound_at": bound.bound_at.isoformat(),
        "is_corrected_since": not is_theirs,
    }
    if asked.viewer.may_know(bound.recommender_id):
        shown["code"] = bound.scene
    if asked.viewer.is_platform:
        shown |= _ids(member=bound.member_id, recommender=bound.recommender_id)
        shown |= _ids(home_store=bound.home_store_id)
    return shown


def _holder(bound: members.Bound, party: Party) -> UUID | None:
    """Who would have the share by the binding as it is today."""
    if party is Party.RECOMMENDER:
        return bound.recommender_id
    return catalogue.store(bound.home_store_id).merchant_id if bound.home_store_id else None


def _brought_merchant(asked: Asked, sale: Sale, share: SaleShare, party: Party) -> dict[str, Any]:
    merchant = db.session.get_one(Merchant, (bucket_of(sale.merchant_id), sale.merchant_id))
    named = merchant.salesperson_id if party is Party.SALESPERSON else merchant.recommender_id
    shown: dict[str, Any] = {
        "of": "merchant",
        "as": party.value,
        "recommender_kind": merchant.recommender_kind or "salesperson",
        "bound_at": merchant.created_at.isoformat(),
        "is_corrected_since": named != share.owner_id,
    }
    return shown | (_ids(merchant=merchant.id) if asked.viewer.is_platform else {})


def _ids(**named: UUID | None) -> dict[str, str | None]:
    return {f"{name}_id": str(each) if each else None for name, each in named.items()}
