"""When two members turn out to be one person: what the wallet moves, and how it is undone.

Everything a purse holds goes over in one journal, lot by lot. What is under way (holds, open
orders, withdrawals, frozen rebate) stays with the absorbed member until it comes to its end, and
what then comes back to them follows (`move_residues`): so nothing in flight is touched.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import exists, select, update

from app.core.db import TryAgain, db, in_transaction
from app.core.errors import ServiceUnavailable
from app.core.world import PLATFORM_ID, SYSTEM_ID, bucket_of, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Balances, Journal, Leg
from app.members import service as members
from app.wallet import lots
from app.wallet.models import Lot, WeChatOrder, Withdrawal

log = structlog.get_logger()
IN_LOTS = (Account.PREPAID_PRINCIPAL, Account.PREPAID_BONUS, Account.EXPERIENCE)
WHOLE = (Account.REBATE, Account.CLAWBACK_DUE)
RESIDUE_SECONDS = 60
MERGES_AT_ONCE = 200


def has_past(_: Any, *, member_id: UUID) -> bool:
    """Receiver of `past_asked`: who ever paid, earned, ordered or withdrew has a past.

    Experience gold that was granted and never touched is none.
    """
    granted = ledger.lots(member_id, Account.EXPERIENCE)
    moved = sum(balance.ledger_version for balance in ledger.balances(member_id).values())
    return moved != len(granted) or _has_orders(member_id)


def hand_over(_: Any, *, survivor_id: UUID, absorbed_id: UUID, had_past: bool) -> dict[str, Any]:
    """Receiver of `merging`: empties the absorbed member's purses into the survivor's.

    What one person is granted once (welcome gold) and the survivor was granted too goes back to
    its funder. Raises TryAgain where a payment was faster.
    """
    granted_twice = _granted_twice(survivor_id, absorbed_id)
    returned = [
        _returned(lot, left)
        for lot in granted_twice
        if (left := ledger.lots(absorbed_id, Account.EXPERIENCE).get(lot.id))
    ]
    kept = {lot.id for lot in granted_twice}
    journals = returned + _moving(survivor_id, absorbed_id, f"merged:{new_id()}", but=kept)
    moved_lots = _change_owner(absorbed_id, survivor_id, but=kept)
    _post(journals)
    return {
        "wallet": {
            "journals": [str(journal.id) for journal in journals],
            "lots": [str(lot_id) for lot_id in moved_lots],
            "versions": _versions(survivor_id),
            "absorbed_versions": _versions(absorbed_id),
        }
    }


def take_back(_: Any, *, survivor_id: UUID, absorbed_id: UUID, moved: dict[str, Any]) -> None:
    """Receiver of `unmerging`: reverses what was moved, while neither purse has moved since."""
    then = moved["wallet"]
    now_has = (_versions(survivor_id), _versions(absorbed_id))
    if now_has != (then["versions"], then["absorbed_versions"]):
        raise members.CannotUndo("money has moved since")
    journals = [
        ledger.reverse(UUID(each), key=f"unmerged:{each}", principal_id=SYSTEM_ID)
        for each in then["journals"]
    ]
    wanted = [UUID(each) for each in then["lots"]]
    _set_owner(Lot.id.in_(wanted) & (Lot.owner_id == survivor_id), absorbed_id)
    try:
        ledger.post(journals)
    except ledger.InsufficientFunds as error:
        raise members.CannotUndo("the money is not there any more") from error


def move_residues() -> int:
    """Lets what came back to absorbed members since follow to who they are now; how many moved.

    Refunds, withdrawals that came to nothing and rebate that was released.
    """
    moved, after = 0, None
    while True:
        page = members.merged_with_past(after, MERGES_AT_ONCE)
        for merged in page:
            if _holds_something(ledger.balances(merged.absorbed_id)):
                moved += _try_to_follow(merged.absorbed_id)
        if len(page) < MERGES_AT_ONCE:
            return moved
        after = page[-1].id


def _try_to_follow(absorbed_id: UUID) -> int:
    try:
        return in_transaction(lambda: _follow(absorbed_id))
    except ServiceUnavailable:
        raise
    except Exception as error:  # one merge's trouble holds up no other
        log.error("residue_failed", member=str(absorbed_id), exc_info=error)
        return 0


def _follow(absorbed_id: UUID) -> int:
    survivor_id = members.present(absorbed_id)
    if survivor_id == absorbed_id:
        return 0
    _change_owner(absorbed_id, survivor_id, but=set())
    versions = _versions(absorbed_id)
    key = "residue:" + ":".join(f"{name}.{number}" for name, number in versions.items())
    journals = _moving(survivor_id, absorbed_id, key, but=set())
    lots.reopen([leg.lot_id for each in journals for leg in each.legs if leg.lot_id])
    _post(journals)
    return len(journals)


def _holds_something(found: Balances) -> bool:
    return any(found[account].balance_fen for account in (*IN_LOTS, *WHOLE))


def _moving(survivor_id: UUID, absorbed_id: UUID, key: str, *, but: set[UUID]) -> list[Journal]:
    """The journal that moves all that can be spent, and what is owed; none where there is none."""
    held = [
        (account, lot_id, amount)
        for account in IN_LOTS
        for lot_id, amount in ledger.lots(absorbed_id, account).items()
        if lot_id not in but
    ]
    found = ledger.balances(absorbed_id)
    held += [(account, None, found[account].balance_fen) for account in WHOLE]  # type: ignore[list-item]
    legs = [
        leg
        for account, lot_id, amount in held
        if amount
        for leg in (
            Leg(absorbed_id, account, -amount, lot_id),
            Leg(survivor_id, account, amount, lot_id),
        )
    ]
    if not legs:
        return []
    journal_id = new_id(bucket_of(absorbed_id))
    return [Journal(journal_id, "member_merged", survivor_id, SYSTEM_ID, key, tuple(legs))]


def _post(journals: list[Journal]) -> None:
    try:
        ledger.post(journals)
    except ledger.InsufficientFunds as error:  # a payment was faster: look again
        raise TryAgain() from error


def _versions(member_id: UUID) -> dict[str, int]:
    found = ledger.balances(member_id)
    return {account.label: balance.ledger_version for account, balance in sorted(found.items())}


def _granted_twice(survivor_id: UUID, absorbed_id: UUID) -> list[Lot]:
    """The absorbed member's lots, locked, that the survivor was granted under the same key."""
    both = {lot.grant_key for lot in _granted(survivor_id)} - {None}
    return [lot for lot in _granted(absorbed_id) if lot.grant_key in both]


