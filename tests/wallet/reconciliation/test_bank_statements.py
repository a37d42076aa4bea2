"""The bank's statement against `bank_custody`: read exactly, matched, differences listed."""

import json

import pytest

from app.core.db import in_transaction
from app.core.world import beijing_day, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.reconciliation import bank_statements, resolving
from app.wallet.reconciliation.cells import BillMalformed
from app.wallet.reconciliation.resolving import Action
from tests.wallet.people import platform
from tests.wallet.reconciliation.bill_days import open_lines
from tests.wallet.withdrawals.bank.test_batches import accounts, call, exported, owed, told

__all__ = ["accounts"]
HEAD = "交易时间,流水号,收入金额,支出金额,余额,对方户名,摘要,商户单号\n"


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-22 10:00:05,B1,1.00,1.00,5.00,甲,货款,",
        "2026-11-22 10:00:05,B1,,,5.00,甲,货款,",
        "2026-11-22 10:00:05,B1,1.0,,5.00,甲,货款,",
        "2026-11-22,B1,1.00,,5.00,甲,货款,",
        "2026-11-22 10:00:05,,1.00,,5.00,甲,货款,",
        "2026-11-22 10:00:05,B1,1.00",
    ],
)
def test_what_is_not_as_documented_is_not_read(line):
    with pytest.raises(BillMalformed):
        bank_statements.read_statement(HEAD + line)


def test_amounts_balances_and_encodings_are_exact():
    text = HEAD + (
        "2026-11-22 10:00:05,B1,,150.00,99850.00,联惠面馆,货款,abc\n"
        "2026-11-22 11:00:05,B2,0.01,,99850.01,甲,利息,\n"
    )
    for content in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("gb18030")):
        found = bank_statements.read_statement(bank_statements.decode(content))
        assert [(line.amount_fen, line.balance_fen, line.voucher) for line in found] == [
            (-15_000, 9_985_000, "abc"),
            (1, 9_985_001, ""),
        ]
    with pytest.raises(BillMalformed, match="余额"):
        bank_statements.read_statement(text.replace("99850.01", "99850.02"))


def test_a_paid_line_matches_and_what_the_bank_added_is_booked_once(app, client, tmp_path):
    paid = owed()
    batch_id, content = exported(client)
    call(client, f"/{batch_id}/results", told(content, "成功"))
    day = beijing_day(now())
    statement = tmp_path / "bank.csv"
    lines = (
        f"{day} 10:00:05,B1,,150.00,100.00,面馆,货款,{paid.number}\n"
        f"{day} 11:00:05,B2,0.77,,100.77,银行,利息,\n"
    )
    statement.write_bytes((HEAD + lines).encode("gb18030"))
    answer = app.test_cli_runner().invoke(args=["reconcile", "--statement", str(statement)])
    assert answer.output, repr(answer.exception)
    run = json.loads(answer.output.splitlines()[-1])["runs"][0]
    assert (run["bill"], run["lines"], run["matched"]) == ("bank", 2, 1)
    interest = next(row for row in open_lines(day) if row.bill == "bank" and row.their_fen == 77)
    assert interest.result == "missing_here"
    assert Action.BANK not in resolving.actions(interest)
    custody = platform(Account.BANK_CUSTODY)
    in_transaction(lambda: resolving.resolve(interest.id, Action.OPERATIONS, "存款利息", new_id()))
    assert platform(Account.BANK_CUSTODY) == custody - 77
    assert ledger.verify([]).ok
