"""Refunds of paid orders through WeChat: each fen at most once, the fee comes back."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
import requests

from app.core import outbox
from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, bucket_of, new_id, number_of
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import refunds
from app.wallet import service as wallet
from app.wallet.jobs import refunds_open
from app.wallet.models import OrderRefund
from app.wallet.signals import order_refunded
from app.wechat import client as wechat
from tests.wallet.conftest import Phone
from tests.wallet.people import moved
from tests.wallet.racing import at_once

REFUND = "POST /v3/refund/domestic/refunds"
# The channel fee may be covered from operations meanwhile: what counts is both together.
WATCHED = (
    (Account.REFUND_CLEARING,),
    (Account.WECHAT_TAKINGS,),
    (Account.CHANNEL_FEE, Account.OPERATIONS),
)


def watched(*subjects: UUID) -> tuple[int, ...]:
    """What the journals of these subjects moved on the watched accounts, in fen."""
    return tuple(sum(moved(account, *subjects) for account in accounts) for accounts in WATCHED)


@dataclass
class Paid:
    """A paid order over 100 yuan, what it moved before its refunds, and those refunds."""

    phone: Phone
    order_id: UUID
    before: tuple[int, ...]
    refunds: list[UUID] = field(default_factory=list)

    def moved(self) -> tuple[int, ...]:
        after = watched(self.order_id, *self.refunds)
        return tuple(now - then for now, then in zip(after, self.before, strict=True))


@pytest.fixture
def paid(sandbox, work) -> Paid:
    work()  # what earlier tests left to do, also at WeChat: it would move what is watched here
    while refunds_open():
        sandbox.pass_time(300)
        work()
    phone = sandbox.phone()
    started = wallet.start_top_up(phone.member_id, new_id(), 10_000, key=new_id().hex)
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    return Paid(phone, started.order_id, watched(started.order_id))


@pytest.fixture
def slowly_refunded(sandbox):
    """WeChat ends a refund after a minute of its clock. Two seconds, as usual, may pass by
    themselves while a busy machine looks at what it has sent."""
    terms = f"{sandbox.url}/__ctl/pay/terms"
    usual = requests.get(terms, timeout=9).json()["terms"]["refund_seconds"]
    assert requests.put(terms, json={"refund_seconds": 60.0}, timeout=9).status_code == 200
    yield
    requests.put(terms, json={"refund_seconds": usual}, timeout=9)


def refund(paid, amount_fen=10_000, refund_id=None):
    """What the room above does: its own journal into the clearing, and the refund, in one unit."""
    identity = refund_id or new_id(bucket_of(paid.order_id))
    paid.refunds.append(identity)

    def work():
        wallet.refund_order(paid.order_id, identity, amount_fen, "退货")
        journal = Journal(
            id=new_id(bucket_of(paid.order_id)),
            kind="test",
            reference_id=identity,
            principal_id=PLATFORM_ID,
            key=f"test:{identity}",
            legs=(
                *wallet.clearing_legs(amount_fen),
                Leg(PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
            ),
        )
        ledger.post([journal])

    in_transaction(work)
    return identity


def row(refund_id) -> OrderRefund:
    db.session.rollback()
    return db.session.get(OrderRefund, (bucket_of(refund_id), refund_id))


def sent(sandbox, refund_id):
    number = number_of(refund_id)
    return [each for each in sandbox.books()["refunds"] if each["out_refund_no"] == number]


def check_done(sandbox, paid, refund_id):
    assert row(refund_id).state == "done"
    assert [each["status"] for each in sent(sandbox, refund_id)] == ["SUCCESS"]
    assert paid.moved() == (0, 9_940, 60)


def test_a_refund_leaves_for_wechat_and_its_fee_comes_back(sandbox, work, paid):
    refund_id = refund(paid)
    assert paid.moved() == (10_000, 0, 0)
    work()
    sandbox.pass_time(600)
    work()
    check_done(sandbox, paid, refund_id)


@pytest.mark.parametrize(
    "kind", ["system_error", "system_error_after", "reset_before", "reset_after"]
)
def test_an_unclear_refund_keeps_its_number(sandbox, work, paid, slowly_refunded, kind):
    sandbox.fault(kind, REFUND)
    refund_id = refund(paid)
    outbox.work_off()  # once: the timetable asks again after some seconds
    assert row(refund_id).state == "requested"
    assert row(refund_id).last_error.startswith("OutcomeUnknown")
    for _ in range(3):
        sandbox.pass_time(300)
        work()
    check_done(sandbox, paid, refund_id)


def test_a_lost_notification_is_made_up_by_asking(sandbox, work, paid):
    sandbox.fault("drop", "notify:REFUND.SUCCESS")
    refund_id = refund(paid)
    work()
    for _ in range(3):
        sandbox.pass_time(300)
        work()
    check_done(sandbox, paid, refund_id)


def test_an_abnormal_refund_waits_for_people(sandbox, work, paid, client):
    counted = client.get("/healthz/ready").json["refunds_troubled"]
    sandbox.fault("refund_abnormal")
    refund_id = refund(paid)
    for _ in range(3):
        work()
        sandbox.pass_time(300)
    assert row(refund_id).state == "troubled"
    assert paid.moved() == (10_000, 0, 0)
    assert client.get("/healthz/ready").json["refunds_troubled"] == counted + 1


def test_a_refund_that_is_refused_again_and_again_is_shown_to_people(sandbox, work, paid, client):
    counted = client.get("/healthz/ready").json["refunds_troubled"]
    sandbox.fault("not_enough", REFUND, count=0)
    refund_id = refund(paid)
    work()
    sandbox.pass_time(23 * 3600)
    work()
    assert row(refund_id).state == "requested"
    for _ in range(3):
        sandbox.pass_time(3600)
        work()
    assert (row(refund_id).state, paid.moved()) == ("troubled", (10_000, 0, 0))
    assert "NOT_ENOUGH" in row(refund_id).last_error
    assert client.get("/healthz/ready").json["refunds_troubled"] == counted + 1
    sandbox.lift_faults()  # the merchant has paid in
    for _ in range(3):
        sandbox.pass_time(600)
        work()
    check_done(sandbox, paid, refund_id)
    assert client.get("/healthz/ready").json["refunds_troubled"] == counted


def test_refunds_in_parts_give_back_everything_and_the_whole_fee(sandbox, work, paid):
    for amount in (3_333, 3_333, 3_334):
        refund(paid, amount)
    for _ in range(3):
        work()
        sandbox.pass_time(300)
    work()
    assert paid.moved() == (0, 9_940, 60)
    order = sandbox.order(number_of(paid.order_id))
    assert (order["refunded_fen"], order["fee_returned_fen"]) == (10_000, 60)


@pytest.mark.parametrize("amount_fen", [0, -1, 10_001])
def test_no_more_goes_back_than_was_paid(sandbox, paid, amount_fen):
    with pytest.raises((wallet.RefundTooLarge, ValueError)):
        refund(paid, amount_fen)
    assert paid.moved() == (0, 0, 0)
    assert db.session.query(OrderRefund).filter_by(order_id=paid.order_id).count() == 0


def test_of_many_full_refunds_at_once_one_is_accepted(app, sandbox, paid):
    def attempt(_):
        with app.app_context():
            try:
                return refund(paid)
            except wallet.RefundTooLarge:
                return None

    assert len([found for found in at_once(attempt, 16) if found]) == 1
    assert paid.moved() == (10_000, 0, 0)


def test_many_answers_at_once_book_it_once_and_tell_it_once(app, sandbox, work, paid):
    told = []
    receiver = lambda purpose, *, order, refund: told.append(refund.id)  # noqa: E731
    order_refunded.connect(receiver)
    refund_id = refund(paid)
    work()
    status = wechat.refund_status(
        {
            "out_refund_no": number_of(refund_id),
            "refund_status": "SUCCESS",
            "amount": {"refund": 10_000, "total": 10_000},
        }
    )

    def tell(_):
        with app.app_context():
            in_transaction(lambda: refunds.note_refund(status))

    at_once(tell, 32)
    assert row(refund_id).state == "done"
    assert paid.moved() == (0, 9_940, 60)
    assert told.count(refund_id) == 1


def test_another_amount_or_an_unknown_refund_changes_nothing(sandbox, work, paid):
    refund_id = refund(paid)
    for number, amount in ((number_of(refund_id), 9_999), (new_id().hex, 10_000)):
        status = wechat.refund_status(
            {
                "out_refund_no": number,
                "refund_status": "SUCCESS",
                "amount": {"refund": amount, "total": 10_000},
            }
        )
        in_transaction(lambda status=status: refunds.note_refund(status))
    assert row(refund_id).state == "requested"
    assert paid.moved() == (10_000, 0, 0)
