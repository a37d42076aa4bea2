"""Shared payments in the bill of takings: frozen, given free, returned; the balance agrees."""

from datetime import timedelta

import pytest

from app.core.db import in_transaction
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import refunds
from app.wallet import service as wallet
from app.wallet.profit_sharing import returning
from app.wallet.reconciliation.bills import Bill
from tests.wallet.profit_sharing import shared_payments as stage
from tests.wallet.profit_sharing.shared_payments import look, returns_of, state
from tests.wallet.profit_sharing.test_splitting import ask_back, delivered, refund
from tests.wallet.reconciliation.bill_days import Day, begun, explain, pass_until, run

__all__ = ["delivered"]


@pytest.fixture
def day(sandbox, work) -> Day:
    work()
    return begun(sandbox)


def shown(lines):
    return [(row.bill, row.part, row.result, row.their_fen, row.our_fen) for row in lines]


def test_a_day_of_splits_releases_returns_and_refunds_reconciles_to_nothing_open(day):
    stage.register()
    payment, sandbox = stage.paid(day.sandbox), day.sandbox
    stage.paid(sandbox, is_shared=False)
    left_alone = stage.paid(sandbox)
    sandbox.pass_time(70)
    split_id = payment.split(2_500)
    for _ in range(2):
        look(split_id)
        sandbox.pass_time(5)
    identity = refund(payment, 3_333)
    for _ in range(2):
        refunds.look_at_refund({"refund_id": str(identity)})
        sandbox.pass_time(5)
    release_id = payment.release()
    for _ in range(2):
        look(release_id)
        sandbox.pass_time(5)
    assert ask_back(payment, 700) == 700
    returning.look_at_return({"return_id": str(returns_of(split_id)[0])})
    assert (state(split_id)[0], state(release_id)[0]) == ("done", "done")
    assert left_alone.frozen_here() == left_alone.frozen_there() == 9_940
    assert shown(day.compared()) == []
    basic = run(day.day, Bill.BASIC)
    assert basic.lines == basic.matched == 13
    held = basic.our_closing_fen + basic.in_transit_fen + basic.carried_fen
    assert basic.their_closing_fen == held
    assert ledger.verify([]).ok


def test_what_wechat_gives_free_by_itself_is_found_under_the_payments_number(day, work):
    payment, sandbox = stage.paid(day.sandbox), day.sandbox
    assert payment.holds(Account.AVAILABLE) == 10_000
    assert shown(day.compared()) == []
    eve = Day(sandbox, day.day + timedelta(days=29))
    explain(eve.compared())
    freed = Day(sandbox, eve.day + timedelta(days=1))
    pass_until(sandbox, freed.day, 23)
    assert payment.frozen_there() == 0
    work()
    (release,) = in_transaction(lambda: wallet.splits_of(payment.order_id))
    assert (release.state, release.is_automatic, release.amount_fen) == ("done", True, 9_940)
    assert shown(freed.compared()) == []
