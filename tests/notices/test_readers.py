"""Who is told of what happened in shops and purses: written down once for each receiver."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.alliance import service as alliance
from app.alliance.distribution import distribute, fold
from app.core.db import in_transaction, read
from app.core.world import new_id, now
from app.ledger.service import Account
from app.members.service import Introduction
from app.notices import readers, texts
from tests.alliance import shop as world
from tests.notices.posts import remaining

pytestmark = pytest.mark.usefixtures("context")


def told(member_id):
    """Kind and text of what a member was told, oldest first."""
    found = text("SELECT kind, text, fields FROM notices_notice WHERE member_id = :m ORDER BY id")
    return read(found, {"m": member_id})


def read_events(name):
    """Hands every waiting letter for one reader to it, as the outbox would, twice."""
    waiting = text("SELECT payload FROM core_outbox WHERE reader = :reader")
    payloads = [row.payload for row in read(waiting, {"reader": f"notices.{name}"})]
    function = {"withdrawal_paid": "withdrawal_finished"}.get(name, name)
    for payload in payloads * 2:
        getattr(readers, function)(payload)


@pytest.fixture(autouse=True)
def empty_outbox(context):
    from app.core.db import db

    in_transaction(lambda: db.session.execute(text("DELETE FROM core_outbox")))


@pytest.fixture
def noodles(context):
    """A shop with a contact."""
    shop, contact = world.shop(), world.member()
    in_transaction(lambda: alliance.add_contact(shop.merchant_id, contact))
    return shop, contact


def test_payer_and_merchant_are_told_of_a_payment_once(client, noodles):
    shop, contact = noodles
    payer = world.rich(8_000)
    world.give_experience(payer, 2_000)
    world.paid(client, payer, shop, 5_000)
    read_events("paid")
    assert [row.kind for row in told(payer)] == ["member.paid"]
    notice = told(payer)[0]
    assert notice.text == ("付款成功：在「南门店」支付 ¥50.00（体验金 ¥5.00，储值 ¥45.00）。")
    assert notice.fields["place"] == "南门店"
    assert notice.fields["amount"] == "¥50.00"
    merchant = [row for row in told(contact) if row.kind == "merchant.paid"]
    assert [row.text for row in merchant] == [
        "收款到账：「南门店」收款 ¥50.00，商家所得 ¥45.50，待结算。"
    ]
    assert str(payer) not in merchant[0].text


def test_who_speaks_for_a_merchant_is_told_what_it_paid_elsewhere_and_got_back(client, noodles):
    shop, contact = noodles
    seller = world.shop()
    world.give(shop.merchant_id, Account.AVAILABLE, 5_000)
    wish = {"store_id": str(seller.store_id), "amount_fen": 5_000}
    owner = world.owner_headers(shop)
    payment = client.post("/api/v1/merchant-payments", json=wish, headers=owner).json
    read_events("paid")
    path = f"/api/v1/payments/{payment['id']}/refunds"
    client.post(path, json={"amount_fen": 2_000}, headers=world.owner_headers(seller))
    read_events("refunded")
    assert [row.text for row in told(contact)] == [
        "采购付款：在「南门店」以商家结算款支付 ¥50.00。",
        "采购退款：「南门店」的 ¥20.00 已退回商家结算款。",
    ]
    assert told(shop.merchant_id) == []


def test_payer_and_recommender_are_told_of_their_rebate_once(client, noodles):
    shop, _ = noodles
    friend = world.member()
    payer = world.rich(10_000, world.brought_by_member(friend))
    world.paid(client, payer, shop, 10_000)
    distribute()
    read_events("distributed")
    own = [row.text for row in told(payer) if row.kind == "member.rebate"]
    his = [row.text for row in told(friend) if row.kind == "member.rebate"]
    assert len(own) == len(his) == 1
    assert "您的消费（「南门店」）为您带来返利 ¥1.00" in own[0]
    assert "好友消费（「南门店」）为您带来返利 ¥2.50" in his[0]
    assert "起可用" in own[0]


def brought_by_salesperson(client, shop):
    """A member with money whom a salesperson has brought, and the salesperson's member."""
    person = world.member()
    salesperson = in_transaction(lambda: alliance.add_salesperson("小林", person).id)
    introduction = Introduction("salesperson", salesperson, None, "scene")
    return world.rich(10_000, introduction), person


def test_a_salesperson_is_told_who_joined_and_what_they_earn_but_no_name(client, noodles):
    shop, _ = noodles
    payer, person = brought_by_salesperson(client, shop)
    read_events("joined")
    joined = [row for row in told(person) if row.kind == "salesperson.joined"]
    assert len(joined) == 1
    assert str(payer) not in joined[0].text
    world.paid(client, payer, shop, 10_000)
    distribute()
    read_events("distributed")
    earned = [row.text for row in told(person) if row.kind == "salesperson.earned"]
    assert earned == ["业务分成：「南门店」的一笔消费为您带来 ¥2.50。"]


