"""Commission on purchases in stores: earned, frozen, freed, taken back, waiting, refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.alliance import service as alliance
from app.benefits import releasing
from app.benefits.promotion import money, service
from app.core.db import db, in_transaction
from app.core.world import SYSTEM_ID, new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from app.wallet import service as wallet
from tests.alliance import shop as world
from tests.benefits.promotion import programme as play
from tests.benefits.promotion.programme import (
    API,
    brought,
    buy,
    buy_unread,
    click,
    grant_of,
    link,
    move_clicks,
    operate,
    programme,
    refund,
    state,
)
from tests.benefits.stage import read_letters


def visited(of, promoter, fen=1_000_000, **introduced):
    """A customer who came by the promoter's link."""
    customer = world.rich(fen, **introduced)
    click(of.client, customer, link(of, promoter)["token"])
    return customer


def test_five_percent_of_what_was_paid_frozen_first_and_then_free(of):
    friend = world.member()
    sale = brought(of, friend)
    assert state(sale) == ("paid", None, 500, 0)
    assert world.balance(friend, Account.REBATE_PENDING) == 500
    thaw(sale)
    releasing.release()
    assert world.balance(friend, Account.REBATE) == 500
    earned = wallet.commission_asked.send(friend)
    assert sum(fen or 0 for _, fen in earned) == 500  # labour, taxed when it is withdrawn
    assert ledger.verify().findings == []


def thaw(sale):
    grant = grant_of(sale)
    early = text("UPDATE benefits_grant SET release_at = created_at WHERE id = :g")
    in_transaction(lambda: db.session.execute(early, {"g": grant.id}))


def test_the_letter_again_and_late_changes_nothing(of):
    friend = world.member()
    sale = brought(of, friend)
    for _ in range(2):
        service.on_sale({"sale_id": str(sale)})
    assert world.balance(friend, Account.REBATE_PENDING) == 500


def test_a_refund_finds_no_promoter_anew(of):
    friend = world.member()
    old, present = world.member(), world.rich()
    click(of.client, old, link(of, friend)["token"])
    sale = buy(of, present)
    assert state(sale) is None
    survivor = in_transaction(lambda: members.merge(present, old))
    refund(of, sale, 5_000)
    assert state(sale) is None
    assert state(buy(of, survivor))[0] == "paid"


def test_without_a_click_within_the_window_there_is_nothing(of):
    friend = world.member()
    customer = visited(of, friend)
    move_clicks(customer, timedelta(days=15, minutes=1))
    assert state(buy(of, customer)) is None
    assert state(buy(of, world.rich())) is None


def test_commission_is_on_money_only_and_capped(of):
    friend = world.member()
    customer = visited(of, friend)
    world.give_experience(customer, 300)
    mixed = buy(of, customer, 3_000, purses=["experience", "prepaid", "rebate"])
    assert state(mixed)[2] == 135  # 2,700 of it were money
    assert state(buy(of, customer, 90_000))[2] == 2_000


def test_a_refund_takes_its_part_back_from_where_it_lies(of):
    friend = world.member()
    before = world.balance(of.id, Account.CAMPAIGN_POT)
    sale = brought(of, friend)
    refund(of, sale, 3_333)
    assert state(sale) == ("paid", None, 500, 166)
    assert world.balance(friend, Account.REBATE_PENDING) == 334
    refund(of, sale)
    assert state(sale) == ("taken_back", None, 500, 500)
    assert world.balance(friend, Account.REBATE_PENDING) == 0
    assert world.balance(of.id, Account.CAMPAIGN_POT) == before


def test_what_was_spent_before_the_refund_is_owed(of):
    friend = world.member()
    sale = brought(of, friend)
    thaw(sale)
    releasing.release()
    world.take(friend, Account.REBATE, 500)
    refund(of, sale)
    assert world.balance(friend, Account.CLAWBACK_DUE) == -500


def test_a_refund_that_is_read_of_first_is_never_paid(of):
    friend = world.member()
    sale = buy_unread(of, visited(of, friend))
    answer = of.client.post(
        f"{API}/payments/{sale}/refunds",
        json={"reason": "退货", "amount_fen": 4_000},
        headers=world.owner_headers(of.shop),
    )
    assert answer.status_code == 201
    service.on_refund({"sale_id": str(sale)})
    assert state(sale) is None
    service.on_sale({"sale_id": str(sale)})  # the sale's own
    assert state(sale) == ("paid", None, 500, 200)
    refund(of, sale)
    read_letters()
    assert state(sale) == ("taken_back", None, 500, 500)
    assert world.balance(friend, Account.REBATE_PENDING) == 0


def test_ones_own_purchase_earns_nothing_by_whichever_account(of):
    friend = world.member()
    second = visited(of, friend)
    in_transaction(lambda: members.merge(friend, second))
    assert state(buy(of, second)) == ("refused", "own_purchase", 500, 0)


def test_who_joined_the_merchant_after_the_click_earns_nothing(of):
    friend = world.member()
    customer = visited(of, friend)
    in_transaction(lambda: alliance.add_contact(of.shop.merchant_id, friend))
    assert state(buy(of, customer)) == ("refused", "own_shop", 500, 0)


def test_whoever_brought_the_payer_gets_one_of_both(of):
    friend = world.member()
    customer = visited(of, friend, introduction=world.brought_by_member(friend))
    assert state(buy(of, customer)) == ("refused", "has_share", 500, 0)
    assert world.balance(friend, Account.REBATE_PENDING) == 250  # of the concession, as always


