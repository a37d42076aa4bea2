"""Many withdrawals and payments while WeChat misbehaves at random: every fen once, all to an end.

STORM_SIZE (default 40) says how many; STORM_SEED repeats a storm.
"""

import os
import random
import threading
from contextlib import suppress

import pytest
import requests

from app.core import outbox, timetable
from app.core.auth import Principal
from app.core.db import db, in_transaction
from app.core.world import new_id, number_of
from app.ledger.service import Account
from app.wallet import service as wallet
from app.wallet.models import SuspenseItem, TopUp, Withdrawal
from app.wallet.withdrawals import payouts
from app.wechat import client as wechat
from tests.wallet.people import earned, moved, platform, purse
from tests.wallet.racing import at_once

SIZE = int(os.environ.get("STORM_SIZE", "40"))
SEED = int(os.environ.get("STORM_SEED", "20261122"))
API_FAULTS = {"system_error": 0.05, "system_error_after": 0.05, "reset_after": 0.02}
AMOUNT = 10_000

pytestmark = pytest.mark.slow


class Crew:
    """Worker threads that do whatever is due until they are sent home."""

    def __init__(self, app, count: int) -> None:
        self._app, self._home = app, threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(count)]

    def _work(self) -> None:
        with self._app.app_context():
            while not self._home.is_set():
                if not outbox.work_off(5):
                    self._home.wait(0.02)

    def __enter__(self) -> "Crew":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._home.set()
        for thread in self._threads:
            thread.join(60)


def misbehave(sandbox, match):
    for kind, probability in API_FAULTS.items():
        sandbox.fault(kind, match, 100_000, probability=probability, seed=SEED)


def behave(sandbox):
    requests.delete(f"{sandbox.url}/__ctl/faults", timeout=9)


def rows_of(phones):
    db.session.rollback()
    wanted = [phone.member_id for phone in phones]
    return list(db.session.query(Withdrawal).filter(Withdrawal.member_id.in_(wanted)))


