"""What one person may close by themselves is a day's sum: many small lines are one large one."""

import secrets
from datetime import date

import pytest

from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import new_id, now
from app.ledger import service as ledger
from app.wallet.models import SuspenseItem
from app.wallet.reconciliation.comparing import BUCKET
from app.wallet.reconciliation.models import ReconciliationLine, ReconciliationRun
from tests.wallet.people import staff_headers, stocked
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
PART = 10_000


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setattr(settings(), "reconciliation_four_eyes_fen", 10 * PART)


@pytest.fixture
def line(context):
    """Makes lines of trades that differ, of a day long before all bills of other tests."""
    day = date.fromordinal(600_000 + secrets.randbelow(90_000))
    run = ReconciliationRun(
        bucket=BUCKET, id=new_id(BUCKET), day=day, bill="trade", source="file", digest=b"",
        lines=0, matched=0, created_at=now(),
    )  # fmt: skip
    in_transaction(lambda: db.session.add(run))
    run_id = run.id

    def line(amount_fen):
        row = ReconciliationLine(
            bucket=BUCKET, id=new_id(BUCKET), run_id=run_id, day=day, bill="trade", part="movement",
            reference=new_id().hex, wechat_number="", description="", result="missing_here",
            their_fen=amount_fen,
        )  # fmt: skip
        in_transaction(lambda: db.session.add(row))
        return f"/api/v1/reconciliation/lines/{row.id}/resolve"

    return line


def aside(amount_fen):
    """An amount in suspense."""
    stocked(amount_fen)
    ledger.fold_and_seal()
    row = SuspenseItem(
        bucket=BUCKET, id=new_id(BUCKET), number=new_id().hex, transaction_id=new_id().hex,
        amount_fen=amount_fen, reason="no_order", journal_id=new_id(BUCKET), created_at=now(),
    )  # fmt: skip
    in_transaction(lambda: db.session.add(row))
    return f"/api/v1/suspense/{row.id}/resolve"


def close(client, path, who):
    way = {"way": "operations"} if "suspense" in path else {"action": "explained"}
    headers = who | {"Idempotency-Key": new_id().hex}
    return client.post(path, json=way | {"reason": "told by the bank"}, headers=headers)


def test_a_persons_lines_and_amounts_in_suspense_of_a_day_count_together(client, line):
    mine, another = staff_headers("finance"), staff_headers("finance")
    assert not close(client, line(6 * PART), mine).json["is_open"]
    ended = close(client, aside(3 * PART), mine)
    assert ended.json["resolved_at"], ended.json
    for path in (line(PART), aside(PART)):
        waits = close(client, path, mine).json
        assert waits.get("is_open", waits.get("resolved_at") is None)
        again = close(client, path, mine)
        assert (again.status_code, again.json["code"]) == (403, "second_person_needed")
        done = close(client, path, another).json
        assert not done.get("is_open", done.get("resolved_at") is None)
    assert not close(client, line(PART - 1), mine).json["is_open"]
    assert not close(client, line(9 * PART), another).json["is_open"]  # theirs of two do not count


def test_a_person_who_closes_much_at_once_closes_no_more_than_that(app, client, line):
    mine, paths = staff_headers("finance"), [line(3 * PART) for _ in range(6)]
    answers = at_once(lambda n: close(app.test_client(), paths[n], mine).json, len(paths))
    assert sum(not each["is_open"] for each in answers) == 3
    for path in paths:  # nothing is left open for others to count
        close(client, path, staff_headers("finance"))
