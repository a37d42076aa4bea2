"""What a correction of a binding does to money, and which recommenders it may name."""

import pytest

from app.alliance import distribution
from app.alliance import service as alliance
from app.core.db import in_transaction
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")
API = "/api/v1"


def propose(client, member_id, **wish):
    path = f"{API}/members/{member_id}/binding/corrections"
    wish = {name: str(value) for name, value in wish.items()}
    return client.post(
        path, json={**wish, "reason": "证据确凿"}, headers=world.staff_headers("operator")
    )


def correct(client, member_id, **wish):
    proposed = propose(client, member_id, **wish)
    assert proposed.status_code == 201, proposed.json
    path = f"{API}/binding-corrections/{proposed.json['id']}/decision"
    done = client.post(path, json={"decision": "confirm"}, headers=world.staff_headers("operator"))
    assert done.status_code == 200, done.json


def distribute():
    while distribution.distribute():
        pass


def test_past_shares_keep_the_old_party_and_new_ones_go_to_the_new(client):
    old, new, shop = world.member(), world.member(), world.shop()
    payer = world.rich(100_000, world.brought_by_member(old))
    world.paid(client, payer, shop, 10_000)
    distribute()
    correct(client, payer, recommender_kind="member", recommender_id=new)
    world.paid(client, payer, shop, 20_000)
    distribute()
    pending = [world.balance(each, Account.REBATE_PENDING) for each in (old, new)]
    assert pending == [250, 500]  # 2,500 bp of the concession of 10 %


def test_a_refund_after_a_correction_takes_the_share_from_whom_it_went_to(client):
    old, new, shop = world.member(), world.member(), world.shop()
    payer = world.rich(100_000, world.brought_by_member(old))
    payment_id = world.paid(client, payer, shop, 10_000)["id"]
    distribute()
    correct(client, payer, recommender_kind="member", recommender_id=new)
    path = f"{API}/payments/{payment_id}/refunds"
    assert client.post(path, json={}, headers=world.owner_headers(shop)).status_code == 201
    assert [world.balance(each, Account.REBATE_PENDING) for each in (old, new)] == [0, 0]


def test_a_corrected_home_store_is_the_one_that_earns(client):
    shop, home = world.shop(), world.shop()
    payer = world.rich(100_000, world.brought_by_store(shop))
    names = {"recommender_id": home.merchant_id, "home_store_id": home.store_id}
    correct(client, payer, recommender_kind="merchant", **names)
    world.paid(client, payer, shop, 10_000)
    distribute()
    bound = members.binding(payer)
    assert (bound.recommender_id, bound.home_store_id) == (home.merchant_id, home.store_id)
    assert world.balance(home.merchant_id, Account.REBATE_PENDING) > 0


def test_a_merchant_recommends_only_with_a_store_of_theirs(client):
    shop, other = world.shop(), world.shop()
    payer = world.member(world.brought_by_store(shop))
    before = members.binding(payer)
    for home_store_id in (shop.store_id, None):
        wish = {"recommender_kind": "merchant", "recommender_id": other.merchant_id}
        wish |= {"home_store_id": home_store_id} if home_store_id else {}
        answer = propose(client, payer, **wish)
        assert (answer.status_code, answer.json["code"]) == (409, "home_store_unfit")
    assert members.binding(payer) == before


def test_a_salesperson_is_not_their_own_recommender(client):
    member_id = world.member()
    salesperson_id = in_transaction(lambda: alliance.add_salesperson("阿明", member_id).id)
    wish = {"recommender_kind": "salesperson", "recommender_id": salesperson_id}
    answer = propose(client, member_id, **wish)
    assert (answer.status_code, answer.json["code"]) == (409, "self_binding")
    other = world.member()
    correct(client, other, **wish)
    assert members.binding(other).recommender_id == salesperson_id


@pytest.mark.parametrize("kind", ["merchant", "salesperson", "member"])
def test_a_correction_names_nobody_unknown(client, kind):
    wish = {"recommender_kind": kind, "recommender_id": world.new_id()}
    answer = propose(client, world.member(), **wish)
    assert (answer.status_code, answer.json["code"]) == (404, "recommender_unknown")
