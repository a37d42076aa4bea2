"""Following after a payment: the member who paid is recognised, and nobody else."""

import secrets

import pytest
from sqlalchemy import text

from app.core import outbox
from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.outbox import TryLater
from app.core.world import new_id, now, number_of
from app.ledger.service import Account
from app.members import service as members
from app.notices import arrivals
from app.wallet import orders
from app.wallet import service as wallet
from app.wechat.client import OrderStatus
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context", "sandbox")


def started(member_id, store_id, trade_type="jsapi"):
    """A top-up that waits for its payment; its order's id."""
    wallet.start_top_up(member_id, store_id, 10_000, trade_type, key=new_id().hex)
    order = text("SELECT order_id FROM wallet_top_up WHERE member_id = :m")
    return read(order, {"m": member_id})[0].order_id


def paid(member_id, order_id):
    """WeChat notifies the payment; its own number."""
    number = f"42{secrets.randbelow(10**26):026}"
    app_id = settings().wechat_mini_app_id
    status = OrderStatus(
        out_trade_no=number_of(order_id),
        state="SUCCESS",
        transaction_id=number,
        amount_fen=10_000,
        currency="CNY",
        app_id=app_id,
        openid=members.openid_of(member_id, app_id),
        trade_type="JSAPI",
        success_at=now(),
    )
    in_transaction(lambda: orders.note_payment(status, is_confirmed=False))
    return number


@pytest.fixture
def customer(sandbox):
    """A member of the mini-program who belongs to a store."""
    noodles, openid = world.shop(), sandbox.phone()["mini_openid"]
    app_id, brought = settings().wechat_mini_app_id, world.brought_by_store(noodles)
    joined = in_transaction(
        lambda: members.register(app_id, openid, None, "mini_program", brought, now())
    )
    return joined.member_id, noodles


def test_who_follows_after_paying_is_the_member_who_paid(writer, customer):
    member_id, noodles = customer
    number = paid(member_id, started(member_id, noodles.store_id))
    someone = writer()
    answer = someone.causes("subscribe", EventKey=f"last_trade_no_{number}")["Content"]
    assert "感谢您在「南门店」消费" in answer
    assert someone.member_id == member_id
    assert members.profile(member_id).state == "following"
    assert members.binding(member_id).recommender_id == noodles.merchant_id
    assert world.balance(member_id, Account.PREPAID_PRINCIPAL) == 10_000
    assert "储值 ¥100.00" in someone.writes("余额")


def test_a_payment_that_is_not_ours_is_a_plain_follow(writer, funded):
    someone = writer()
    answer = someone.causes("subscribe", EventKey=f"last_trade_no_42{'9' * 26}")["Content"]
    assert "欢迎加入联惠" in answer
    assert "二维码已失效" not in answer
    assert members.binding(someone.member_id).recommender_kind == "platform"


@pytest.mark.parametrize("number", ["", "x" * 65, "1' OR 1=1", "4200\n1"])
def test_what_is_no_number_is_never_looked_for(writer, number):
    someone = writer()
    answer = someone.causes("subscribe", EventKey=f"last_trade_no_{number}")["Content"]
    assert "欢迎加入联惠" in answer
    looked = text(
        "SELECT count(*) FROM core_outbox WHERE payload->>'member_id' = :m AND reader = :r"
    )
    found = read(looked, {"m": str(someone.member_id), "r": "notices.recognise_payer"})
    assert found[0][0] == 0


def test_an_order_that_anybody_could_pay_proves_nothing(writer, customer):
    member_id, noodles = customer
    number = paid(member_id, started(member_id, noodles.store_id, "native"))
    someone = writer()
    assert (
        "欢迎加入联惠" in someone.causes("subscribe", EventKey=f"last_trade_no_{number}")["Content"]
    )
    assert someone.member_id != member_id
    while outbox.work_off():
        pass
    assert someone.member_id != member_id


def test_a_follow_that_is_told_before_its_payment_is_recognised_afterwards(writer, customer):
    member_id, noodles = customer
    order_id = started(member_id, noodles.store_id)
    someone = writer()
    number = f"43{secrets.randbelow(10**26):026}"
    someone.causes("subscribe", EventKey=f"last_trade_no_{number}")
    stranger = someone.member_id
    letter = {"transaction_id": number, "member_id": str(stranger), "until": "2999-01-01T00:00:00Z"}
    with pytest.raises(TryLater):
        arrivals.recognise(letter)
    arrivals.recognise(letter | {"until": "2020-01-01T00:00:00Z"})
    number = paid(member_id, order_id)
    arrivals.recognise(letter | {"transaction_id": number})
    asked = text("SELECT payload FROM core_outbox WHERE reader = 'members.merge_same_person'")
    pairs = [{row.payload["member_id"], row.payload["other_id"]} for row in read(asked)]
    assert {str(stranger), str(member_id)} in pairs


def test_who_was_another_member_before_is_not_taken_over_but_brought_together(writer, customer):
    member_id, noodles = customer
    someone = writer()
    someone.causes("subscribe")
    before = someone.member_id
    someone.causes("unsubscribe")
    number = paid(member_id, started(member_id, noodles.store_id))
    answer = someone.causes("subscribe", EventKey=f"last_trade_no_{number}")["Content"]
    assert "欢迎回来" in answer
    assert someone.member_id == before
    while outbox.work_off():
        pass
    assert someone.member_id in (member_id, before)
    assert someone.member_id == members.today(member_id) == members.today(before)
