"""What promoters, merchants and everybody see; and how a commission is explained."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from app.core.world import beijing_day, now
from tests.alliance import shop as world
from tests.benefits.promotion.programme import (
    API,
    brought,
    buy,
    click,
    grant_of,
    link,
    move_clicks,
    programme,
    refund,
)


def ask(of, path, who):
    answer = of.client.get(f"{API}{path}", headers=who)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_promoter_sees_clicks_purchases_and_commission_by_where_it_stands(of):
    friend = world.member()
    sales = [brought(of, friend) for _ in range(2)]
    refund(of, sales[1], 5_000)
    click(of.client, world.member(), link(of, friend)["token"])
    (mine,) = ask(of, "/me/promotion-links", world.headers(friend))["links"]
    shown = {name: mine[name] for name in SUMS}
    assert shown == {
        "clicks": 3,
        "sales": 2,
        "earned_fen": 750,
        "expected_fen": 0,
        "waiting_fen": 0,
        "frozen_fen": 750,
        "freed_fen": 0,
        "taken_back_fen": 250,
        "unpaid_fen": 0,
    }
    one = ask(of, f"/promotion-links/{mine['id']}", world.headers(friend))
    assert {name: one[name] for name in SUMS} == shown


SUMS = ("clicks", "sales", "earned_fen", "expected_fen", "waiting_fen", "frozen_fen", "freed_fen",
        "taken_back_fen", "unpaid_fen")  # fmt: skip


def test_days_are_those_of_beijing_and_add_up(of):
    friend, customer = world.member(), world.rich()
    click(of.client, customer, link(of, friend)["token"])
    move_clicks(customer, timedelta(days=2))
    buy(of, customer)
    today = beijing_day(now())
    path = f"/me/promotion-report?from_day={today - timedelta(days=3)}&to_day={today}"
    told = ask(of, path, world.headers(friend))
    days = {
        each["day"]: (each["clicks"], each["sales"], each["earned_fen"]) for each in told["days"]
    }
    assert len(days) == 4
    assert days[str(today - timedelta(days=2))] == (1, 0, 0)
    assert days[str(today)] == (0, 1, 500)
    assert (told["total"]["clicks"], told["total"]["earned_fen"]) == (1, 500)


@pytest.mark.parametrize(
    "query",
    ["from_day=2026-01-01&to_day=2026-02-01", "from_day=2026-01-02&to_day=2026-01-01", "x=1"],
)
def test_a_report_without_sense_is_refused(context, client, query):
    who = world.headers(world.member())
    answer = client.get(f"{API}/me/promotion-report?{query}", headers=who)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_each_purchase_is_told_without_who_bought(of):
    friend = world.member()
    sale = brought(of, friend)
    (told,) = ask(of, "/me/promotion-sales", world.headers(friend))["sales"]
    assert (told["sale_id"], told["status"], told["amount_fen"]) == (str(sale), "paid", 500)
    assert told["release_at"] is not None
    assert not any("payer" in name or "buyer" in name for name in told)
    assert ask(of, "/me/promotion-sales", world.headers(world.member()))["sales"] == []


def test_why_nothing_is_paid_is_told_in_words(of):
    friend = world.member()
    customer = world.rich(introduction=world.brought_by_member(friend))
    click(of.client, customer, link(of, friend)["token"])
    buy(of, customer)
    (told,) = ask(of, "/me/promotion-sales", world.headers(friend))["sales"]
    assert (told["status"], told["reason"]) == ("refused", "has_share")
    assert told["reason_text"].startswith("该笔消费您已作为推荐人获得分润")


def test_pages_go_on_where_they_ended(of):
    friend = world.member()
    made = [link(of, friend)["id"], link(of, friend, content="spring")["id"]]
    first = ask(of, "/me/promotion-links?limit=1", world.headers(friend))
    rest = ask(of, f"/me/promotion-links?limit=1&after={first['next']}", world.headers(friend))
    assert [first["links"][0]["id"], rest["links"][0]["id"]] == made[::-1]
    assert rest["next"] is None


def test_a_merchant_sees_its_own_programme_only(client):
    of = programme(client)
    friend = world.member()
    sale = brought(of, friend)
    owner = world.owner_headers(of.shop)
    (shown,) = ask(of, f"/campaigns/{of.id}/promotion-links", owner)["links"]
    assert (shown["promoter_id"], shown["earned_fen"]) == (str(friend), 500)
    (sold,) = ask(of, f"/campaigns/{of.id}/promotion-sales", owner)["sales"]
    assert sold["sale_id"] == str(sale)
    figures = {each["code"]: each for each in ask(of, f"/campaigns/{of.id}", owner)["figures"]}
    assert (figures["promoters"]["count"], figures["frozen"]["amount_fen"]) == (1, 500)
    stranger = world.owner_headers(world.shop())
    for what in ("promotion-links", "promotion-sales"):
        for campaign_id, who in ((of.id, stranger), (uuid4(), owner)):
            answer = of.client.get(f"{API}/campaigns/{campaign_id}/{what}", headers=who)
            assert (answer.status_code, answer.json["code"]) == (404, "campaign_unknown")


def test_everybody_sees_the_programme_and_a_member_their_part(of):
    friend = world.member()
    link(of, friend)
    shown = ask(of, f"/me/campaigns/{of.id}", world.headers(friend))
    details = shown["details"]
    assert (details["commission_bp"], details["is_funded"], details["my_links"]) == (500, True, 1)


def test_a_commission_is_explained_to_its_promoter(of):
    friend = world.member()
    grant = grant_of(brought(of, friend))
    mine = {"Authorization": world.headers(friend)["Authorization"]}
    statement = ask(of, "/me/statement", mine)
    entry = next(each for each in statement["lines"] if each["journal_id"] == str(grant.journal_id))
    told = ask(of, f"/entries/{entry['entry_id']}/explanation", mine)
    assert "5%" in str(told)
    assert "最后一次点击" in str(told)
