"""Splits of shared payments against the sandbox: once under a number, ended once, exact books."""

import pytest

from app.core.db import in_transaction
from app.core.errors import NotFound, SecondPersonNeeded
from app.core.world import PLATFORM_ID, bucket_of, new_id, number_of
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from app.wallet import refunds
from app.wallet import service as wallet
from app.wallet.errors import NothingToSplit, SplitNotDecidable
from app.wallet.models import OrderRefund
from app.wallet.profit_sharing import duties, returning
from app.wallet.profit_sharing.models import Split, SplitReturn
from tests.wallet.people import platform
from tests.wallet.profit_sharing import shared_payments as stage
from tests.wallet.profit_sharing.shared_payments import fields, look, returns_of, state
from tests.wallet.racing import at_once

SPLIT = "POST /v3/profitsharing/orders"


@pytest.fixture
def shared(sandbox):
    stage.register()
    payment = stage.paid(sandbox)
    sandbox.pass_time(70)
    return payment


@pytest.fixture(autouse=True)
def delivered(sandbox):
    """Nothing waits for the receipt of goods, but where a test says so."""
    stage.manage_trade(sandbox, False)
    yield
    stage.manage_trade(sandbox, True)


def finish(sandbox, split_id):
    look(split_id)
    sandbox.pass_time(5)
    look(split_id)


def test_what_is_paid_to_be_split_is_frozen_and_what_is_not_is_at_hand(sandbox):
    before = platform(Account.WECHAT_FROZEN)
    payment = stage.paid(sandbox)
    assert platform(Account.WECHAT_FROZEN) == before - 9_940
    assert payment.frozen_here() == payment.frozen_there() == 9_940
    plain = stage.paid(sandbox, is_shared=False)
    assert platform(Account.WECHAT_FROZEN) == before - 9_940
    assert plain.frozen_here() == 0


def test_a_split_leaves_our_account_when_its_receiver_has_got_it(shared, sandbox):
    before = platform(Account.WECHAT_FROZEN)
    split_id = shared.split(2_000)
    assert shared.holds(Account.WITHDRAWING) == 2_000
    look(split_id)
    assert (state(split_id)[0], platform(Account.WECHAT_FROZEN)) == ("sending", before)
    sandbox.pass_time(5)
    look(split_id)
    look(split_id)
    assert state(split_id) == ("done", None)
    assert (shared.holds(Account.WITHDRAWING), shared.holds(Account.AVAILABLE)) == (0, 8_000)
    assert platform(Account.WECHAT_FROZEN) == before + 2_000
    assert shared.frozen_here() == shared.frozen_there() == 7_940


def test_what_is_left_is_given_free_once_and_the_books_follow(shared, sandbox):
    finish(sandbox, shared.split(2_000))
    takings, frozen = platform(Account.WECHAT_TAKINGS), platform(Account.WECHAT_FROZEN)
    release_id = shared.release()
    assert in_transaction(lambda: wallet.request_release(shared.order_id)) is None
    finish(sandbox, release_id)
    assert (state(release_id)[0], fields(Split, release_id).amount_fen) == ("done", 7_940)
    assert platform(Account.WECHAT_TAKINGS) == takings - 7_940
    assert platform(Account.WECHAT_FROZEN) == frozen + 7_940
    assert shared.frozen_here() == shared.frozen_there() == 0
    with pytest.raises(NothingToSplit):
        shared.split(1)


def test_more_than_the_ratio_or_than_the_owner_has_changes_nothing(shared):
    shared.split(2_000)
    books = dict(ledger.balances(shared.merchant_id))
    with pytest.raises(NothingToSplit) as refusal:
        shared.split(1_001)
    assert refusal.value.extra == {"splittable_fen": 1_000}
    assert dict(ledger.balances(shared.merchant_id)) == books
    assert len(in_transaction(lambda: wallet.splits_of(shared.order_id))) == 1


