"""The bank's files: exact amounts, no formulas, and no line read that is not as documented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.units import decimal_yuan
from app.wallet.withdrawals.bank import formats
from app.wallet.withdrawals.bank.formats import Line, Outcome, Result, Unread

HEAD = "序号,商户单号,金额,结果,原因\n"


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**12))
def test_amounts_are_the_same_there_and_back(amount_fen):
    assert formats.fen(decimal_yuan(amount_fen)) == amount_fen


def test_a_file_has_a_line_for_each_payment_and_nothing_computes():
    line = Line(1, '=cmd("x"),面馆', "6222020000000000", "工商\n银行", 123_405, "货款", "abc")
    text = formats.write([line])
    assert text.startswith("\ufeff序号,收款人户名,收款账号,开户银行,金额,用途,商户单号\r\n")
    wanted = '1,"\'=cmd(""x""),面馆",6222020000000000,工商 银行,1234.05,货款,abc\r\n'
    assert text.endswith(wanted)


def test_results_are_read_exactly():
    found = formats.read_results(
        "\ufeff" + HEAD + "1,abc,12.30,成功,\n2,def,0.01,失败,账号错误\n\n"
    )
    assert found == [
        Result(2, 1, "abc", 1_230, Outcome.PAID, ""),
        Result(3, 2, "def", 1, Outcome.FAILED, "账号错误"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "1,abc,12.3,成功,",
        "1,abc,1230,成功,",
        "x,abc,12.30,成功,",
        "1,abc,12.30,也许,",
        "1,abc,-1.00,成功,",
        "1,abc",
        "１,abc,12.30,成功,",
    ],
)
def test_a_line_that_is_not_as_documented_is_not_read(line):
    (found,) = formats.read_results(HEAD + line)
    assert isinstance(found, Unread)
    assert found.place == 2


def test_a_file_with_other_columns_is_not_read_at_all():
    assert isinstance(formats.read_results("a,b\n1,2")[0], Unread)
