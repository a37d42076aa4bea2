"""A version that is offered binds nobody until the merchant accepts exactly those terms."""

import threading
from datetime import timedelta

import pytest

from app.core.db import db
from app.core.world import beijing_day, now
from tests.alliance import shop as world
from tests.alliance.closure import desk


@pytest.fixture
def shop(context):
    return world.shop()


def offered(client, shop, **more):
    body = {
        "merchant_id": str(shop.merchant_id),
        "policy_id": str(shop.policy_id),
        "concession_bp": 500,
        "starts_on": beijing_day(now()).isoformat(),
    }
    return desk.post(client, "/contracts/offers", world.staff_headers("operator"), **body | more)


def answered(client, offer, who, is_accepted=True, **more):
    body = {"is_accepted": is_accepted, "terms_hash": offer["terms_hash"]} | more
    return desk.post(client, f"/contracts/{offer['id']}/answer", who, **body)


def share_of(client, shop, fen=1_000):
    return world.paid(client, world.rich(), shop, fen)["merchant_share_fen"]


def versions(client, shop, who):
    path = f"/api/v1/merchants/{shop.merchant_id}/contracts"
    found = client.get(path, headers=who).json["versions"]
    return {each["version"]: each for each in found}


def test_the_owner_accepts_and_the_version_before_ends_there(client, shop):
    owner = world.owner_headers(shop)
    offer = offered(client, shop).json
    assert (offer["version"], offer["acceptance"]) == (2, "offered")
    assert share_of(client, shop) == 900
    accepted = answered(client, offer, owner)
    assert (accepted.status_code, accepted.json["acceptance"]) == (200, "accepted")
    assert share_of(client, shop) == 950
    found = versions(client, shop, owner)
    assert (found[1]["acceptance"], found[2]["acceptance"]) == ("signed", "accepted")
    assert found[1]["ended_at"] is not None
    assert found[2]["ended_at"] is None


def test_a_later_first_day_leaves_the_former_version_until_then_and_not_longer(client, shop):
    soon, last = beijing_day(now()) + timedelta(days=2), beijing_day(now()) + timedelta(days=3)
    offer = offered(client, shop, starts_on=soon.isoformat(), ends_on=last.isoformat()).json
    answered(client, offer, world.owner_headers(shop))
    assert share_of(client, shop) == 900
    with desk.later(2):
        assert share_of(client, shop) == 950
    with desk.later(4):
        wish = {"store_id": str(shop.store_id), "amount_fen": 1_000}
        late = client.post("/api/v1/payments", json=wish, headers=world.headers(world.rich()))
        assert late.json["code"] == "contract_not_in_force"


def test_only_who_may_sign_for_the_merchant_answers_and_reads(client, shop):
    offer = offered(client, shop).json
    contact, signer, other = world.member(), world.member(), world.shop()
    world.in_transaction(lambda: world.alliance.add_contact(shop.merchant_id, contact))
    world.in_transaction(
        lambda: world.alliance.add_contact(shop.merchant_id, signer, may_withdraw=True)
    )
    path = f"/api/v1/merchants/{shop.merchant_id}/contracts"
    for who in (world.headers(contact), world.owner_headers(other)):
        answer = answered(client, offer, who)
        assert (answer.status_code, answer.json["code"]) == (404, "contract_unknown")
        assert client.get(path, headers=who).json["code"] == "merchant_unknown"
    cashier = world.staff_headers("cashier", merchant_id=shop.merchant_id)
    assert answered(client, offer, cashier).status_code == 403
    assert answered(client, offer, world.staff_headers("operator")).status_code == 403
    assert versions(client, shop, world.headers(signer))[2]["acceptance"] == "offered"
    assert answered(client, offer, world.headers(signer)).json["answered_by"] == str(signer)


def test_other_terms_than_those_read_are_not_accepted(client, shop):
    offer = offered(client, shop).json
    wrong = answered(client, offer, world.owner_headers(shop), terms_hash="0" * 64)
    assert (wrong.status_code, wrong.json["code"]) == (409, "contract_terms_differ")
    assert wrong.json["terms_hash"] == offer["terms_hash"]
    assert share_of(client, shop) == 900


def test_what_is_declined_or_withdrawn_or_replaced_is_never_in_force(client, shop):
    owner, operator = world.owner_headers(shop), world.staff_headers("operator")
    first, second = offered(client, shop).json, offered(client, shop).json
    assert answered(client, first, owner).json["code"] == "contract_answered"
    said = answered(client, second, owner, is_accepted=False, reason="让利过高")
    assert said.json["reason"] == "让利过高"
    assert answered(client, second, owner).json["acceptance"] == "declined"
    third = offered(client, shop).json
    path = f"/contracts/{third['id']}/withdrawal"
    assert desk.post(client, path, operator, reason="有误").json["acceptance"] == "withdrawn"
    assert desk.post(client, path, operator, reason="有误").json["code"] == "contract_answered"
    paper = desk.post(client, f"/contracts/{shop.contract_id}/withdrawal", operator, reason="x")
    assert paper.json["acceptance"] == "signed"
    assert share_of(client, shop) == 900
    found = versions(client, shop, owner)
    assert [found[each]["acceptance"] for each in (1, 2, 3, 4)] == [
        "signed", "withdrawn", "declined", "withdrawn",
    ]  # fmt: skip


def test_an_offer_whose_days_are_over_is_not_accepted(client, shop):
    day = beijing_day(now()).isoformat()
    offer = offered(client, shop, ends_on=day).json
    with desk.later(1):
        late = answered(client, offer, world.owner_headers(shop))
        assert (late.status_code, late.json["code"]) == (409, "contract_offer_over")


def test_a_version_signed_on_paper_ends_the_one_before_and_takes_open_offers_back(client, shop):
    offer = offered(client, shop).json
    world.contract(shop.merchant_id, shop.policy_id, concession_bp=2_000)
    world.alliance.let_go_round()
    assert share_of(client, shop) == 800
    late = answered(client, offer, world.owner_headers(shop))
    assert (late.json["code"], late.json["acceptance"]) == ("contract_answered", "withdrawn")
    operator = world.staff_headers("operator")
    ended = desk.post(client, f"/contracts/{shop.contract_id}/end", operator)
    assert ended.json["code"] == "contract_ended"


def test_two_who_answer_at_once_are_heard_once(app, client, shop):
    offer = offered(client, shop).json
    owner, start, codes = world.owner_headers(shop), threading.Barrier(2), []

    def say(is_accepted):
        with app.app_context():
            start.wait(30)
            codes.append(answered(app.test_client(), offer, owner, is_accepted).status_code)
            db.session.remove()

    threads = [threading.Thread(target=say, args=(each,)) for each in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(codes) == [200, 409]
