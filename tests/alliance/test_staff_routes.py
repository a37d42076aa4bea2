"""What the operator sets up, and who may do what."""

from uuid import uuid4

import pyotp
import pytest

from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world

API = "/api/v1"
SHARES = {"consumer": 4_000, "recommender": 3_000, "operations": 3_000}


@pytest.fixture
def operator(context):
    return world.staff_headers("operator")


def made(client, path, who, **body):
    answer = client.post(API + path, json=body, headers=who)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_an_operator_sets_up_a_shop_and_a_member_pays_there(operator, client):
    salesperson = made(client, "/salespeople", operator, name="阿明")
    assert len(salesperson["scene"]) == 31
    merchant = made(client, "/merchants", operator, name="茶馆", salesperson_id=salesperson["id"])
    store = made(
        client,
        "/stores",
        operator,
        merchant_id=merchant["id"],
        name="清风茶馆",
        address="北街 8 号",
        category="茶饮",
    )
    assert store["scene"].startswith("S")
    policy = made(client, "/policies", operator, name=f"标准 {uuid4()}", shares_bp=SHARES)
    contract = made(
        client,
        "/contracts",
        operator,
        merchant_id=merchant["id"],
        policy_id=policy["id"],
        concession_bp=800,
        starts_on="2020-01-01",
    )
    assert (contract["version"], contract["experience_cap_bp"]) == (1, 1_000)
    shown = client.get(f"{API}/stores/{store['id']}").json
    assert {name: shown[name] for name in ("name", "address", "category")} == {
        "name": "清风茶馆",
        "address": "北街 8 号",
        "category": "茶饮",
    }
    wish = {"store_id": store["id"], "amount_fen": 1_000}
    paid = client.post(f"{API}/payments", json=wish, headers=world.headers(world.rich()))
    assert paid.json["merchant_share_fen"] == 920
    for path, name in (
        ("/merchants", "merchants"),
        ("/policies", "policies"),
        ("/contracts", "contracts"),
        ("/salespeople", "salespeople"),
    ):
        assert client.get(API + path, headers=operator).json[name]
    page = client.get(f"{API}/contracts/{contract['id']}", headers=operator)
    assert page.json["concession_bp"] == 800


def test_stores_are_listed_page_by_page_for_everybody(context, client):
    merchant_id = world.merchant()
    mine = {str(world.store(merchant_id)) for _ in range(55)}
    seen, after = [], ""
    while True:
        page = client.get(f"{API}/stores{after}").json["stores"]
        if not page:
            break
        seen += [store["id"] for store in page]
        after = f"?after={page[-1]['id']}"
    assert mine <= set(seen)
    assert len(seen) == len(set(seen))


def test_a_policy_has_versions_that_never_change(operator, client):
    name = f"方案 {uuid4()}"
    first = made(client, "/policies", operator, name=name, shares_bp=SHARES)
    second = made(client, "/policies", operator, name=name, shares_bp={"operations": 10_000})
    assert (first["version"], second["version"]) == (1, 2)
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"shares_bp": {"operations": 9_999}},
        {"shares_bp": {"operations": 10_001}},
        {"shares_bp": {"operations": 10_000, "friend": 0}},
        {"shares_bp": {"operations": 10_000}, "fallbacks": {"charity": "operations"}},
        {
            "shares_bp": {"consumer": 10_000},
            "fallbacks": {"consumer": "recommender", "recommender": "consumer"},
        },
    ],
)
def test_unusable_policies_are_refused(operator, client, body):
    policies = world.count("alliance_policy")
    answer = client.post(f"{API}/policies", json={"name": "x"} | body, headers=operator)
    assert answer.status_code == 422
    assert world.count("alliance_policy") == policies