def _granted(member_id: UUID) -> list[Lot]:
    wanted = select(Lot).where(Lot.owner_id == member_id, Lot.account == Account.EXPERIENCE)
    return list(db.session.scalars(wanted.order_by(Lot.id).with_for_update()))


def _change_owner(from_id: UUID, to_id: UUID, *, but: set[UUID]) -> list[UUID]:
    return _set_owner((Lot.owner_id == from_id) & Lot.id.not_in(but), to_id)


def _set_owner(condition: Any, owner_id: UUID) -> list[UUID]:
    changed = update(Lot).where(condition).values(owner_id=owner_id).returning(Lot.id)
    return list(db.session.scalars(changed.execution_options(synchronize_session=False)))


def _has_orders(member_id: UUID) -> bool:
    bucket = bucket_of(member_id)
    return any(
        db.session.scalar(
            select(exists().where(table.bucket == bucket, table.member_id == member_id))
        )
        for table in (WeChatOrder, Withdrawal)
    )


def _returned(lot: Lot, left_fen: int) -> Journal:
    return Journal(
        id=new_id(lot.bucket),
        kind="experience_returned",
        reference_id=lot.id,
        principal_id=SYSTEM_ID,
        key=f"experience_returned:{lot.id}",
        legs=(
            Leg(lot.owner_id, Account.EXPERIENCE, -left_fen, lot.id),
            Leg(PLATFORM_ID, Account(lot.funder or Account.CAMPAIGN_FUND), left_fen),
        ),
    )
