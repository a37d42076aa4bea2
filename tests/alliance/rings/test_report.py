"""What is seeded is found once, reported, and decided by people; no finding punishes anybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.alliance import service as alliance
from app.alliance.rings import looking, service
from app.alliance.rings.rules import Finding
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.world import new_id, now
from app.ledger.service import Account
from app.members import service as members
from app.members.reviews import mark_same_person
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")
PATH = "/api/v1/rings"
QUIET = timedelta(days=1)


@pytest.fixture(autouse=True)
def limits(monkeypatch):
    """Small rings, so that few members seed them."""
    wanted = {
        "ring_burst_count": 4,
        "ring_idle_members": 3,
        "ring_second_accounts": 2,
        "ring_card_members": 3,
        "ring_circle_fen": 5_000,
        "rebate_freeze_days": 0,
    }
    for name, value in wanted.items():
        monkeypatch.setattr(settings(), name, value)


def findings(subject_id):
    found = [one for one in looking.found(now() - QUIET) if one.subject_id == subject_id]
    return {one.rule: one for one in found}


def reported(client, subject_id, state="open"):
    found, after = [], None
    while True:
        query = {"state": state} | ({"after": after} if after else {})
        answer = client.get(PATH, query_string=query, headers=world.staff_headers("reviewer"))
        page = answer.json["rings"]
        found += [each for each in page if each["subject_id"] == str(subject_id)]
        if not page:
            return found
        after = page[-1]["id"]


def decide(client, ring_id, state, role="operator"):
    wish = {"state": state, "reason": "已逐一核实"}
    path = f"{PATH}/{ring_id}/decision"
    return client.post(path, json=wish, headers=world.staff_headers(role))


def flock_of(bringer, count):
    return [world.member(world.brought_by_member(bringer)) for _ in range(count)]


def withdraw(client, member_id):
    world.give(member_id, Account.REBATE, 20_000)
    wish = {"amount_fen": 10_000}
    answer = client.post("/api/v1/withdrawals", json=wish, headers=world.headers(member_id))
    assert answer.status_code in (201, 202), answer.json
    return answer.json


def suspected(one, other, kind):
    in_transaction(lambda: mark_same_person(one, other, why=kind, proof={"kind": kind}))


def contact_of(shop, money=100_000):
    member_id = world.rich(money)
    in_transaction(lambda: alliance.add_contact(shop.merchant_id, member_id))
    return member_id


def test_many_registrations_by_one_code_are_found_and_one_less_are_not():
    busy, ordinary = world.member(), world.member()
    brought = flock_of(busy, 4)
    flock_of(ordinary, 3)
    assert set(findings(busy)["burst"].parties) == set(brought)
    assert findings(ordinary) == {}


def test_members_who_only_withdraw_are_found_and_buyers_are_not(client):
    bringer, fair, shop = world.member(), world.member(), world.shop()
    for member_id in flock_of(bringer, 3):
        withdraw(client, member_id)
    for number, member_id in enumerate(flock_of(fair, 3)):
        withdraw(client, member_id)
        if number == 0:
            world.give(member_id, Account.PREPAID_PRINCIPAL, 100)
            world.paid(client, member_id, shop, 100)
    assert findings(bringer)["withdraw_only"].figures["amount_fen"] == 30_000
    assert "withdraw_only" not in findings(fair)


def test_second_accounts_are_found_and_those_kept_apart_are_not():
    bringer, fair = world.member(), world.member()
    one, other, third, fourth = flock_of(bringer, 4)
    suspected(one, other, "id_number")
    suspected(third, fourth, "phone")
    suspected(*flock_of(fair, 2), "phone")
    assert findings(bringer)["second_accounts"].figures == {"pairs": 2}
    assert "second_accounts" not in findings(fair)


def test_bringing_ones_own_second_account_is_found():
    first = world.member()
    (second,) = flock_of(first, 1)
    suspected(first, second, "card")
    assert findings(first)["own_second_account"].figures == {"same": "card"}
    assert findings(second) == {}


def test_a_chain_whose_money_goes_to_one_card_is_found_and_strangers_are_not():
    owner = world.member()
    (one,) = flock_of(owner, 1)
    (other,) = flock_of(one, 1)
    stranger, another = world.member(), world.member()
    for each in (one, other):
        suspected(each, owner, "card")
        suspected(stranger, another, "card")
    assert set(findings(owner)["one_card"].parties) == {owner, one, other}
    assert findings(min(stranger, another)) == {}


def test_shops_that_buy_at_each_other_are_found_and_one_way_customers_are_not(client):
    shops = sorted((world.shop() for _ in range(3)), key=lambda shop: shop.merchant_id)
    people = [contact_of(shop) for shop in shops]
    world.paid(client, people[0], shops[1], 5_000)
    world.paid(client, people[1], shops[2], 5_000)
    assert findings(shops[0].merchant_id) == {}
    world.paid(client, people[2], shops[0], 4_999)
    assert findings(shops[0].merchant_id) == {}
    world.paid(client, people[2], shops[0], 1)
    found = findings(shops[0].merchant_id)["mutual_buying"]
    assert set(found.parties) == {*people, *(shop.merchant_id for shop in shops)}


def test_an_owner_who_buys_in_their_own_two_shops_is_no_circle(client):
    shops = [world.shop(), world.shop()]
    owner = contact_of(shops[0])
    in_transaction(lambda: alliance.add_contact(shops[1].merchant_id, owner))
    for shop in shops:
        world.paid(client, owner, shop, 9_000)
    assert all(findings(shop.merchant_id) == {} for shop in shops)


def test_a_finding_is_written_down_once_with_its_reason_and_punishes_nobody(client):
    bringer = world.member()
    brought = flock_of(bringer, 4)
    assert looking.look() >= 1
    looking.look()
    (ring,) = reported(client, bringer)
    assert (ring["rule"], ring["figures"]["members"]) == ("burst", 4)
    assert "注册了 4 人" in ring["sentence"]
    assert "registered 4 people" in ring["sentence_en"]
    assert in_transaction(lambda: members.may_recommend("member", bringer))
    assert withdraw(client, brought[0])["status"] == "approved"


def test_a_cleared_finding_comes_again_only_with_somebody_new(client):
    bringer = world.member()
    flock_of(bringer, 4)
    looking.look()
    (ring,) = reported(client, bringer)
    assert decide(client, ring["id"], "cleared").json["state"] == "cleared"
    looking.look()
    assert reported(client, bringer) == []
    flock_of(bringer, 1)
    looking.look()
    (again,) = reported(client, bringer)
    assert again["id"] != ring["id"]
    newer = decide(client, ring["id"], "open")
    assert (newer.status_code, newer.json["code"]) == (409, "ring_open_again")


def test_a_confirmed_ring_has_withdrawals_reviewed_until_it_is_taken_back(client):
    bringer = world.member()
    brought = flock_of(bringer, 4)
    looking.look()
    (ring,) = reported(client, bringer)
    decide(client, ring["id"], "confirmed", "reviewer")
    assert withdraw(client, brought[0])["status"] == "reviewing"
    assert withdraw(client, world.member())["status"] == "approved"
    back = decide(client, ring["id"], "cleared")
    assert [step["state"] for step in back.json["steps"]] == ["confirmed", "cleared"]
    assert withdraw(client, brought[1])["status"] == "approved"


def test_decisions_are_for_some_of_the_staff_and_change_something(client):
    bringer = world.member()
    flock_of(bringer, 4)
    looking.look()
    (ring,) = reported(client, bringer)
    for role in ("support", "finance", "cashier", "merchant_owner"):
        assert decide(client, ring["id"], "cleared", role).status_code == 403
    same = decide(client, ring["id"], "open")
    assert (same.status_code, same.json["code"]) == (409, "ring_unchanged")
    assert decide(client, new_id(), "cleared").status_code == 404
    assert client.get(PATH, headers=world.headers(bringer)).status_code == 403
    shown = client.get(f"{PATH}/{ring['id']}", headers=world.staff_headers("support")).json
    assert (shown["state"], shown["steps"]) == ("open", [])


def test_many_who_look_at_once_write_one_finding(app):
    subject = new_id()
    finding = Finding("burst", "member", subject, (new_id(),), {"members": 9, "minutes": 1})

    def work(_):
        with app.app_context():
            try:
                return in_transaction(lambda: service.note(finding))
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(8))) == [False] * 7 + [True]
