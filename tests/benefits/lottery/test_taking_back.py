"""Refunds take chances away, and the prizes of draws that have none behind them any more."""

from __future__ import annotations

from sqlalchemy import text

from app.benefits.lottery import counting, taking_back
from app.core.db import in_transaction, read
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world
from tests.benefits.lottery.games import draw, lottery, own, player, prize, rules
from tests.wallet.people import moved


def drawn(client, member):
    """Draws of a member, the first one first: prize, whether void, whether taken back."""
    rows = client.get("/api/v1/me/draws", headers=world.headers(member)).json["draws"]
    return [
        (each["prize"], bool(each["voided_at"]), bool(each["taken_back_at"]))
        for each in reversed(rows)
    ]


def test_a_refund_takes_a_chance_away_that_was_not_drawn(client, stage):
    campaign_id = lottery(client)
    member, sales = player(stage, stage.store())
    stage.refund(sales[0])
    assert own(client, member, campaign_id)["chances"] == 0
    assert draw(stage, member, campaign_id)[1]["code"] == "no_chance_left"


def test_the_chances_that_last_stand_for_the_first_draws(client, stage):
    campaign_id = lottery(client)
    member, sales = player(stage, stage.store(), purchases=2)
    for _ in range(2):
        draw(stage, member, campaign_id)
    stage.turn()
    stage.refund(sales[0])
    stage.turn()
    assert drawn(client, member) == [(1, False, False), (1, True, True)]
    grants = "SELECT id FROM benefits_grant WHERE campaign_id = :c ORDER BY id"
    won = [row.id for row in read(text(grants), {"c": campaign_id})]
    assert [moved(Account.REBATE_PENDING, each) for each in won] == [640, 0]
    assert world.balance(campaign_id, Account.CAMPAIGN_POT) == 20_000 - 800
    assert ledger.verify().findings == []


def test_a_drawn_chance_stays_used_whatever_is_bought_later(client, stage):
    """Else one could buy, draw and return until something is won."""
    campaign_id = lottery(client, rules(prize(odds_ppm=1)))
    store_id = stage.store()
    member, sales = player(stage, store_id)
    draw(stage, member, campaign_id)
    stage.refund(sales[0])
    stage.buy(member, 10_000, store_id)
    assert draw(stage, member, campaign_id)[1]["code"] == "no_chance_left"
    stage.buy(member, 10_000, store_id)
    assert draw(stage, member, campaign_id)[0] == 201


def test_letters_that_come_again_change_nothing(client, stage):
    campaign_id = lottery(client)
    member, sales = player(stage, stage.store())
    draw(stage, member, campaign_id)
    stage.turn()
    stage.refund(sales[0])
    before = world.books().sums
    for _ in range(2):
        counting.on_sale({"sale_id": str(sales[0])})
        taking_back.work_off()
    assert world.books().sums == before
    assert drawn(client, member) == [(1, True, True)]


def test_what_was_spent_of_a_prize_is_owed(client, stage):
    campaign_id = lottery(client)
    member, sales = player(stage, stage.store())
    draw(stage, member, campaign_id)
    past = "UPDATE benefits_grant SET release_at = created_at WHERE campaign_id = :c RETURNING 1"
    read(text(past), {"c": campaign_id})
    stage.turn()
    world.take(member, Account.REBATE, 640)
    stage.refund(sales[0])
    assert world.balance(member, Account.CLAWBACK_DUE) == -640
    assert world.balance(campaign_id, Account.CAMPAIGN_CLAIM) == 640
    assert world.balance(campaign_id, Account.CAMPAIGN_POT) == 20_000 - 640


def test_experience_gold_is_taken_back_as_far_as_it_is_there(client, stage):
    campaign_id = lottery(client, rules(prize(kind="experience")))
    member, sales = player(stage, stage.store())
    draw(stage, member, campaign_id)
    stage.refund(sales[0])
    assert world.balance(member, Account.EXPERIENCE) == 0
    assert drawn(client, member) == [(1, True, True)]


def test_after_its_end_what_is_taken_back_goes_on_to_the_funder(client, stage):
    campaign_id = lottery(client)
    member, sales = player(stage, stage.store())
    draw(stage, member, campaign_id)
    stage.call("operator", "POST", f"/campaigns/{campaign_id}/end", {"reason": "提前结束"})
    stage.turn()
    stage.refund(sales[0])
    stage.turn()
    assert world.balance(campaign_id, Account.CAMPAIGN_POT) == 9 * 800
    assert drawn(client, member) == [(1, True, True)]


def test_a_merged_persons_purchases_and_draws_are_one_account(client, stage):
    """Two members with half a chance each: together one, which is drawn once."""
    campaign_id, store_id = lottery(client), stage.store()
    one, other = stage.member(), stage.member()
    for member in (one, other):
        stage.buy(member, 5_000, store_id)
        assert own(client, member, campaign_id)["chances"] == 0
    in_transaction(lambda: members.merge_pasts(one, other, {"kind": "staff"}))
    assert own(client, one, campaign_id)["chances_left"] == 1
    assert draw(stage, other, campaign_id)[0] in (401, 409)
    assert draw(stage, one, campaign_id)[0] == 201
    assert draw(stage, one, campaign_id)[1]["code"] == "no_chance_left"


def test_who_became_one_with_another_loses_a_draw_with_each_chance(client, stage):
    """Though they drew more than one may, and one of their chances lasts."""
    campaign_id = lottery(client, rules(prize(stock=10), most_per_member=1))
    store_id = stage.store()
    (one, sales), (other, _) = player(stage, store_id), player(stage, store_id)
    for member in (one, other):
        assert draw(stage, member, campaign_id)[0] == 201
    stage.turn()
    in_transaction(lambda: members.merge_pasts(one, other, {"kind": "staff"}))
    stage.refund(sales[0])
    assert drawn(client, one) == [(1, False, False), (1, True, True)]