@pytest.mark.parametrize(
    "kind", ["reset_before", "reset_after", "system_error_after", "html_page_after"]
)
def test_an_unclear_answer_is_queried_and_splits_once(shared, sandbox, kind):
    split_id = shared.split(1_500)
    sandbox.fault(kind, SPLIT)
    look(split_id)
    sandbox.pass_time(5)
    look(split_id)
    sandbox.pass_time(5)
    look(split_id)
    assert state(split_id)[0] == "done"
    assert shared.frozen_there() == 9_940 - 1_500


def test_a_failed_part_comes_back_and_the_reason_stays(shared, sandbox):
    sandbox.fault("sharing_fail", reason="RECEIVER_RECEIPT_LIMIT")
    split_id = shared.split(1_500)
    finish(sandbox, split_id)
    assert state(split_id) == ("failed", "RECEIVER_RECEIPT_LIMIT")
    assert (shared.holds(Account.WITHDRAWING), shared.holds(Account.AVAILABLE)) == (0, 10_000)
    assert shared.frozen_here() == shared.frozen_there() == 9_940
    finish(sandbox, shared.split(3_000))
    assert shared.frozen_there() == 6_940


def test_a_split_waits_for_the_receipt_of_goods_but_not_for_ever(shared, sandbox):
    stage.manage_trade(sandbox, True)
    split_id = shared.split(2_000)
    look(split_id)
    sandbox.pass_time(3_600)
    look(split_id)
    assert (state(split_id)[0], shared.holds(Account.WITHDRAWING)) == ("sending", 2_000)
    stage.manage_trade(sandbox, False)
    finish(sandbox, split_id)
    assert state(split_id)[0] == "done"


def test_what_people_must_decide_stays_held_until_they_do(shared, sandbox):
    sandbox.fault("sharing_fail", reason="RECEIVER_HIGH_RISK")
    split_id = shared.split(1_500)
    finish(sandbox, split_id)
    assert state(split_id) == ("troubled", "RECEIVER_HIGH_RISK")
    assert shared.holds(Account.WITHDRAWING) == 1_500
    first, staff = new_id(), new_id()

    def say(who, decision):
        in_transaction(lambda: wallet.decide_split(split_id, decision, who, "商户已注销"))

    say(staff, "retry")
    say(first, "give_up")  # another opinion: it takes the place of the first
    with pytest.raises(SecondPersonNeeded):
        say(first, "give_up")
    assert (state(split_id)[0], shared.holds(Account.WITHDRAWING)) == ("troubled", 1_500)
    say(staff, "give_up")
    assert shared.holds(Account.WITHDRAWING) == 0
    assert fields(Split, split_id).decided_by == staff
    for unknown, expected in ((split_id, SplitNotDecidable), (new_id(), NotFound)):
        with pytest.raises(expected):
            in_transaction(lambda each=unknown: wallet.decide_split(each, "retry", staff, "再试"))


def refund(payment, amount_fen):
    identity = new_id(bucket_of(payment.order_id))

    def work():
        wallet.refund_order(payment.order_id, identity, amount_fen, "退货")
        legs = (
            *wallet.clearing_legs(amount_fen),
            Leg(payment.merchant_id, Account.AVAILABLE, -amount_fen),
        )
        ledger.post([Journal(new_id(), "test", identity, PLATFORM_ID, f"test:{identity}", legs)])

    in_transaction(work)
    return identity


def test_a_refund_takes_what_is_frozen_first_and_then_what_is_at_hand(shared, sandbox):
    stage.paid(sandbox, is_shared=False)  # so that there is something at hand
    finish(sandbox, shared.split(3_000))
    frozen, takings = platform(Account.WECHAT_FROZEN), platform(Account.WECHAT_TAKINGS)
    identity = refund(shared, 7_000)
    refunds.look_at_refund({"refund_id": str(identity)})
    sandbox.pass_time(5)
    refunds.look_at_refund({"refund_id": str(identity)})
    row = fields(OrderRefund, identity)
    assert (row.state, row.from_frozen_fen) == ("done", 6_940)
    assert platform(Account.WECHAT_FROZEN) == frozen + 6_940
    assert platform(Account.WECHAT_TAKINGS) == takings + 7_000 - 42 - 6_940
    assert shared.frozen_here() == shared.frozen_there() == 0


