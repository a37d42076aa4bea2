"""Settling in tests: a month later, and reading what came of it."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from app.alliance import distribution
from app.alliance.settlement import runs, statements
from app.alliance.settlement.models import Settlement
from app.core.db import db
from app.core.world import bucket_of, now
from tests.alliance import shop as world


def later(days=30):
    """So many days from now, when what was sold now is due."""
    return time_machine.travel(now() + timedelta(days=days), tick=True)


def settled(shop, days=30):
    """Settles all that is due so many days from now; the shop's statements, oldest first."""
    with later(days):
        runs.run()
    return statements_of(shop)


def statements_of(shop):
    db.session.rollback()
    mine = (Settlement.bucket == bucket_of(shop.merchant_id),
            Settlement.merchant_id == shop.merchant_id)  # fmt: skip
    return list(db.session.scalars(select(Settlement).where(*mine).order_by(Settlement.number)))


def lines_of(statement):
    return [statements.line_view(line) for line in statements.lines_of(statement)]


def refunded(client, payment, shop, amount_fen=None):
    """A refund that succeeds at once."""
    distribution.distribute()
    answer = client.post(
        f"/api/v1/payments/{payment['id']}/refunds",
        json={} if amount_fen is None else {"amount_fen": amount_fen},
        headers=world.owner_headers(shop),
    )
    assert answer.json["status"] == "done", answer.json
    return answer.json
