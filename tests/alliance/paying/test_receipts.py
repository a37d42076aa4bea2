"""Each reader of a receipt sees the part of the split that is theirs, and no more."""

import pytest

from app.alliance import distribution
from app.core.world import new_id
from app.ledger.service import Account
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def sold(client):
    """10,000 fen at a store, by somebody whom a member had brought; conceded: 1,000."""
    recommender = world.member()
    shop = world.shop()
    payer = world.rich(8_000, world.brought_by_member(recommender))
    world.give(payer, Account.REBATE, 2_000)
    body = world.paid(client, payer, shop, 10_000)
    distribution.distribute_sale(world.UUID(body["id"]))
    return body["id"], payer, recommender, shop


def receipt(client, payment_id, who):
    return client.get(f"/api/v1/payments/{payment_id}/receipt", headers=who)


def lines(answer):
    assert answer.status_code == 200, answer.json
    return {line["kind"]: line["amount_fen"] for line in answer.json["lines"]}


def test_the_payer_sees_purses_and_the_rebate_to_come(sold, client):
    payment_id, payer, _, _ = sold
    answer = receipt(client, payment_id, world.headers(payer))
    assert lines(answer) == {"prepaid": 8_000, "rebate": 2_000, "share_consumer": 100}
    assert (answer.json["reader"], answer.json["amount_fen"]) == ("payer", 10_000)
    (rebate,) = [line for line in answer.json["lines"] if line["kind"] == "share_consumer"]
    assert rebate["release_at"]
    assert "储值支付 ¥80.00" in answer.json["text"]
    assert "到账" in answer.json["text"]
    assert "From prepaid money ¥80.00" in answer.json["text_en"]


def test_the_store_sees_its_share_and_what_it_concedes(sold, client):
    payment_id, _, _, shop = sold
    answer = receipt(client, payment_id, world.owner_headers(shop))
    assert lines(answer) == {"merchant_share": 9_000, "concession": 1_000}
    assert "商家应得 ¥90.00" in answer.json["text"]


def test_the_platform_sees_every_share(sold, client):
    payment_id, _, _, _ = sold
    found = lines(receipt(client, payment_id, world.staff_headers("finance")))
    shares = {kind: fen for kind, fen in found.items() if kind.startswith("share_")}
    assert shares["share_recommender"] == 250
    assert found["concession"] == 1_000
    assert sum(shares.values()) <= 1_000


def test_who_brought_the_payer_sees_their_own_share_only(sold, client):
    payment_id, _, recommender, _ = sold
    answer = receipt(client, payment_id, world.headers(recommender))
    assert lines(answer) == {"share_recommender": 250}
    assert answer.json["reader"] == "earner"
    hidden = [answer.json[name] for name in ("store_name", "description", "amount_fen")]
    assert hidden == [None, None, None]
    assert "南门店" not in answer.json["text"]
    assert "100.00" not in answer.json["text"]


def test_until_the_split_is_booked_the_payer_is_told_that_a_rebate_follows(client):
    payer, shop = world.rich(), world.shop()
    body = world.paid(client, payer, shop, 1_000)
    answer = receipt(client, body["id"], world.headers(payer))
    assert lines(answer) == {"prepaid": 1_000}
    assert "返利将在结算后显示" in answer.json["text"]
    distribution.distribute_sale(world.UUID(body["id"]))
    assert "返利将" not in receipt(client, body["id"], world.headers(payer)).json["text"]


def test_a_refund_shows_on_it(sold, client):
    payment_id, payer, recommender, shop = sold
    wish = {"amount_fen": 5_000}
    done = client.post(
        f"/api/v1/payments/{payment_id}/refunds", json=wish, headers=world.owner_headers(shop)
    )
    assert done.json["status"] == "done", done.json
    found = lines(receipt(client, payment_id, world.headers(payer)))
    assert (found["refunded"], found["share_consumer"]) == (5_000, 50)
    theirs = lines(receipt(client, payment_id, world.headers(recommender)))
    assert theirs == {"share_recommender": 125}


def test_nobody_else_sees_anything(sold, client):
    payment_id, _, _, _ = sold
    other = world.shop()
    for who in (world.headers(world.member()), world.owner_headers(other)):
        refused = receipt(client, payment_id, who)
        assert (refused.status_code, refused.json["code"]) == (404, "payment_unknown")
    assert receipt(client, new_id(), world.staff_headers("operator")).status_code == 404


def test_what_is_not_paid_has_none(guest, client):
    wish = {"store_id": str(guest.shop.store_id), "amount_fen": 500, "purses": ["wechat"]}
    opened = client.post("/api/v1/payments", json=wish, headers=guest.who()).json
    refused = receipt(client, opened["id"], guest.who())
    assert (refused.status_code, refused.json["payment_status"]) == (409, "awaiting")
