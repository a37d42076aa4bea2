"""A small run in which everything is as it should be, for tests that spoil one thing of it."""

from __future__ import annotations

from collections import defaultdict

from chaos.evidence import Evidence
from chaos.people import Operation, Person

MEMBER, MERCHANT, PLATFORM, SYSTEM = "member", "merchant", "platform", "system"
ORDER, TOP_UP, SALE, WITHDRAWAL = (f"{n}" * 8 + "-" + f"{n}" * 4 for n in "1234")
RUNNING = ("prepaid_principal", "rebate", "withdrawing")


class Books:
    """Posts journals with running balances and versions, as the export shows them."""

    def __init__(self):
        self.journals = []
        self._balances, self._versions = defaultdict(int), defaultdict(int)

    def post(self, identity, kind, reference, principal, *legs):
        entries = [self._entry(*leg) for leg in legs]
        journal = {"id": identity, "kind": kind, "reference_id": reference}
        self.journals.append(journal | {"principal_id": principal, "entries": entries})

    def _entry(self, owner, account, amount):
        entry = {"owner_id": owner, "account": account, "amount_fen": amount}
        if account not in RUNNING:
            return entry | {"balance_fen": None, "version": None}
        self._balances[owner, account] += amount
        self._versions[owner, account] += 1
        numbers = (self._balances[owner, account], self._versions[owner, account])
        return entry | dict(zip(("balance_fen", "version"), numbers, strict=True))

    def shown(self, owner):
        return {
            account: {"balance_fen": fen, "ledger_version": self._versions[owner, account]}
            for (who, account), fen in self._balances.items()
            if who == owner
        }


def _post_all(books):
    books.post("j0", "rebate_release", SALE, SYSTEM, (PLATFORM, "operations", -15_000))
    books.journals[-1]["entries"].append(books._entry(MEMBER, "rebate", 15_000))
    takings, principal = (PLATFORM, "wechat_takings", -2_001), (MEMBER, "prepaid_principal", 2_001)
    books.post("j1", "top_up", TOP_UP, MEMBER, takings, principal)
    fee = ((PLATFORM, "wechat_takings", 12), (PLATFORM, "channel_fee", -12))
    books.post("j2", "channel_fee", ORDER, SYSTEM, *fee)
    spent, pending = (MEMBER, "prepaid_principal", -101), (MERCHANT, "pending", 91)
    books.post("j3", "sale", SALE, MEMBER, spent, pending, (PLATFORM, "concession_clearing", 10))
    shares = ((PLATFORM, "concession_clearing", -10), (PLATFORM, "operations", 10))
    books.post("j4", "distribution", SALE, SYSTEM, *shares)
    held = ((MEMBER, "rebate", -10_000), (MEMBER, "withdrawing", 10_000))
    books.post("j5", "withdrawal", WITHDRAWAL, MEMBER, *held)
    ended = ((MEMBER, "withdrawing", -10_000), (PLATFORM, "wechat_operating", 10_000))
    books.post("j6", "withdrawal_paid", WITHDRAWAL, SYSTEM, *ended)


def _asked(number, kind, path, amount, answer):
    operation = Operation(number, kind, Person(MEMBER, ""), path, {"amount_fen": amount}, amount)
    operation.verdict, operation.answer, operation.attempts = "ok", answer, 1
    return operation, attempt(operation, number * 1.0)


def attempt(operation, moment, **changed):
    """One answered attempt of an operation, as the journal keeps it."""
    record = {"op": operation.kind, "number": operation.number, "key": operation.key}
    record |= {"principal": MEMBER, "path": operation.path, "body": operation.body, "status": 201}
    record |= {"amount_fen": operation.amount_fen, "answer": operation.answer, "class": "ok"}
    record |= {"t_invoke": moment, "t_return": moment + 0.1, "answer_sha": "same"}
    return record | {"replayed": False, "retry_after": None, "attempt": 1} | changed


def read(moment, purses):
    """One answered look at the wallet."""
    record = {"op": "read_wallet", "number": 0, "key": None, "principal": MEMBER, "status": 200}
    record |= {"t_invoke": moment, "t_return": moment + 0.1, "class": "ok", "retry_after": None}
    return record | {"path": "/me/wallet", "body": None, "answer": {"purses": purses}}


def good():
    """The evidence of a run without fault."""
    books = Books()
    _post_all(books)
    made = [
        _asked(1, "top_up", "/top-ups", 2_001, {"id": TOP_UP, "journal_id": None}),
        _asked(2, "pay", "/payments", 101, {"id": SALE, "journal_id": "j3"}),
        _asked(3, "withdraw", "/withdrawals", 10_000, {"id": WITHDRAWAL, "journal_id": "j5"}),
    ]
    records = [record for _, record in made] + [read(9.0, books.shown(MEMBER))]
    order = {"out_trade_no": ORDER.replace("-", ""), "state": "SUCCESS"}
    bill = {"out_bill_no": WITHDRAWAL.replace("-", ""), "state": "SUCCESS", "openid": "o"}
    gauges = ("withdrawals_open", "notices_unprocessed", "sales_undistributed", "refunds_waiting")
    statuses = {TOP_UP: "credited", SALE: "paid", WITHDRAWAL: "paid"}
    return Evidence(
        records=records,
        operations=[operation for operation, _ in made],
        journals=books.journals,
        books={
            "orders": [order | {"total_fen": 2_001, "fee_fen": 12}],
            "transfers": [bill | {"amount_fen": 10_000}],
            "basic_fen": 1_989,
        },
        funds={"operations": {"balance_fen": -14_990}},
        wallets={MEMBER: books.shown(MEMBER)},
        finals={identity: {"status": status} for identity, status in statuses.items()},
        ready=dict.fromkeys((*gauges, "refunds_troubled", "outbox_due"), 0) | {"status": "ready"},
        verified={"exit": 0},
        openids={MEMBER: "o"},
        rest_seconds=1.0,
        quiet_since=100.0,
    )
