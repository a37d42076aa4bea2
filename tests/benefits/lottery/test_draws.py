"""Draws: one for a chance, each prize no more often than there is of it, paid in the same unit."""

from __future__ import annotations

import pytest

from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.lottery.games import (
    close,
    consolation,
    count,
    draw,
    lottery,
    own,
    player,
    prize,
    refund_of,
    rules,
)
from tests.benefits.stage import Stage, draft
from tests.wallet.racing import at_once


def pot(campaign_id):
    return world.balance(campaign_id, Account.CAMPAIGN_POT)


def test_a_purchase_gives_a_chance_and_a_prize_in_money_is_taxed(client, stage):
    campaign_id = lottery(client)
    member, _ = player(stage, stage.store())
    seen = own(client, member, campaign_id)
    assert (seen["chances"], seen["drawn"], seen["chances_left"]) == (1, 0, 1)
    assert seen["prizes"][0]["left"] == 10
    before = world.balance(member, Account.REBATE_PENDING)
    status, told = draw(stage, member, campaign_id, nonce="ab" * 8)
    assert status == 201, told
    assert (told["number"], told["prize"], told["nonce"]) == (1, 1, "ab" * 8)
    assert (told["value_fen"], told["tax_fen"], told["chances_left"]) == (800, 160, 0)
    assert world.balance(member, Account.REBATE_PENDING) - before == 640
    assert pot(campaign_id) == 20_000 - 800
    told_again = client.get("/api/v1/me/draws", headers=world.headers(member)).json["draws"]
    assert [each["id"] for each in told_again] == [told["id"]]
    stranger = world.headers(stage.member())
    assert client.get("/api/v1/me/draws", headers=stranger).json["draws"] == []
    assert draw(stage, stage.member(), campaign_id)[1]["code"] == "no_chance_left"


def test_the_same_request_again_is_the_same_draw(client, stage):
    campaign_id, key = lottery(client), new_id().hex
    member, _ = player(stage, stage.store(), purchases=2)
    first, again = (draw(stage, member, campaign_id, key)[1] for _ in range(2))
    assert first == again
    assert draw(stage, member, campaign_id, key, nonce="ff" * 8)[0] == 422
    assert count("benefits_lottery_draw", campaign_id) == 1


def test_without_a_chance_nothing_is_drawn(client, stage):
    campaign_id = lottery(client)
    member = stage.member()
    status, told = draw(stage, member, campaign_id)
    assert (status, told["code"], told["chances"]) == (409, "no_chance_left", 0)
    assert count("benefits_lottery_draw", campaign_id) == 0
    assert pot(campaign_id) == 20_000


@pytest.mark.parametrize("nonce", ["", "XYZ", "ab", "a" * 65, 7])
def test_a_nonce_is_hexadecimal(client, stage, nonce):
    member = stage.member()
    assert draw(stage, member, new_id(), nonce=nonce)[0] == 422


def test_what_is_no_lottery_or_not_published_is_unknown(client, stage):
    member = stage.member()
    status, told = draw(stage, member, new_id())
    assert (status, told["code"]) == (404, "campaign_unknown")
    assert client.get(f"/api/v1/lotteries/{new_id()}").status_code == 404