def test_somebody_elses_recommendation_and_the_commission_go_beside_each_other(of):
    friend, recommender = world.member(), world.member()
    customer = visited(of, friend, introduction=world.brought_by_member(recommender))
    assert state(buy(of, customer))[0] == "paid"
    assert world.balance(recommender, Account.REBATE_PENDING) == 250
    assert world.balance(friend, Account.REBATE_PENDING) == 500


def test_a_policy_may_let_one_person_have_both(context, client):
    of, friend = programme(client, shop=world.shop(is_one=False)), world.member()
    customer = visited(of, friend, introduction=world.brought_by_member(friend))
    assert state(buy(of, customer))[0] == "paid"
    assert world.balance(friend, Account.REBATE_PENDING) == 750


@pytest.mark.parametrize("partner", ["payer", "merchant"])
def test_in_a_confirmed_ring_nobody_earns(of, partner):
    friend = world.member()
    customer = visited(of, friend)
    confirm_ring(friend, customer if partner == "payer" else of.shop.merchant_id)
    assert state(buy(of, customer)) == ("refused", "ring", 500, 0)


def confirm_ring(*parties):
    statement = text(
        "INSERT INTO alliance_ring (bucket, id, rule, subject_kind, subject_id, parties, figures,"
        " sentence, sentence_en, state, found_at, seen_at) VALUES (0, :id, 'burst', 'member', :one,"
        " :parties, '{}', '', '', 'confirmed', now(), now())"
    )
    values = {"id": new_id(), "one": parties[0], "parties": list(parties)}
    in_transaction(lambda: db.session.execute(statement, values))


def test_who_is_suspended_earns_nothing(of):
    friend = world.member()
    customer = visited(of, friend)
    in_transaction(
        lambda: members.decide_authorisation("member", friend, "suspended", "刷单", SYSTEM_ID)
    )
    assert state(buy(of, customer)) == ("refused", "suspended", 500, 0)


def test_what_was_bought_in_a_pause_earns_nothing_whenever_it_is_read(context, client):
    of, friend = programme(client), world.member()
    customer = visited(of, friend)
    before = buy_unread(of, customer)
    operate(of, "pause", reason="盘点")
    meanwhile = buy_unread(of, customer)
    operate(of, "resume")
    after = buy_unread(of, customer)
    read_letters()
    assert [state(each) and state(each)[0] for each in (before, meanwhile, after)] == [
        "paid",
        None,
        "paid",
    ]


def test_a_programme_that_ended_pays_what_was_bought_before(context, client):
    of, friend = programme(client), world.member()
    customer = visited(of, friend)
    before = buy_unread(of, customer)
    operate(of, "end", reason="提前结束")
    after = buy_unread(of, customer)
    read_letters()
    assert (state(before)[0], state(after)) == ("paid", None)


def test_the_rest_goes_back_an_hour_after_the_end(context, client):
    from app.benefits import campaigns

    of, friend = programme(client, 10_000), world.member()
    brought(of, friend)
    operate(of, "end", reason="提前结束")
    campaigns.turn()
    assert world.balance(of.id, Account.CAMPAIGN_POT) == 9_500
    earlier = text("UPDATE benefits_campaign SET ended_at = ended_at - :by WHERE id = :c")
    values = {"by": money.GRACE + timedelta(seconds=1), "c": of.id}
    in_transaction(lambda: db.session.execute(earlier, values))
    campaigns.turn()
    assert world.balance(of.id, Account.CAMPAIGN_POT) == 0
    assert world.balance(of.shop.merchant_id, Account.OFFER_BUDGET) == 9_500


def test_what_is_not_funded_waits_in_turn_and_is_paid_when_money_comes(context, client):
    of, friend = programme(client, 2_000), world.member()
    customers = [visited(of, friend) for _ in range(4)]
    sales = [buy(of, each, 20_000) for each in customers[:3]]  # 1,000 each
    assert [state(each)[0] for each in sales] == ["paid", "paid", "waiting"]
    refused = play.ask_link(of, world.member())
    assert (refused.status_code, refused.json["code"]) == (409, "promotion_unfunded")
    small = buy(of, customers[3], 100)  # younger: its turn comes after
    add_money(of, 1_000)
    service.on_sale({"sale_id": str(small)})
    assert state(small)[0] == "waiting"
    service.retry()
    assert [state(sales[2])[0], state(small)[0]] == ["paid", "waiting"]
    add_money(of, 2_005)
    service.retry()
    assert state(small)[0] == "paid"
    assert play.ask_link(of, world.member()).status_code == 201


def add_money(of, fen):
    world.give(of.shop.merchant_id, Account.OFFER_BUDGET, fen)
    answer = of.client.post(
        f"{API}/campaigns/{of.id}/money",
        json={"amount_fen": fen},
        headers=world.owner_headers(of.shop),
    )
    assert answer.status_code == 200, answer.json


def test_what_still_waits_when_the_programme_ends_is_closed(context, client):
    of, friend = programme(client, 2_000), world.member()
    customers = [visited(of, friend) for _ in range(3)]
    sales = [buy(of, each, 20_000) for each in customers]
    operate(of, "end", reason="提前结束")
    service.retry()
    assert state(sales[2]) == ("closed", "unfunded", 1_000, 0)
    assert world.balance(friend, Account.REBATE_PENDING) == 2_000


def test_a_closed_offer_counts_no_clicks(context, client):
    of, friend = programme(client, 2_000), world.member()
    customer = visited(of, friend)
    buy(of, customer, 20_000)
    told = click(client, world.member(), link(of, friend)["token"])
    assert (told["is_counted"], told["closed_because"]) == (False, "unfunded")
    assert told["closed_text"].startswith("商家的推广预算不足")
