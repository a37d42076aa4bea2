"""Members with their data: exported, merged, erased."""

from __future__ import annotations

from sqlalchemy import text

from app.core.db import in_transaction, read
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.benefits.promotion.programme import (
    API,
    brought,
    buy,
    click,
    link,
    refund,
    state,
)
from tests.benefits.promotion.test_clicks import counted
from tests.benefits.promotion.test_orders import ordered
from tests.benefits.stage import read_letters


def test_a_merged_promoter_earns_as_who_they_are_today(of):
    old, present = world.member(), world.member()
    customer = world.rich()
    click(of.client, customer, link(of, old)["token"])
    survivor = in_transaction(lambda: members.merge(present, old))
    sale = buy(of, customer)
    assert state(sale)[0] == "paid"
    assert world.balance(survivor, Account.REBATE_PENDING) == 500
    answer = of.client.get(f"{API}/me/promotion-links", headers=world.headers(survivor))
    assert [each["earned_fen"] for each in answer.json["links"]] == [500]
    refund(of, sale)
    assert world.balance(survivor, Account.REBATE_PENDING) == 0


def test_the_click_of_a_merged_customer_counts(of):
    friend, old, present = world.member(), world.member(), world.rich()
    click(of.client, old, link(of, friend)["token"])
    survivor = in_transaction(lambda: members.merge(present, old))
    world.give(survivor, Account.PREPAID_PRINCIPAL, 10_000)
    assert state(buy(of, survivor))[0] == "paid"


def test_an_erased_member_leaves_no_clicks_and_no_days(of):
    friend, customer = world.member(), world.member()
    token = link(of, friend)["token"]
    brought(of, friend)
    click(of.client, customer, token)
    for each in (friend, customer):
        in_transaction(lambda each=each: members.erasing.send("members", member_id=each))
    assert counted(customer) == []
    days = text("SELECT count(*) FROM benefits_promotion_digest WHERE member_id = :m")
    assert read(days, {"m": friend})[0][0] == 0


def test_the_links_of_an_erased_promoter_lead_nowhere(of):
    friend, customer = world.member(), world.rich()
    token = link(of, friend)["token"]
    click(of.client, customer, token)
    in_transaction(lambda: members.erasing.send("members", member_id=friend))
    answer = of.client.get(f"{API}/promotions/{token}")
    assert (answer.status_code, answer.json["code"]) == (404, "promotion_link_unknown")
    assert state(buy(of, customer)) is None


def test_an_expected_commission_keeps_a_promoter_from_being_erased(of):
    friend = world.member()
    tea = stall.displayed(of.client, of.shop)
    _, order = ordered(of, friend, (tea, 1), offer_id=tea["id"])
    read_letters()

    def left():
        answers = members.remaining_asked.send("members", member_id=friend)
        return [each for _, some in answers for each in some]

    assert {"what": "promotion_commission", "id": order} in in_transaction(left)


def test_a_member_reads_what_promotion_holds_of_them(of):
    from app.core import personal_data

    friend, customer = world.member(), world.member()
    click(of.client, customer, link(of, friend)["token"])
    brought(of, friend)
    parts = personal_data.parts()
    for name, who, hidden in (
        ("benefits.promotion_links", friend, set()),
        ("benefits.promotion_clicks", customer, {"minute"}),
        ("benefits.promotion_sales", friend, {"payer_id"}),
        ("benefits.promotion_days", friend, set()),
    ):
        part = parts[name]
        conditions = part.theirs([who])
        assert read(part.table.select().where(conditions)), name
        assert not read(part.table.select().where(part.theirs([world.member()]))), name
        assert not hidden & set(part.shown)
