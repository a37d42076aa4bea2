"""The facts that the rules look at, and a duty that writes down what they find.

Reads first, each rule on its own, and then writes each finding in a unit of work of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text

from app.alliance.models import Contact, Sale
from app.alliance.rings import rules, service
from app.alliance.rings.rules import Finding
from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.world import bucket_of, now
from app.members import service as members
from app.members.service import Flock
from app.wallet import service as wallet

SECONDS = 3600
BOUGHT_AT_OTHERS = text(
    """
    SELECT c.merchant_id, s.merchant_id, sum(s.amount_fen - s.refunded_fen)::bigint
    FROM alliance_sale AS s JOIN alliance_contact AS c ON c.member_id = s.payer_id
    WHERE s.paid_at > :since AND s.status = 'paid' AND c.merchant_id <> s.merchant_id
    AND NOT EXISTS (SELECT FROM alliance_contact AS own
        WHERE own.merchant_id = s.merchant_id AND own.member_id = s.payer_id)
    GROUP BY c.merchant_id, s.merchant_id
    HAVING sum(s.amount_fen - s.refunded_fen) >= :fen
    """
)


def look() -> int:
    """A duty: looks for rings and writes down what it finds; how many findings are new."""
    since = now() - timedelta(days=settings().ring_days)
    return sum(
        in_transaction(lambda finding=finding: service.note(finding)) for finding in found(since)
    )


def found(since: datetime) -> Iterator[Finding]:
    """What the rules find in what happened since a moment (UTC), outside any unit of work."""
    yield from _of_flocks(since)
    yield from _of_pairs()
    yield from _of_shops(since)


def _of_flocks(since: datetime) -> Iterator[Finding]:
    limits = settings()
    fewest = min(limits.ring_burst_count, limits.ring_idle_members)
    for flock in members.flocks(since, fewest):
        findings = (rules.burst(flock, limits), _withdraw_only(flock, since))
        yield from (finding for finding in findings if finding is not None)


def _withdraw_only(flock: Flock, since: datetime) -> Finding | None:
    ids = [member_id for member_id, _ in flock.members]
    withdrawn = wallet.withdrawn_fen(ids)
    if len(withdrawn) < settings().ring_idle_members:
        return None
    # Sales have no index by payer, which each payment would pay for: their buckets narrow it.
    buckets = {bucket_of(member_id) for member_id in withdrawn}
    paid = select(Sale.payer_id).where(
        Sale.bucket.in_(buckets), Sale.payer_id.in_(list(withdrawn)), Sale.paid_at > since
    )
    payers = {row.payer_id for row in read(paid.distinct())}
    return rules.withdraw_only(flock, withdrawn, payers, settings())


def _of_pairs() -> Iterator[Finding]:
    pairs, limits = members.suspected_pairs(), settings()
    yield from rules.own_second_account(pairs)
    yield from rules.second_accounts(pairs, limits)
    by_card = {each for one in pairs if one.kind == "card" for each in _both(one)}
    tops = in_transaction(lambda: {each: members.top_of(each) for each in by_card})
    yield from rules.one_card(pairs, tops, limits)


def _both(pair: members.SuspectedPair) -> tuple[UUID, UUID]:
    return pair.member_id, pair.same_person_as


def _of_shops(since: datetime) -> Iterator[Finding]:
    limits = settings()
    rows = read(BOUGHT_AT_OTHERS, {"since": since, "fen": limits.ring_circle_fen})
    spent = {(buyer, seller): fen for buyer, seller, fen in rows}
    shops = {shop for pair in spent for shop in pair}
    contacts: dict[UUID, set[UUID]] = defaultdict(set)
    theirs = select(Contact.merchant_id, Contact.member_id).where(Contact.merchant_id.in_(shops))
    for merchant_id, member_id in read(theirs):
        contacts[merchant_id].add(member_id)
    yield from rules.mutual_buying(spent, contacts, limits)
