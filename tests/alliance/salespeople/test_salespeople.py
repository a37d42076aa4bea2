"""Salespeople and members bring others by their codes as long as the operator lets them."""

import pytest

from app.alliance import service as alliance
from app.core.db import in_transaction
from app.core.world import new_id
from app.members import service as members
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.test_reception import arrive

pytestmark = pytest.mark.usefixtures("context")
API = "/api/v1"


def salesperson(member_id=None):
    return in_transaction(lambda: alliance.add_salesperson("阿明", member_id).id)


def authorise(client, salesperson_id, state, who=None):
    path = f"{API}/salespeople/{salesperson_id}/authorisation"
    wish = {"state": state, "reason": "虚假宣传"}
    return client.post(path, json=wish, headers=who or world.staff_headers("operator"))


def credited(token):
    return in_transaction(lambda: alliance.salesperson_of_code(token))


@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_a_code_without_authorisation_registers_but_binds_nobody_to_them(client, state):
    salesperson_id = salesperson()
    token = qr.token_of("P", salesperson_id)
    before = arrive(token)
    assert authorise(client, salesperson_id, state).json["state"] == state
    joined = arrive(token)
    assert (joined.is_new, joined.binding.recommender_kind) == (True, "platform")
    assert members.binding(before.member_id).recommender_id == salesperson_id
    assert credited(token) is None
    authorise(client, salesperson_id, "authorised")
    assert arrive(token).binding.recommender_id == salesperson_id
    assert credited(token) == salesperson_id


def test_a_member_whose_right_was_revoked_brings_nobody(client):
    friend = world.member()
    path = f"{API}/members/{friend}/recommending"
    headers = world.staff_headers("operator")
    wish = {"state": "revoked", "reason": "多账号套利"}
    answer = client.post(path, json=wish, headers=headers)
    assert (answer.status_code, answer.json["state"]) == (200, "revoked")
    assert arrive(qr.token_of("M", friend)).binding.recommender_kind == "platform"
    client.post(path, json={"state": "authorised", "reason": "申诉成立"}, headers=headers)
    assert arrive(qr.token_of("M", friend)).binding.recommender_id == friend
    steps = client.get(path, headers=world.staff_headers("support")).json["steps"]
    assert [(one["state"], one["reason"]) for one in steps] == [
        ("revoked", "多账号套利"),
        ("authorised", "申诉成立"),
    ]


def test_the_operator_sees_what_a_salesperson_brought_and_every_decision(client):
    salesperson_id = salesperson()
    arrive(qr.token_of("P", salesperson_id))
    world.merchant(salesperson_id=salesperson_id)
    authorise(client, salesperson_id, "suspended")
    path = f"{API}/salespeople/{salesperson_id}"
    shown = client.get(path, headers=world.staff_headers("finance")).json
    assert (shown["member_count"], shown["merchant_count"]) == (1, 1)
    assert shown["scene"] == qr.token_of("P", salesperson_id)
    assert [one["reason"] for one in shown["steps"]] == ["虚假宣传"]
    assert shown["is_active"] is False


def test_a_salesperson_finds_their_code_and_nobody_elses(client):
    member_id = world.member()
    salesperson_id = salesperson(member_id)
    salesperson(world.member())
    mine = client.get(f"{API}/me/salesperson", headers=world.headers(member_id)).json
    assert mine["id"] == str(salesperson_id)
    assert mine["scene"] == qr.token_of("P", salesperson_id)
    others = client.get(f"{API}/me/salesperson", headers=world.headers(world.member()))
    assert others.status_code == 404


@pytest.mark.parametrize("role", ["finance", "support", "salesperson", "merchant_owner"])
def test_only_operators_authorise(client, role):
    salesperson_id, member_id = salesperson(), world.member()
    assert (
        authorise(client, salesperson_id, "revoked", world.staff_headers(role)).status_code == 403
    )
    answer = client.post(
        f"{API}/members/{member_id}/recommending",
        json={"state": "revoked", "reason": "x"},
        headers=world.staff_headers(role),
    )
    assert answer.status_code == 403
    assert credited(qr.token_of("P", salesperson_id)) == salesperson_id


def test_nobody_unknown_is_authorised(client):
    answer = authorise(client, new_id(), "revoked")
    assert (answer.status_code, answer.json["code"]) == (404, "salesperson_unknown")
    path = f"{API}/members/{new_id()}/recommending"
    wish = {"state": "revoked", "reason": "x"}
    answer = client.post(path, json=wish, headers=world.staff_headers("operator"))
    assert (answer.status_code, answer.json["code"]) == (404, "member_unknown")


@pytest.mark.parametrize("token", ["", "nonsense", qr.token_of])
def test_other_codes_credit_no_salesperson(token):
    assert credited(token("M", new_id()) if callable(token) else token) is None
