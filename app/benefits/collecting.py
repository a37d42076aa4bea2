"""What receivers of grants owe back: a claim until it is paid, and money of its campaign then.

A claim is no money, so that nothing is promised with it: it stands in the campaign's
`campaign_claim` against the receiver's `clawback_due`. Debts are collected from what people get
later, whoever gives it, and nobody notes whose debt that paid. So a person's other debts count as
paid first: what they still owe in all is the most that is still owed to campaigns.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import func, select

from app.benefits import grants
from app.benefits.models import Grant
from app.core.db import db, in_transaction, read
from app.core.world import SYSTEM_ID, new_id
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.members import service as members

log = structlog.get_logger()
SECONDS = 60
BATCH = 100


def collect() -> int:
    """Duty: moves what was paid of claims into the pots, each person in a unit of their own; of
    how many grants. In any order, so that who never pays keeps nobody waiting."""
    owners = select(Grant.owner_id).where(Grant.claimed_fen > 0).group_by(Grant.owner_id)
    return sum(_try(row.owner_id) for row in read(owners.order_by(func.random()).limit(BATCH)))


def settle(owner_id: UUID) -> int:
    """Moves what a person has paid of claims into the pots, or their funders' way, in the current
    unit of work; of how many grants.

    Locks the grants, then their campaigns in order. Claims are read before what is owed, and who
    was merged before who they are today: what moves meanwhile only makes less of it.
    """
    people = members.everyone_of(members.today(owner_id))
    claims = select(Grant).where(Grant.owner_id.in_(people), Grant.claimed_fen > 0)
    rows = db.session.scalars(
        claims.order_by(Grant.campaign_id, Grant.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    owed_fen = sum(
        -ledger.balances(each)[Account.CLAWBACK_DUE].balance_fen for each in people[::-1]
    )
    paid_fen = sum(row.claimed_fen for row in rows) - owed_fen
    journals = []
    for row in rows:
        part_fen = min(row.claimed_fen, paid_fen)
        if part_fen > 0:
            paid_fen -= part_fen
            grants.receiving(row.campaign_id)
            journals.append(_collecting(row, part_fen))
            row.claimed_fen -= part_fen
    db.session.flush()
    ledger.post(journals)
    return len(journals)


def _try(owner_id: UUID) -> int:
    try:
        return in_transaction(partial(settle, owner_id))
    except Exception as error:
        log.error("claim_not_settled", owner=str(owner_id), exc_info=error)
        return 0


def _collecting(row: Grant, amount_fen: int) -> Journal:
    """What is claimed falls with each, and rises only by taking back: so its key is its own."""
    return Journal(
        id=new_id(row.bucket),
        kind="benefit_collected",
        reference_id=row.id,
        principal_id=SYSTEM_ID,
        key=f"benefit_collected:{row.id}:{row.takings_back}:{row.claimed_fen}",
        legs=(
            Leg(row.campaign_id, Account.CAMPAIGN_CLAIM, -amount_fen),
            grants.source(row, amount_fen),
        ),
    )
