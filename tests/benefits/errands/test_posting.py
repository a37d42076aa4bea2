"""Posting: the reward is put aside at once, from real money, or nothing happens at all."""

import io
from datetime import date
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import text

from app.benefits.errands.schemas import EXAMPLE
from app.core.db import read
from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.prepaid import counter
from tests.alliance.prepaid.test_plans import opened, plan
from tests.benefits.errands.town import PLACES, REWARD, Town, escrow, principal, rebate, refused
from tests.benefits.stage import API, published

NOTHING = "SELECT count(*) FROM benefits_errand WHERE payer_id = :p"


def errands_of(payer_id):
    return read(text(NOTHING), {"p": payer_id})[0][0]


def picture(client, who, side=40):
    body = io.BytesIO()
    Image.new("RGB", (side, side), (200, 30, 30)).save(body, "PNG")
    headers = world.headers(who) if isinstance(who, UUID) else who
    answer = client.post(f"{API}/errands/pictures", data=body.getvalue(), headers=headers)
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def test_the_reward_lies_in_escrow_at_once_and_its_lots_get_it_back(town, poster):
    world.give(poster, Account.PREPAID_PRINCIPAL, 1_500)
    world.give(poster, Account.REBATE, 500)
    before = ledger.lots(poster, Account.PREPAID_PRINCIPAL)
    errand_id = town.post(poster, reward_fen=11_000)
    assert (escrow(poster), rebate(poster), principal(poster)) == (11_000, 0, 1_000)
    town.act(poster, errand_id, "cancel", {"reason": "不用了"})
    assert (escrow(poster), rebate(poster), principal(poster)) == (0, 500, 11_500)
    assert ledger.lots(poster, Account.PREPAID_PRINCIPAL) == before


def test_bonus_and_experience_gold_pay_for_no_errand(town):
    poster = world.rich(500)
    world.give(poster, Account.PREPAID_BONUS, 10_000)
    world.give_experience(poster, 10_000)
    answer = town.ask(poster, "/errands", town.wish())
    assert refused(answer) == (409, "not_enough")
    assert answer.json["missing_fen"] == 1_500
    assert (errands_of(poster), escrow(poster), principal(poster)) == (0, 0, 500)


def test_principal_that_came_with_a_bonus_pays_for_no_errand(town):
    """As a runner's wage it would be money, and the bonus kept."""
    poster, shop = world.rich(500), world.shop()
    world.give(shop.merchant_id, Account.OFFER_BUDGET, 10_000)
    counter.paid(opened(poster, shop, plan(shop), 10_000))
    before = ledger.lots(poster, Account.PREPAID_PRINCIPAL)
    answer = town.ask(poster, "/errands", town.wish())
    assert refused(answer) == (409, "not_enough")
    assert answer.json["missing_fen"] == 1_500
    assert ledger.lots(poster, Account.PREPAID_PRINCIPAL) == before
    world.give(poster, Account.PREPAID_PRINCIPAL, 1_500)
    town.post(poster)
    assert (principal(poster), world.balance(poster, Account.PREPAID_BONUS)) == (10_000, 1_000)


@pytest.mark.parametrize(
    ("differs", "code"),
    [
        ({"reward_fen": 299}, "reward_out_of_range"),
        ({"reward_fen": 50_001}, "reward_out_of_range"),
        ({"category": "smuggling"}, "errand_category_unknown"),
        ({"pictures": ["01890000-0000-7000-8000-000000000001"]}, "errand_picture_unknown"),
        ({"purses": ["prepaid", "prepaid"]}, "invalid_request"),
        ({"reward_fen": 2_000.5}, "invalid_request"),
    ],
)
def test_what_the_programme_does_not_take_changes_nothing(town, poster, differs, code):
    answer = town.ask(poster, "/errands", town.wish(**differs))
    assert answer.json["code"] == code
    assert answer.status_code in (404, 422)
    assert (errands_of(poster), escrow(poster), principal(poster)) == (0, 0, 10_000)


def test_farther_than_the_programme_goes_is_refused(town, poster):
    wish = town.wish()
    wish["delivery"] = wish["delivery"] | {"latitude": 31.0}
    assert refused(town.ask(poster, "/errands", wish)) == (422, "errand_too_far")


