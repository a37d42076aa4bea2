"""The bill of splits against the books: what receivers got and gave back, by number and amount."""

from datetime import date

import pytest

from app.core.db import in_transaction
from app.wallet.profit_sharing import returning
from app.wallet.reconciliation import jobs
from app.wallet.reconciliation.bills import Bill, kind_of, read_sharing_bill
from app.wallet.reconciliation.cells import BillMalformed
from app.wallet.reconciliation.resolving import Action, actions
from tests.wallet.profit_sharing import shared_payments as stage
from tests.wallet.profit_sharing.shared_payments import look, returns_of, state
from tests.wallet.profit_sharing.test_splitting import ask_back, delivered
from tests.wallet.reconciliation.bill_days import Day, begun, open_lines, pass_until, run

__all__ = ["delivered"]
COLUMNS = (
    "分账时间,分账方,微信订单号,微信分账/回退单号,微信分账明细单号,商户分账/回退单号,分账接收方,分账金额(元),业务类型,"
    "处理状态,分账描述"
)
TOTALS = "总笔数,分账总金额,分账回退总金额"


def line(kind="分账", state="SUCCESS", to="1900000200", fen="25.00", words="货款"):
    cells = ("2026-11-22 10:00:05", "1900000109", "42", "30", "36", "abc123", to, fen, kind, state)
    return ",".join(f"`{cell}" for cell in (*cells, words))


def bill(*lines, totals):
    return "\r\n".join([COLUMNS, *lines, TOTALS, totals]) + "\r\n"


@pytest.fixture
def split(sandbox, work):
    """A day on which 2,500 fen were split and 700 given back; (day, split)."""
    work()
    day = begun(sandbox)
    stage.register()
    payment = stage.paid(sandbox)
    sandbox.pass_time(70)
    split_id = payment.split(2_500)
    for _ in range(2):
        look(split_id)
        sandbox.pass_time(5)
    assert ask_back(payment, 700) == 700
    returning.look_at_return({"return_id": str(returns_of(split_id)[0])})
    assert state(split_id)[0] == "done"
    return day, split_id


def compared(day: Day):
    pass_until(day.sandbox, day.day, 34.1)
    jobs.fetch_sharing(day.day)
    return [row for row in open_lines(day.day) if row.bill == Bill.SHARING]


def test_a_day_of_splits_and_returns_agrees(split):
    day, _ = split
    assert compared(day) == []
    found = run(day.day, Bill.SHARING)
    assert (found.lines, found.matched) == (2, 2)
    jobs.fetch_sharing(day.day)  # compared once, whatever is asked again
    assert run(day.day, Bill.SHARING).id == found.id


def test_another_amount_is_found_and_nothing_can_be_posted_for_it(split):
    day, _ = split
    day.sandbox.fault("bill_alter", f"bill:profitsharing {day.day}")
    (found,) = compared(day)
    assert found.result == "amount_differs"
    assert found.record_kind in ("split", "split_return")
    assert actions(found) == [Action.EXPLAINED]


def test_of_a_day_before_the_first_split_no_bill_is_asked_for(context):
    assert not in_transaction(lambda: jobs._is_sharing_owed(date(2020, 1, 1)))


def test_only_what_moved_and_went_to_others_counts():
    lines = [
        line(),
        line(state="CLOSED", fen="9.00"),
        line("分账回退", fen="7.00"),
        line(to="1900000109", fen="60.00"),  # what became free for ourselves
        line(words="一份,`两份"),
    ]
    found = read_sharing_bill(bill(*lines, totals="`5,`110.00,`7.00"))
    assert [each.amount_fen for each in found] == [-2_500, 700, -2_500]
    assert kind_of(bill(*lines, totals="`5,`110.00,`7.00")) is Bill.SHARING


@pytest.mark.parametrize(
    "content",
    [
        bill(line(state="已分账"), totals="`1,`25.00,`0.00"),
        bill(line("退款"), totals="`1,`25.00,`0.00"),
        bill(line(), totals="`1,`25.01,`0.00"),
        bill(line(), totals="`2,`25.00,`0.00"),
        bill(line(fen="25.0"), totals="`1,`25.00,`0.00"),
        bill(line(), totals="`1,`25.00,`0.00").replace("处理状态", "状态"),
        "",
    ],
)
def test_a_bill_that_is_not_understood_is_not_guessed_at(content):
    with pytest.raises(BillMalformed):
        read_sharing_bill(content)
