"""Goods that are won: claimed as an order that the campaign pays; what comes back is its own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.alliance.orders import ending
from app.benefits.lottery import claims
from app.core.db import in_transaction, read
from app.core.world import now
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.benefits.lottery.games import close, draw, lottery, player, prize, rules
from tests.benefits.lottery.test_tax import records
from tests.benefits.stage import Stage, read_letters
from tests.processes import killed_at_commit
from tests.wallet.racing import at_once

PRICE, COST, TAX = 5_000, 6_250, 1_250
BUDGET = 20 * COST


@pytest.fixture
def shop(stage):
    return stage.shops[stage.store()]


def goods(offer, stock=1, **more):
    return prize(PRICE, stock, kind="goods", **more) | {"offer_id": offer["id"]}


def running(client, shop, stock=1, on_hand=None, **more):
    """A lottery of goods, and their offer."""
    offer = stall.displayed(client, shop, stock=on_hand)
    return lottery(client, rules(goods(offer, stock), **more), BUDGET), offer


def won(client, stage, shop, **more):
    """Somebody who has won goods: the campaign, the offer, the winner, the draw, their purchase."""
    campaign_id, offer = running(client, shop, **more)
    member, sales = player(stage, shop.store_id)
    status, told = draw(stage, member, campaign_id)
    assert (status, told["claim"], told["order_id"]) == (201, "open", None)
    return campaign_id, offer, member, told, sales


def claim(stage, member, drawn, delivery="pickup", key=None, **more):
    body = {"delivery": delivery} | more
    return stage.call(member, "POST", f"/draws/{drawn['id']}/claim", body, key)


def pot(campaign_id):
    return world.balance(campaign_id, Account.CAMPAIGN_POT)


def owed(campaign_id, member):
    """What the campaign claims, and what the member owes in all."""
    claimed_fen = world.balance(campaign_id, Account.CAMPAIGN_CLAIM)
    return claimed_fen, world.balance(member, Account.CLAWBACK_DUE)


def cash(member):
    """What a member could spend or take out."""
    return world.balance(member, Account.REBATE), world.balance(member, Account.PREPAID_PRINCIPAL)


def order_of(client, member, told):
    return market.look(client, member, {"id": told["order_id"]})


def shown(client, member, drawn):
    rows = client.get("/api/v1/me/draws", headers=world.headers(member)).json["draws"]
    return next(each for each in rows if each["id"] == drawn["id"])


def test_goods_that_were_won_are_picked_up_and_the_campaign_pays_price_and_tax(client, stage, shop):
    campaign_id, _, member, drawn, _ = won(client, stage, shop)
    before, pending = cash(member), world.balance(shop.merchant_id, Account.PENDING)
    assert pot(campaign_id) == BUDGET  # kept until it is claimed
    status, told = claim(stage, member, drawn, key="once")
    assert (status, told["claim"], told["value_fen"], told["tax_fen"]) == (
        200,
        "claimed",
        COST,
        TAX,
    )
    assert claim(stage, member, drawn, key="once")[1]["order_id"] == told["order_id"]
    assert claim(stage, member, drawn)[1]["code"] == "nothing_to_claim"
    assert (pot(campaign_id), market.escrow(member)) == (BUDGET - COST, PRICE)
    order = order_of(client, member, told)
    assert (order["status"], order["is_gift"], order["paid_fen"]) == ("paid", True, PRICE)
    taken = market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    assert (taken.status_code, taken.json["status"]) == (200, "completed")
    read_letters()
    assert (cash(member), market.escrow(member)) == (before, 0)
    assert world.balance(shop.merchant_id, Account.PENDING) - pending == PRICE
    (record,) = records(client, member)
    assert (record["taxable_fen"], record["tax_fen"]) == (COST, TAX)
    assert (
        client.get(f"/api/v1/payments/{order['id']}", headers=world.headers(member)).json["parts"][
            "gift_fen"
        ]
        == PRICE
    )


def test_what_was_won_is_explained_fen_by_fen(client, stage, shop):
    _, _, member, drawn, _ = won(client, stage, shop)
    _, told = claim(stage, member, drawn)
    path = f"/api/v1/entries/{told['journal_id']}/explanation"
    answer = client.get(path, headers=world.headers(member)).json
    amounts = [step["result_fen"] for step in answer["steps"]]
    assert amounts == [COST, -TAX, -PRICE]
    assert "个人所得税由活动承担" in "".join(answer["text"])


def test_another_members_goods_are_unknown(client, stage, shop):
    campaign_id, _, member, drawn, _ = won(client, stage, shop)
    stranger, place = stage.member(), f"/me/draws/{drawn['id']}"
    status, told = claim(stage, stranger, drawn)
    assert (status, told["code"], pot(campaign_id)) == (404, "draw_unknown", BUDGET)
    assert stage.call(stranger, "GET", place)[1]["code"] == "draw_unknown"
    assert stage.call(member, "GET", place)[1]["claim"] == "open"


@pytest.mark.parametrize("given_up", [True, False], ids=["by its winner", "by the store"])
def test_what_goes_back_before_it_is_handed_over_is_the_campaigns(client, stage, shop, given_up):
    """Who gives a prize up has had it; whom the store gives nothing may claim it again. Also within
    the second in which the tax was withheld, before the ledger has folded it."""
    campaign_id, _, member, drawn, _ = won(client, stage, shop, on_hand=1)
    before = cash(member)
    wish = {"delivery": "shipment", "receiver": market.RECEIVER}
    _, told = claim(stage, member, drawn, **wish)
    order = order_of(client, member, told)
    if given_up:
        answer = market.act(client, order, "cancel", world.headers(member))
    else:
        wish = {"reason": "无法供货"}
        answer = market.act(client, order, "returns", world.owner_headers(shop), **wish)
    assert answer.json["status"] == "returned", answer.json
    assert (pot(campaign_id), cash(member), market.escrow(member)) == (BUDGET, before, 0)
    assert [each["tax_fen"] for each in records(client, member)] == [TAX, -TAX]
    claimed = claim(stage, member, drawn)
    if given_up:
        assert claimed[1]["code"] == "nothing_to_claim"
    else:
        assert (claimed[0], pot(campaign_id)) == (200, BUDGET - COST)


def test_goods_that_were_not_handed_over_in_time_can_be_claimed_again(
    client, stage, shop, monkeypatch
):
    campaign_id, _, member, drawn, _ = won(client, stage, shop)
    _, told = claim(stage, member, drawn)
    world.fold()
    late = now() + timedelta(days=60)
    monkeypatch.setattr(ending, "now", lambda: late)
    assert in_transaction(lambda: ending._end(UUID(told["order_id"])))
    assert (pot(campaign_id), shown(client, member, drawn)["claim"]) == (BUDGET, "open")


def test_a_refund_after_it_was_handed_over_goes_to_the_campaign(client, stage, shop):
    campaign_id, _, member, drawn, _ = won(client, stage, shop)
    before = cash(member)
    order = order_of(client, member, claim(stage, member, drawn)[1])
    market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    read_letters()
    world.fold()
    for fen in (1_999, None):
        wish = {"reason": "质量问题"} | ({"amount_fen": fen} if fen else {})
        path = f"/api/v1/payments/{order['id']}/refunds"
        answer = client.post(path, json=wish, headers=world.owner_headers(shop))
        assert (answer.status_code, answer.json["status"]) == (201, "done"), answer.json
    read_letters()
    assert (pot(campaign_id), cash(member)) == (BUDGET, before)
    assert sum(each["tax_fen"] for each in records(client, member)) == 0
    assert claim(stage, member, drawn)[1]["code"] == "nothing_to_claim"
    assert ledger.verify().findings == []


def test_what_is_not_to_be_had_is_paid_in_money_of_which_the_tax_leaves_the_price(
    client, stage, shop
):
    campaign_id, offer, member, drawn, _ = won(client, stage, shop)
    assert claim(stage, member, drawn, "money")[1]["code"] == "goods_to_be_had"
    paused = f"{stall.OFFERS}/{offer['id']}/pause"
    assert client.post(paused, headers=world.owner_headers(shop)).status_code == 200
    status, told = claim(stage, member, drawn)
    assert (status, told["code"], told["reason"]) == (409, "gift_not_to_be_had", "not_displayed")
    assert (pot(campaign_id), market.escrow(member)) == (BUDGET, 0)
    frozen = world.balance(member, Account.REBATE_PENDING)
    status, told = claim(stage, member, drawn, "money")
    assert (status, told["order_id"], told["tax_fen"]) == (200, None, TAX)
    assert world.balance(member, Account.REBATE_PENDING) - frozen == PRICE
    assert pot(campaign_id) == BUDGET - COST


def test_of_32_who_win_the_last_piece_one_does_and_of_32_claims_one_orders(
    app, client, stage, shop
):
    campaign_id, offer = running(client, shop, on_hand=1, most_per_purchase=100,
                                 most_per_member=100, threshold_fen=100)  # fmt: skip
    member, _ = player(stage, shop.store_id)

    def each(work):
        def run(number):
            with app.app_context():
                return work(Stage(app.test_client()))

        return [told for _, told in at_once(run, 32)]

    drawn = [told for told in each(lambda own: draw(own, member, campaign_id)) if told.get("id")]
    (mine,) = [told for told in drawn if told["claim"] == "open"]
    orders = {told.get("order_id") for told in each(lambda own: claim(own, member, mine))}
    assert len(orders - {None}) == 1
    assert (pot(campaign_id), market.escrow(member)) == (BUDGET - COST, PRICE)
    assert world.count("alliance_order", f"payer_id = '{member}'") == 1
    assert (
        read(text("SELECT stock FROM alliance_offer WHERE id = :o"), {"o": offer["id"]})[0][0] == 0
    )


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_claim_killed_at_its_commit_is_whole_or_nothing_and_then_made_once(
    client, stage, shop, side
):
    campaign_id, _, member, drawn, _ = won(client, stage, shop, on_hand=1)

    def work():
        in_transaction(lambda: claims.claim(UUID(drawn["id"]), member, "pickup", None))

    killed_at_commit(work, side)
    paid = (BUDGET, 0) if side == "before" else (BUDGET - COST, PRICE)
    assert (pot(campaign_id), market.escrow(member)) == paid
    status, _ = claim(stage, member, drawn)
    assert status == (200 if side == "before" else 409)
    assert (pot(campaign_id), market.escrow(member)) == (BUDGET - COST, PRICE)
    assert world.count("alliance_order", f"payer_id = '{member}'") == 1


def test_what_is_killed_between_order_and_payment_leaves_nothing(client, stage, shop, monkeypatch):
    campaign_id, _, member, drawn, _ = won(client, stage, shop, on_hand=1)
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "post_if_funded", lambda journals: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            in_transaction(lambda: claims.claim(UUID(drawn["id"]), member, "pickup", None))
    assert (pot(campaign_id), market.escrow(member)) == (BUDGET, 0)
    assert world.count("alliance_order", f"payer_id = '{member}'") == 0
    status, told = claim(stage, member, drawn)
    assert (status, told["claim"], pot(campaign_id)) == (200, "claimed", BUDGET - COST)


def test_what_nobody_claims_lapses_and_goes_back_to_the_funder(client, stage, shop, monkeypatch):
    campaign_id, _, member, drawn, _ = won(client, stage, shop)
    assert (
        stage.call("operator", "POST", f"/campaigns/{campaign_id}/end", {"reason": "完"})[0] == 200
    )
    close(monkeypatch, campaign_id)
    stage.turn()
    assert pot(campaign_id) == COST  # what is still promised stays
    late = now() + timedelta(days=31)
    monkeypatch.setattr(claims, "now", lambda: late)
    assert claim(stage, member, drawn)[1]["claim"] == "lapsed"
    stage.turn()
    stage.turn()
    assert (pot(campaign_id), shown(client, member, drawn)["claim"]) == (0, "lapsed")


def test_a_refund_of_the_purchase_calls_goods_back_that_were_not_handed_over(client, stage, shop):
    campaign_id, _, member, drawn, sales = won(client, stage, shop)
    order = order_of(client, member, claim(stage, member, drawn)[1])
    world.fold()
    stage.refund(sales[0])
    stage.turn()
    assert order_of(client, member, {"order_id": order["id"]})["status"] == "returned"
    assert (pot(campaign_id), shown(client, member, drawn)["claim"]) == (BUDGET, "void")
    assert world.balance(member, Account.CLAWBACK_DUE) == 0


def test_goods_that_were_handed_over_are_owed_when_their_purchase_is_refunded(client, stage, shop):
    """And are the winner's then: given back to the store, they end the debt and the claim on it."""
    campaign_id, _, member, drawn, sales = won(client, stage, shop)
    order = order_of(client, member, claim(stage, member, drawn)[1])
    market.hand_over(client, world.owner_headers(shop), order["pickup_code"])
    read_letters()
    world.fold()
    stage.refund(sales[0])
    stage.turn()
    assert (pot(campaign_id), owed(campaign_id, member)) == (BUDGET - PRICE, (PRICE, -PRICE))
    stage.refund(UUID(order["id"]))
    stage.turn()
    assert (pot(campaign_id), owed(campaign_id, member)) == (BUDGET, (0, 0))


def test_a_prize_is_published_only_with_an_offer_that_fits(client, stage, shop):
    offer = stall.displayed(client, shop, stock=1)
    merchant = {"merchant_id": str(world.shop().merchant_id), "funder": "offer_budget"}
    dear = prize(PRICE + 1, 1, kind="goods") | {"offer_id": offer["id"]}
    for wish, more in ((goods(offer, 2), {}), (dear, {}), (goods(offer), merchant)):
        with pytest.raises(AssertionError, match="prize_offer_unfit"):
            lottery(client, rules(wish), BUDGET, **more)