def test_the_same_request_again_posts_once(town, poster):
    first = town.ask(poster, "/errands", town.wish(), key="once")
    again = town.ask(poster, "/errands", town.wish(), key="once")
    assert first.json["id"] == again.json["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (errands_of(poster), escrow(poster)) == (1, REWARD)
    other = town.ask(poster, "/errands", town.wish(reward_fen=3_000), key="once")
    assert refused(other) == (422, "idempotency_key_reused")


def test_nobody_keeps_more_errands_open_than_allowed(client, context):
    town, poster = Town(client, most_open=1), world.rich(10_000)
    town.post(poster)
    assert refused(town.ask(poster, "/errands", town.wish())) == (409, "too_many_errands")
    assert escrow(poster) == REWARD


def test_a_paused_programme_takes_no_new_errands_and_another_kind_is_none(town, poster):
    stop = {"reason": "检查"}
    path = f"/campaigns/{town.programme}/pause"
    assert town.ask(world.staff_headers("operator"), path, stop).status_code == 200
    assert refused(town.ask(poster, "/errands", town.wish())) == (409, "campaign_not_running")
    unknown = town.ask(poster, "/errands", town.wish(campaign_id=str(new_id())))
    assert refused(unknown) == (404, "campaign_unknown")


def test_a_programme_without_prepaid_money_takes_rebate_only(client, context):
    town, poster = Town(client, is_prepaid_taken=False), world.rich(10_000)
    only = town.ask(poster, "/errands", town.wish(purses=["prepaid"]))
    assert refused(only) == (422, "purse_not_taken")
    assert refused(town.ask(poster, "/errands", town.wish())) == (409, "not_enough")
    world.give(poster, Account.REBATE, REWARD)
    town.post(poster)
    assert (rebate(poster), principal(poster)) == (0, 10_000)


def test_a_merchant_pays_from_settled_money_and_gets_it_back(town):
    shop = world.shop()
    owner = world.owner_headers(shop)
    assert refused(town.ask(owner, "/errands", town.wish())) == (409, "not_enough")
    world.give(shop.merchant_id, Account.AVAILABLE, 5_000)
    errand_id = town.post(world.owner_headers(shop))
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 3_000
    assert escrow(shop.merchant_id) == REWARD
    other = world.owner_headers(world.shop())
    path = f"/errands/{errand_id}"
    assert refused(town.look(other, path)) == (404, "errand_unknown")
    stranger = town.ask(other, f"{path}/cancel", {"reason": "x"})
    assert refused(stranger) == (404, "errand_unknown")
    managed = town.look(world.owner_headers(shop), "/errands/managed").json["errands"]
    assert [each["id"] for each in managed] == [errand_id]
    town.act(world.owner_headers(shop), errand_id, "cancel", {"reason": "不用了"})
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 5_000


def test_a_paused_merchant_posts_nothing_and_a_cashier_never(town, client):
    shop = world.shop()
    world.give(shop.merchant_id, Account.AVAILABLE, 5_000)
    cashier = world.staff_headers("cashier", merchant_id=shop.merchant_id)
    assert refused(town.ask(cashier, "/errands", town.wish())) == (403, "not_allowed")
    desk.paused(client, shop)
    answer = town.ask(world.owner_headers(shop), "/errands", town.wish())
    assert refused(answer) == (409, "buyer_paused")
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 5_000


def test_pictures_are_the_senders_used_once_and_seen_by_runners_while_it_is_open(
    town, poster, runner, client
):
    mine = picture(client, poster)
    path = f"/errands/pictures/{mine}.jpg"
    assert town.look(runner, path).status_code == 404
    foreign = town.ask(world.rich(), "/errands", town.wish(pictures=[mine]))
    assert refused(foreign) == (404, "errand_picture_unknown")
    town.post(poster, pictures=[mine])
    again = town.ask(poster, "/errands", town.wish(pictures=[mine]))
    assert refused(again) == (404, "errand_picture_unknown")
    shown = town.look(runner, path)
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert refused(town.look(world.member(), path)) == (404, "errand_picture_unknown")
    headers = world.headers(poster)
    wrong = client.post(f"{API}/errands/pictures", data=b"no picture", headers=headers)
    assert refused(wrong) == (422, "picture_unusable")


def test_where_to_go_stands_nowhere_in_clear(town, poster):
    errand_id = town.post(poster)
    tables = ["benefits_errand", "benefits_errand_step", "benefits_errand_words"]
    for table in (*tables, f"core_request AS t WHERE t.principal_id = '{poster}'"):
        named = table if " AS t" in table else f"{table} AS t"
        rows = read(text(f"SELECT row_to_json(t)::text FROM {named}"))
        assert rows, table
        assert not [row for row in rows if any(word in row[0] for word in PLACES)], table
    assert town.seen(poster, errand_id)["pick_up"]["address"].startswith(PLACES[0])


def test_of_another_audience_nobody_posts(client, context):
    town = Town(client)
    late = {"joined_before": f"{date(2020, 1, 1)}T00:00:00Z"}
    town.programme = published(client, "errands", EXAMPLE, funder="payer", audience=late)
    assert refused(town.ask(world.rich(), "/errands", town.wish())) == (403, "not_in_audience")


def test_a_large_reward_needs_the_posters_pin(client, context):
    town, poster = Town(client, reward_maximum_fen=60_000), world.rich(60_000)
    who = world.headers(poster)
    assert client.put(f"{API}/me/payment-pin", json={"pin": "730518"}, headers=who).json["has_pin"]
    wish = town.wish(reward_fen=50_001)
    assert refused(town.ask(who, "/errands", wish)) == (403, "pin_needed")
    assert (errands_of(poster), escrow(poster), principal(poster)) == (0, 0, 60_000)
    posted = town.ask(who | {"Payment-Pin": "730518"}, "/errands", wish)
    assert (posted.status_code, escrow(poster)) == (201, 50_001), posted.json