def test_refund_and_split_of_one_payment_take_turns(shared, sandbox):
    split_id = shared.split(2_000)
    look(split_id)
    identity = refund(shared, 1_000)
    refunds.look_at_refund({"refund_id": str(identity)})
    assert fields(OrderRefund, identity).state == "requested"
    assert number_of(identity) not in [one["out_refund_no"] for one in sandbox.books()["refunds"]]
    later = shared.split(500)
    look(later)
    assert state(later)[0] == "waiting"
    sandbox.pass_time(5)
    look(split_id)
    for _ in range(2):
        refunds.look_at_refund({"refund_id": str(identity)})
        sandbox.pass_time(5)
    finish(sandbox, later)
    assert state(later)[0] == "done"
    assert shared.frozen_here() == shared.frozen_there() == 9_940 - 2_500 - 994


def ask_back(payment, amount_fen):
    return in_transaction(lambda: wallet.request_returns(payment.order_id, amount_fen, "退款"))


def test_money_comes_back_from_a_merchant_for_a_refund(shared, sandbox):
    split_id = shared.split(2_000)
    finish(sandbox, split_id)
    takings = platform(Account.WECHAT_TAKINGS)
    assert ask_back(shared, 1_500) == 1_500
    assert ask_back(shared, 1_500) == 1_500
    (row,) = returns_of(split_id)
    sandbox.fault("reset_after", "POST /v3/profitsharing/return-orders")
    for _ in range(2):
        returning.look_at_return({"return_id": str(row)})
    assert fields(SplitReturn, row).state == "done"
    assert shared.holds(Account.AVAILABLE) == 9_500
    assert platform(Account.WECHAT_TAKINGS) == takings - 1_500
    assert ask_back(shared, 1_500) == 500


def test_a_receiver_with_too_little_gives_nothing_back_and_is_asked_later(shared, sandbox):
    split_id = shared.split(2_000)
    finish(sandbox, split_id)
    ask_back(shared, 2_000)
    (row,) = returns_of(split_id)
    sandbox.fault("sharing_return_fail")
    returning.look_at_return({"return_id": str(row)})
    assert (fields(SplitReturn, row).state, shared.holds(Account.AVAILABLE)) == ("failed", 8_000)
    assert ask_back(shared, 2_000) == 0
    sandbox.pass_time(7 * 3600)
    assert ask_back(shared, 2_000) == 2_000


def test_the_rest_is_given_free_before_wechat_does_so_by_itself(shared, sandbox):
    sandbox.pass_time(29 * 86_400 + 60)
    while duties.release_old():
        pass
    (row,) = in_transaction(lambda: wallet.splits_of(shared.order_id))
    sandbox.pass_time(2 * 86_400)  # nobody worked meanwhile
    assert shared.frozen_there() == 0
    finish(sandbox, row.id)
    found = fields(Split, row.id)
    assert (found.state, found.is_automatic, found.amount_fen) == ("done", True, 9_940)
    assert shared.frozen_here() == 0


def test_many_at_once_split_no_more_than_is_allowed(shared, app):
    def one(_):
        with app.app_context():
            try:
                return shared.split(1_000)
            except NothingToSplit:
                return None

    found = [each for each in at_once(one, 8) if each]
    assert len(found) == 3
    assert shared.holds(Account.WITHDRAWING) == 3_000


def test_the_same_split_looked_at_by_many_is_one(shared, sandbox, app):
    split_id = shared.split(2_000)

    def one(_):
        with app.app_context():
            look(split_id)

    at_once(one, 6)
    sandbox.pass_time(5)
    at_once(one, 6)
    assert state(split_id)[0] == "done"
    assert shared.holds(Account.WITHDRAWING) == 0
    assert shared.frozen_here() == shared.frozen_there() == 7_940