def test_who_brought_somebody_is_told_once_and_not_whom(client, noodles):
    friend = world.member()
    newcomer = world.member(world.brought_by_member(friend))
    read_events("joined")
    found = [row for row in told(friend) if row.kind == "member.friend_joined"]
    assert len(found) == 1
    assert str(newcomer) not in found[0].text


def test_no_one_else_is_told_of_a_share(client, noodles):
    shop, contact = noodles
    payer = world.rich(10_000, world.brought_by_store(shop))
    world.paid(client, payer, shop, 10_000)
    distribute()
    read_events("distributed")
    assert "member.rebate" not in [row.kind for row in told(contact)]
    shares = text("SELECT count(*) FROM notices_notice WHERE member_id = :m")
    assert read(shares, {"m": shop.merchant_id})[0][0] == 0


def test_payer_and_merchant_are_told_of_a_refund(client, noodles):
    shop, contact = noodles
    payer = world.rich(10_000)
    sale = world.paid(client, payer, shop, 4_000)
    distribute()
    fold()
    answer = client.post(
        f"/api/v1/payments/{sale['id']}/refunds",
        json={"reason": "退货"},
        headers=world.owner_headers(shop),
    )
    assert answer.status_code == 201, answer.json
    fold()
    from app.alliance.refunds.refunding import retry_waiting

    retry_waiting()
    read_events("refunded")
    assert [r.text for r in told(payer) if r.kind == "member.refunded"] == [
        "退款成功：「南门店」的 ¥40.00 已原路退回。"
    ]
    assert "merchant.refunded" in [row.kind for row in told(contact)]


def test_the_merchant_is_told_of_a_settlement(client, noodles, monkeypatch):
    from app.alliance.settlement import runs as settlements
    from app.alliance.settlement.calendar import Calendar

    shop, contact = noodles
    payer = world.rich(10_000)
    world.paid(client, payer, shop, 10_000)
    distribute()
    fold()
    monkeypatch.setattr(
        Calendar, "due_before", lambda _, moment, days: moment + timedelta(seconds=1)
    )
    settlements.run()
    read_events("settled")
    issued = [row.text for row in told(contact) if row.kind == "merchant.settlement"]
    assert issued == [
        '结算完成：「面馆」本期 1 笔收款，结算 ¥90.00。<a href="{link}">查看对账单</a>'
    ]


def test_a_member_is_told_how_a_withdrawal_ended(client):
    member_id = world.member()
    world.give(member_id, Account.REBATE, 30_000)
    answer = client.post(
        "/api/v1/withdrawals",
        json={"amount_fen": 30_000},
        headers=world.headers(member_id),
    )
    withdrawal_id = UUID(answer.json["id"])
    for _ in range(2):
        readers.withdrawal_finished({"withdrawal_id": str(withdrawal_id)})
        readers.withdrawal_returned({"withdrawal_id": str(withdrawal_id)})
    assert [row.text for row in told(member_id)] == ["提现成功：¥300.00 已转入微信零钱。"]


def test_fee_and_tax_are_told_with_what_arrives():
    told_text = texts.withdrawal(32_000, True, now(), 500, 1_500).text
    assert told_text == (
        "提现成功：¥300.00 已转入微信零钱（申请 ¥320.00，手续费 ¥5.00，代扣税 ¥15.00）。"
    )
    assert "¥320.00 已退回" in texts.withdrawal(32_000, False, now(), 500, 1_500).text


def test_who_joins_in_the_mini_program_is_told_too():
    member_id = world.member()
    read_events("joined")
    assert [row.kind for row in told(member_id)] == ["member.joined"]


def test_a_payment_from_purses_alone_opens_no_window(client, noodles):
    shop, _ = noodles
    payer = world.rich(8_000)
    world.paid(client, payer, shop, 5_000)
    read_events("paid")
    assert remaining(payer, "payment") is None


def test_an_event_that_names_nothing_known_is_an_error_and_writes_nothing():
    payload = {"sale_id": str(new_id())}
    with pytest.raises(alliance.PaymentUnknown):
        readers.paid(payload)
    count = text("SELECT count(*) FROM notices_notice WHERE event = :event")
    assert read(count, {"event": f"sale.paid:{payload['sale_id']}"})[0][0] == 0


def test_every_event_of_the_product_has_its_reader(app):
    from app.core.outbox import EXTENSION

    events = {wired.event for wired in app.extensions[EXTENSION].values()}
    assert events >= {
        "member.joined",
        "top_up.credited",
        "sale.paid",
        "sale.distributed",
        "sale.refunded",
        "withdrawal.finished",
        "withdrawal.returned",
        "settlement.issued",
        "order.changed",
    }