def contradict(rows, dice):
    """A late answer that says the opposite of the end that stands."""
    for row in dice.sample(rows, max(1, len(rows) // 20)):
        told = wechat.transfer_status(
            {
                "out_bill_no": row.bill_number,
                "state": "FAIL" if row.state == "paid" else "SUCCESS",
                "transfer_amount": row.amount_fen,
            }
        )
        in_transaction(lambda told=told: payouts.note_transfer(told, is_confirmed=True))


def confirm_some(sandbox, phones, dice):
    """About every second person who is asked confirms at last, the others never do."""
    by_member = {phone.member_id: phone for phone in phones}
    for row in rows_of(phones):
        willing = row.id.int % 4
        if row.state == "waiting_confirmation" and row.package_info and willing:
            phone = by_member[row.member_id]
            if dice.random() < 0.7:
                sandbox.fault("drop", "notify:MCHTRANSFER", probability=0.3)
            wish = {"package_info": row.package_info}
            requests.post(f"{sandbox.url}/__ctl/phones/{phone.id}/confirm-transfer", json=wish)


def take_some_back(rows):
    """One in eight wants their money after all, whatever has become of the bill."""
    for row in rows:
        if row.id.int % 8 == 0:
            owner = Principal("member", row.member_id, frozenset({"member"}))
            with suppress(wallet.WithdrawalNotCancellable):
                in_transaction(lambda row=row, owner=owner: wallet.cancel_withdrawal(row.id, owner))


def test_withdrawals_survive_a_storm(app, sandbox, work):
    dice = random.Random(SEED)
    work()
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": SIZE * AMOUNT})
    phones = [sandbox.phone() for _ in range(SIZE)]
    for phone in phones:
        earned(phone.member_id, AMOUNT)
    before = platform(Account.WECHAT_OPERATING)
    misbehave(sandbox, "mch-transfer/transfer-bills")
    with Crew(app, 4):
        for phone in phones:
            in_transaction(lambda phone=phone: wallet.request_withdrawal(phone.member_id, AMOUNT))
        for _ in range(8):
            timetable.run_all()
            sandbox.pass_time(61)
            confirm_some(sandbox, phones, dice)
            take_some_back(rows_of(phones))
        behave(sandbox)
        sandbox.pass_time(24 * 3600 + 60)  # who has not confirmed by now gets nothing
        for _ in range(3):
            timetable.run_all()
            sandbox.pass_time(241)
    work()
    rows = [row for row in rows_of(phones) if row.state != "cancelled"]
    contradict(rows, dice)
    check_withdrawals(sandbox, phones, before)


def check_withdrawals(sandbox, phones, before):
    bills = sandbox.books()["transfers"]
    paid = 0
    for row in rows_of(phones):
        mine = [bill for bill in bills if bill["out_bill_no"] == row.bill_number]
        others = [bill for bill in bills if bill["out_bill_no"] != row.bill_number]
        assert row.state in ("paid", "returned", "cancelled")
        assert len(mine) == (0 if row.state == "cancelled" else 1)  # that one was never sent
        assert any(bill["state"] == "SUCCESS" for bill in mine) == (row.state == "paid")
        assert row.bill_number not in {bill["out_bill_no"] for bill in others}
        paid += row.state == "paid"
        assert purse(row.member_id, Account.WITHDRAWING) == 0
        assert purse(row.member_id, Account.REBATE) == (0 if row.state == "paid" else AMOUNT)
    assert 0 < paid < len(phones)
    assert platform(Account.WECHAT_OPERATING) - before == paid * AMOUNT


def test_top_ups_survive_a_storm_of_notifications(app, sandbox, work):
    dice = random.Random(SEED)
    phones = [sandbox.phone() for _ in range(SIZE)]
    orders = {}
    for kind, probability in {"amount_mismatch": 0.1, "unknown_order": 0.1, "forge": 0.1,
                              "signtest": 0.1, "reorder": 0.2, "drop": 0.2}.items():  # fmt: skip
        sandbox.fault(kind, "notify:TRANSACTION", 100_000, probability=probability, seed=SEED)
    misbehave(sandbox, "GET /v3/pay/transactions")
    subjects = []
    with Crew(app, 2):
        for phone in phones:
            started = wallet.start_top_up(phone.member_id, new_id(), AMOUNT, key=new_id().hex)
            orders[number_of(started.order_id)] = phone
            subjects += [started.id, started.order_id]
            if dice.random() < 0.8:
                sandbox.pay(phone, started.wechat_pay_parameters)
        sandbox.drain()
        repeat(sandbox, orders, dice)
        sandbox.pass_time(3 * 3600)
        repeat(sandbox, orders, dice)
        behave(sandbox)
        for _ in range(4):
            timetable.run_all()
            sandbox.pass_time(3600)
    work()
    check_top_ups(sandbox, orders, subjects)


def repeat(sandbox, orders, dice):
    """Each notification again up to five times, in any order, eight at a time."""
    notices = requests.get(f"{sandbox.url}/__ctl/pushes", timeout=9).json()["notices"]
    mine = [row["id"] for row in notices if row["resource"].get("out_trade_no") in orders]
    letters = [letter for letter in mine for _ in range(dice.randint(1, 5))]
    dice.shuffle(letters)

    def send(part):
        for letter in letters[part::8]:
            sandbox.control("/push/replay", {"id": letter})

    at_once(send, 8)


def check_top_ups(sandbox, orders, subjects):
    at_wechat = {row["out_trade_no"]: row for row in sandbox.books()["orders"]}
    db.session.rollback()
    credited = 0
    for number, phone in orders.items():
        was_paid = at_wechat[number]["state"] == "SUCCESS"
        row = db.session.query(TopUp).filter_by(member_id=phone.member_id).one()
        assert (row.journal_id is not None) == was_paid
        assert purse(phone.member_id, Account.PREPAID_PRINCIPAL) == (AMOUNT if was_paid else 0)
        credited += was_paid
        if not was_paid:
            assert at_wechat[number]["state"] == "CLOSED"
    assert 0 < credited < len(orders)
    found = db.session.query(SuspenseItem).filter(SuspenseItem.number.in_(orders)).count()
    assert found == 0
    takings, fee = moved(Account.WECHAT_TAKINGS, *subjects), moved(Account.CHANNEL_FEE, *subjects)
    assert takings + fee == -credited * AMOUNT
    assert takings < -credited * AMOUNT * 99 // 100