def test_what_names_nobody_is_refused(operator, client):
    nobody = str(uuid4())
    store = {"merchant_id": nobody, "name": "x", "address": "x", "category": "other"}
    contract = {
        "merchant_id": nobody,
        "policy_id": str(world.policy()),
        "concession_bp": 1,
        "starts_on": "2020-01-01",
    }
    for path, body, code in (
        ("/stores", store, "merchant_unknown"),
        ("/contracts", contract, "merchant_unknown"),
        ("/merchants", {"name": "x", "salesperson_id": nobody}, "salesperson_unknown"),
        (
            "/merchants",
            {"name": "x", "recommender": {"kind": "member", "id": nobody}},
            "recommender_invalid",
        ),
        ("/salespeople", {"name": "x", "member_id": nobody}, "member_unknown"),
    ):
        assert client.post(API + path, json=body, headers=operator).json["code"] == code
    backwards = contract | {"starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    assert client.post(f"{API}/contracts", json=backwards, headers=operator).status_code == 422


@pytest.mark.parametrize(
    "path",
    ["/merchants", "/stores", "/policies", "/contracts", "/salespeople", "/staff"],
)
def test_only_the_operator_sets_up_partners(context, client, path):
    bodies = {
        "/merchants": {"name": "x"},
        "/stores": {"merchant_id": str(uuid4()), "name": "x", "address": "x", "category": "other"},
        "/policies": {"name": "x", "shares_bp": {"operations": 10_000}},
        "/contracts": {
            "merchant_id": str(uuid4()),
            "policy_id": str(uuid4()),
            "concession_bp": 1,
            "starts_on": "2020-01-01",
        },
        "/salespeople": {"name": "x"},
        "/staff": {"username": "x", "password": "long enough 1", "roles": ["cashier"]},
    }
    for who in (
        world.staff_headers("finance"),
        world.staff_headers("cashier", merchant_id=uuid4()),
        world.headers(world.member()),
    ):
        assert client.post(API + path, json=bodies[path], headers=who).status_code == 403
    assert client.post(API + path, json=bodies[path]).status_code == 401


def staff(username, roles, **more):
    return {"username": username, "password": "long enough 1", "roles": roles, **more}


def test_a_new_cashier_signs_in_with_the_second_factor_shown_once(operator, client):
    shop = world.shop()
    name = f"cashier {uuid4()}"
    body = staff(
        name, ["cashier"], merchant_id=str(shop.merchant_id), store_ids=[str(shop.store_id)]
    )
    opened = client.post(f"{API}/staff", json=body, headers=world.owner_headers(shop))
    assert opened.status_code == 201, opened.json
    code = pyotp.TOTP(opened.json["totp_secret"]).at(now())
    credentials = {"username": name, "password": "long enough 1", "totp": code}
    session = client.post(f"{API}/staff/sessions", json=credentials)
    assert session.status_code == 201
    assert (session.json["roles"], session.json["must_change_password"]) == (["cashier"], True)
    assert session.json["merchant_id"] == str(shop.merchant_id)


def test_an_owner_opens_accounts_of_the_own_merchant_only(context, client):
    shop, other = world.shop(), world.shop()
    who = world.owner_headers(shop)
    before = world.count("core_staff")
    for body in (
        staff("a", ["operator"]),
        staff("b", ["finance"]),
        staff("c", ["cashier"], merchant_id=str(other.merchant_id)),
        staff("d", ["cashier"]),
        staff("e", ["cashier", "operator"], merchant_id=str(shop.merchant_id)),
        staff("f", ["king"], merchant_id=str(shop.merchant_id)),
        staff(
            "g",
            ["cashier"],
            merchant_id=str(shop.merchant_id),
            store_ids=[str(other.store_id)],
        ),
    ):
        answer = client.post(f"{API}/staff", json=body, headers=who)
        assert (answer.status_code, answer.json["code"]) == (403, "staff_role_not_allowed")
    assert world.count("core_staff") == before


def test_who_decides_over_money_is_named_by_finance_only(operator, client):
    finance = world.staff_headers("finance")
    for who, roles, status in (
        (operator, ["finance"], 403),
        (operator, ["reviewer"], 403),
        (operator, ["operator", "finance"], 403),
        (finance, ["operator"], 403),
        (finance, ["finance", "reviewer"], 201),
        (operator, ["operator", "support"], 201),
    ):
        body = staff(f"person {uuid4()}", roles)
        assert client.post(f"{API}/staff", json=body, headers=who).status_code == status


def test_a_key_belongs_to_who_sent_it_whosever_money_moves(client, context):
    who = {**world.staff_headers("finance"), "Idempotency-Key": uuid4().hex}
    fund = {"account": "charity", "amount_fen": 1, "source": "bank_custody"}
    assert client.post(f"{API}/funds", json=fund, headers=who).status_code == 201
    reason = {"reason": "x"}
    other = client.post(f"{API}/withdrawals/{uuid4()}/reject", json=reason, headers=who)
    assert other.json["code"] == "idempotency_key_reused"


def test_contacts_are_named_by_the_operator(operator, client):
    shop, member_id = world.shop(), world.member()
    path = f"/merchants/{shop.merchant_id}/contacts"
    for _ in range(2):
        made(client, path, operator, member_id=str(member_id))
    assert world.alliance.contacts(shop.merchant_id) == [member_id]
    unknown = client.post(API + path, json={"member_id": str(uuid4())}, headers=operator)
    assert unknown.json["code"] == "member_unknown"


def test_who_may_take_a_merchants_money_out_is_said_by_two_people(operator, client):
    shop, member_id = world.shop(), world.member()
    world.give(shop.merchant_id, Account.AVAILABLE, 20_000)
    path = f"{API}/merchants/{shop.merchant_id}/contacts"
    wish = {"member_id": str(member_id), "may_withdraw": True}
    asked = client.post(path, json=wish, headers=operator)
    assert (asked.status_code, asked.json["may_withdraw"]) == (201, False)
    take = {"amount_fen": 10_000, "owner_id": str(shop.merchant_id), "source": "available"}

    def taken():
        return client.post(f"{API}/withdrawals", json=take, headers=world.headers(member_id))

    def decide(who):
        body = {"is_confirmed": True}
        who = {**who, "Idempotency-Key": uuid4().hex}
        return client.post(f"{path}/{member_id}/decision", json=body, headers=who)

    assert taken().status_code == 404
    alone = decide(operator)
    assert (alone.status_code, alone.json["code"]) == (403, "second_person_needed")
    assert (taken().status_code, world.balance(shop.merchant_id, Account.AVAILABLE)) == (
        404,
        20_000,
    )
    other = world.staff_headers("operator")
    assert decide(other).json["may_withdraw"] is True
    assert decide(other).json["code"] == "nothing_asked"
    found = taken()
    assert (found.status_code, found.json["status"]) == (201, "reviewing")
    address = f"{API}/withdrawals/{found.json['id']}/history"
    kept = client.get(address, headers=world.staff_headers("reviewer")).json["risks"]
    listed = client.get(path, headers=world.staff_headers("support")).json["contacts"]
    (payee,) = [risk for risk in kept if risk["rule"] == "new_payee"]
    assert payee["figures"]["trusted_at"][:19] == listed[0]["trusted_at"][:19]
    assert client.delete(f"{path}/{member_id}", headers=other).status_code == 204
    assert client.delete(f"{path}/{member_id}", headers=other).status_code == 404
    assert taken().status_code == 404