def test_of_64_at_the_same_moment_each_chance_is_drawn_once(app, client, stage):
    """16 people with two chances each ask four times for ten prizes and three consolations."""
    wish = rules(prize(), consolation=consolation(), most_per_purchase=2)
    campaign_id, store_id = lottery(client, wish), stage.store()
    people = [stage.member() for _ in range(16)]
    for member in people:
        stage.buy(member, 20_000, store_id)

    def ask(number):
        with app.app_context():
            own_stage = Stage(app.test_client())
            return draw(own_stage, people[number // 4], campaign_id)

    answers = at_once(ask, 64)
    assert sorted(status for status, _ in answers) == [201] * 32 + [409] * 32
    drawn = sorted((told["number"], told["prize"]) for status, told in answers if status == 201)
    assert drawn == [(n, 1 if n <= 10 else 2 if n <= 13 else 0) for n in range(1, 33)]
    assert pot(campaign_id) == 20_000 - 10 * 800 - 3 * 100
    assert ledger.verify().findings == []


def test_a_lottery_is_published_only_with_money_for_every_prize(client, stage):
    operator = world.staff_headers("operator")
    body = draft("lottery", rules(prize(800, 10)), budget_fen=7_999)
    made = client.post("/api/v1/campaigns", json=body, headers=operator)
    path = f"/api/v1/campaigns/{made.json['id']}/publish"
    told = client.post(path, headers=world.staff_headers("operator"))
    assert (told.status_code, told.json["code"]) == (409, "prizes_not_covered")
    assert told.json["needed_fen"] == 8_000
    assert count("benefits_lottery_book", made.json["id"]) == 0


def test_a_merchants_lottery_counts_its_own_stores_and_gives_no_experience_gold(client, stage):
    mine, other = stage.store(), stage.store()
    merchant = {"merchant_id": str(stage.shops[mine].merchant_id), "funder": "offer_budget"}
    campaign_id = lottery(client, **merchant)
    member = stage.member()
    stage.buy(member, 10_000, other)
    assert own(client, member, campaign_id)["chances"] == 0
    stage.buy(member, 10_000, mine)
    assert own(client, member, campaign_id)["chances"] == 1
    assert draw(stage, member, campaign_id)[1]["prize"] == 1
    with pytest.raises(AssertionError, match="experience_prize_unfit"):
        lottery(client, rules(prize(kind="experience")), **merchant)


def test_experience_gold_comes_whole(client, stage):
    campaign_id = lottery(client, rules(prize(kind="experience")))
    member, _ = player(stage, stage.store())
    before = world.balance(member, Account.EXPERIENCE)
    _, told = draw(stage, member, campaign_id)
    assert (told["value_fen"], told["tax_fen"]) == (800, 0)
    assert world.balance(member, Account.EXPERIENCE) - before == 800


def test_nobody_draws_in_a_pause_and_purchases_in_it_do_not_count(client, stage):
    campaign_id, store_id = lottery(client), stage.store()
    member, _ = player(stage, store_id)
    path = f"/campaigns/{campaign_id}"
    assert stage.call("operator", "POST", f"{path}/pause", {"reason": "核对"})[0] == 200
    status, told = draw(stage, member, campaign_id)
    assert (status, told["code"]) == (409, "campaign_not_running")
    late = stage.buy(member, 20_000, store_id)
    assert stage.call("operator", "POST", f"{path}/resume", key=new_id().hex)[0] == 200
    refund_of(stage, late, 1)  # whose letter is read after the pause
    assert own(client, member, campaign_id)["chances_left"] == 1
    assert draw(stage, member, campaign_id)[0] == 201


def test_chances_outlast_an_early_end_and_the_pot_keeps_their_prizes(client, stage, monkeypatch):
    campaign_id, store_id = lottery(client), stage.store()
    member, _ = player(stage, store_id, purchases=2)
    ended = stage.call("operator", "POST", f"/campaigns/{campaign_id}/end", {"reason": "提前结束"})
    assert ended[0] == 200
    stage.buy(member, 10_000, store_id)
    assert own(client, member, campaign_id)["chances"] == 2
    stage.turn()
    assert pot(campaign_id) == 10 * 800
    assert draw(stage, member, campaign_id)[0] == 201
    close(monkeypatch, campaign_id)
    status, told = draw(stage, member, campaign_id)
    assert (status, told["code"]) == (409, "draws_closed")
    stage.turn()
    assert pot(campaign_id) == 0


def test_a_lottery_is_for_its_audience(client, stage):
    audience = {"joined_before": "2020-01-01T00:00:00+08:00"}
    campaign_id = lottery(client, audience=audience)
    member, _ = player(stage, stage.store())
    assert own(client, member, campaign_id)["chances"] == 0
    assert draw(stage, member, campaign_id)[1]["code"] == "no_chance_left"


def test_staff_see_purchases_draws_and_each_prize(client, stage):
    campaign_id = lottery(client)
    member, _ = player(stage, stage.store(), purchases=2)
    draw(stage, member, campaign_id)
    _, report = stage.call("operator", "GET", f"/campaigns/{campaign_id}")
    figures = {each["code"]: (each["count"], each["amount_fen"]) for each in report["figures"]}
    assert figures == {
        "purchases": (2, None),
        "draws": (1, None),
        "draws_void": (0, None),
        "prizes_to_take_back": (0, None),
        "prize_1": (1, 800),
    }
    assert (report["given_fen"], report["tax_fen"], report["promised_fen"]) == (800, 160, 7_200)
