"""Bills are read exactly, or refused with the line that is not as documented."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.wallet.reconciliation.bills import (
    Bill,
    BillMalformed,
    kind_of,
    read_bill,
    read_fund_bill,
    read_trade_bill,
)
from tests.wallet.reconciliation.bill_writer import fund_bill, movement, payment, refund, trade_bill

TEXT = st.text(
    st.characters(blacklist_characters="\r\n`", blacklist_categories=("Cs",)), max_size=20
)
FEN = st.integers(1, 10**12)


def test_a_payment_and_its_refund_are_read_to_the_fen():
    paid, returned = read_trade_bill(trade_bill([payment(fen=1_234_567), refund(fen=1)]))
    assert (paid.out_trade_no, paid.transaction_id, paid.state) == ("a1", "42001", "SUCCESS")
    assert (paid.amount_fen, paid.fee_thousandths) == (1_234_567, 7_407_000)
    assert paid.at == datetime(2026, 11, 22, 2, tzinfo=UTC)
    assert (paid.out_refund_no, paid.line, returned.line) == (None, 2, 3)
    assert (returned.out_refund_no, returned.amount_fen) == ("b1", 1)
    assert returned.fee_thousandths == -2_000


def test_fees_keep_five_decimals():
    (line,) = read_trade_bill(trade_bill([payment(fee="0.06543")]))
    assert line.fee_thousandths == 6_543


@pytest.mark.parametrize("name", ["茶,点心", "茶,`点心", "`", ",", "茶,`点,`心"])
def test_commas_in_names_part_nothing(name):
    (line,) = read_trade_bill(trade_bill([payment(name=name)]))
    assert (line.out_trade_no, line.amount_fen) == ("a1", 1000)
    (moved,) = read_fund_bill(fund_bill([movement(remark=name)]))
    assert (moved.remark, moved.voucher) == (name, "a1")


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_both_line_ends_are_read_with_and_without_a_byte_order_mark(end, mark):
    assert len(read_trade_bill(trade_bill([payment()], end, mark))) == 1
    assert len(read_fund_bill(fund_bill([movement()], end, mark))) == 1


@given(st.lists(st.tuples(FEN, TEXT, st.booleans()), max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_is_written_as_trades_is_read_again(drawn):
    rows = [
        refund(refund_number=f"b{place}", fen=fen) if back else payment(fen=fen, name=name)
        for place, (fen, name, back) in enumerate(drawn)
    ]
    found = read_trade_bill(trade_bill(rows))
    assert [line.amount_fen for line in found] == [fen for fen, _, _ in drawn]
    assert [line.out_refund_no is not None for line in found] == [back for _, _, back in drawn]


@given(st.lists(st.tuples(FEN, st.booleans(), TEXT, st.integers(-(10**12), 10**12)), max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_is_written_as_movements_is_read_again(drawn):
    signed = [(fen if into else -fen, remark, balance) for fen, into, remark, balance in drawn]
    rows = [movement(fen=fen, remark=remark, balance=left) for fen, remark, left in signed]
    found = read_fund_bill(fund_bill(rows))
    assert [(line.amount_fen, line.remark, line.balance_fen) for line in found] == signed


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    for bill in Bill:
        with pytest.raises(BillMalformed):
            read_bill(bill, text)


def fault_line(bill, text):
    """The line at fault, or 0 where the text is a bill."""
    try:
        read_bill(bill, text)
    except BillMalformed as refusal:
        return refusal.line
    return 0


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_damaged_bill_is_read_or_refused_and_nothing_else_happens(data):
    bill = data.draw(st.sampled_from(["trade", "fund"]))
    whole = trade_bill([payment(), refund()]) if bill == "trade" else fund_bill([movement()] * 2)
    place = data.draw(st.integers(0, len(whole) - 1))
    piece = data.draw(st.sampled_from(["", "`", ",", "\n", "٣", "9" * 30, "-", "\x00", "2026"]))
    damaged = whole[:place] + piece + whole[place + data.draw(st.integers(0, 3)) :]
    assert 0 <= fault_line(Bill.TRADE if bill == "trade" else Bill.BASIC, damaged) <= 6


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("`10.00", "`10.001", 2, "应结订单金额"),
        ("`10.00", "`1e1.00", 2, "应结订单金额"),
        ("2026-11-22 10:00:00", "2026-13-22 10:00:00", 2, "time"),
        ("`SUCCESS`", "`PAID`", 2, ""),
        ("交易时间", "交易日期", 1, "交易日期"),
        ("`a1", "`订单", 2, "商户订单号"),
        ("总交易单数", "总单数", 3, "columns"),
        ("`1,", "`2,", 4, "总交易单数"),
    ],
)
def test_a_fault_is_named_with_its_line(old, new, line, reason):
    text = trade_bill([payment()])
    damaged = text.replace(old, new, 1) if old != "`1," else text.replace("\r\n`1,", "\r\n`2,")
    if old == "`SUCCESS`":
        damaged = text.replace("`SUCCESS", "`PAID")
    with pytest.raises(BillMalformed) as refusal:
        read_trade_bill(damaged)
    assert refusal.value.line == line
    assert reason in refusal.value.reason


@pytest.mark.parametrize("place", [2, 3])
def test_a_line_that_was_lost_is_noticed_by_the_totals(place):
    lines = trade_bill([payment(), refund()]).split("\r\n")
    del lines[place - 1]
    with pytest.raises(BillMalformed, match="总交易单数"):
        read_trade_bill("\r\n".join(lines))


def test_a_bill_says_by_its_columns_what_it_is():
    assert kind_of(trade_bill([])) is Bill.TRADE
    assert kind_of(fund_bill([])) is Bill.BASIC
    with pytest.raises(BillMalformed):
        kind_of("日期,金额\r\n")
