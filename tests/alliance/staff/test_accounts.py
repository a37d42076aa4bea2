"""Operators manage staff accounts, owners those of their own shop, and nobody their own."""

from datetime import timedelta

import pytest
import time_machine

from app.core import four_eyes
from app.core.db import in_transaction
from app.core.errors import SecondPersonNeeded
from app.core.staff import NewStaff
from app.core.world import new_id, now
from tests.alliance import shop as world
from tests.core.accounts.conftest import PASSWORD, Holder

WHY = {"reason": "verified in person"}


@pytest.fixture
def shop(context):
    return world.shop()


@pytest.fixture
def owner(hire, shop):
    return hire("merchant_owner", merchant_id=shop.merchant_id)


@pytest.fixture
def cashier(hire, shop):
    place = {"merchant_id": shop.merchant_id, "store_ids": frozenset([shop.store_id])}
    return hire("cashier", **place)


def is_signed_in(holder):
    return holder.call("GET", "/staff/me").status_code == 200


def test_a_stopped_account_is_out_at_once_and_back_when_it_is_let(owner, cashier):
    path = f"/staff/{cashier.id}"
    assert owner.call("POST", f"{path}/disable", WHY).json["is_active"] is False
    assert not is_signed_in(cashier)
    assert cashier.sign_in().status_code == 401
    assert owner.call("POST", f"{path}/enable", WHY).json["is_active"] is True
    assert cashier.sign_in().status_code == 201


def test_other_roles_count_from_the_next_sign_in(owner, cashier, shop):
    wish = WHY | {"roles": ["merchant_owner"], "store_ids": []}
    changed = owner.call("PUT", f"/staff/{cashier.id}/roles", wish)
    assert changed.json["roles"] == ["merchant_owner"]
    assert not is_signed_in(cashier)
    assert cashier.sign_in().json["roles"] == ["merchant_owner"]


@pytest.mark.parametrize(
    "wish",
    [
        {"roles": ["operator"]},
        {"roles": ["finance"]},
        {"roles": ["cashier", "operator"]},
        {"roles": ["king"]},
        {"roles": ["cashier"], "store_ids": ["another's"]},
    ],
)
def test_an_owner_gives_roles_of_the_own_merchant_only(owner, cashier, wish):
    if "store_ids" in wish:
        wish = wish | {"store_ids": [str(world.shop().store_id)]}
    before = owner.call("GET", f"/staff/{cashier.id}").json
    answer = owner.call("PUT", f"/staff/{cashier.id}/roles", WHY | wish)
    assert (answer.status_code, answer.json["code"]) == (403, "staff_role_not_allowed")
    assert owner.call("GET", f"/staff/{cashier.id}").json == before
    assert is_signed_in(cashier)


def test_another_shops_accounts_are_out_of_an_owners_sight(hire, owner, shop):
    other = world.shop()
    stranger = hire("cashier", merchant_id=other.merchant_id)
    operator = hire("operator")
    for holder in (stranger, operator):
        path = f"/staff/{holder.id}"
        for method, rest, body in (
            ("GET", "", None),
            ("GET", "/sessions", None),
            ("DELETE", "/sessions", None),
            ("POST", "/disable", WHY),
            ("POST", "/enable", WHY),
            ("PUT", "/roles", WHY | {"roles": ["cashier"]}),
            ("POST", "/resets", WHY | {"kind": "password"}),
        ):
            assert owner.call(method, path + rest, body).status_code == 404, rest
        assert is_signed_in(holder)
    listed = owner.call("GET", "/staff").json["accounts"]
    assert {each["merchant_id"] for each in listed} == {str(shop.merchant_id)}
    theirs = f"/staff?merchant_id={other.merchant_id}"
    assert owner.call("GET", theirs).status_code == 404


def test_nobody_changes_what_their_own_account_may_do(hire):
    operator = hire("operator")
    path = f"/staff/{operator.id}"
    for method, rest, body in (
        ("POST", "/disable", WHY),
        ("PUT", "/roles", WHY | {"roles": ["operator", "support"]}),
        ("POST", "/resets", WHY | {"kind": "password"}),
    ):
        answer = operator.call(method, path + rest, body)
        assert (answer.status_code, answer.json["code"]) == (409, "own_account")
    assert is_signed_in(operator)


def test_an_operator_stops_anybody_but_gives_nobody_a_say_over_money(hire):
    operator, finance, other = hire("operator"), hire("finance"), hire("finance")
    path = f"/staff/{finance.id}"
    assert operator.call("POST", f"{path}/disable", WHY).status_code == 200
    refused = operator.call("POST", f"{path}/enable", WHY)
    assert refused.json["code"] == "staff_role_not_allowed"
    wish = WHY | {"roles": ["reviewer"]}
    assert operator.call("PUT", f"{path}/roles", wish).status_code == 403
    assert other.call("POST", f"{path}/enable", WHY).status_code == 200


def test_an_operator_signs_somebody_out_everywhere(hire):
    operator, support = hire("operator"), hire("support")
    path = f"/staff/{support.id}/sessions"
    assert len(operator.call("GET", path).json["sessions"]) == 1
    assert operator.call("DELETE", path).status_code == 204
    assert operator.call("GET", path).json["sessions"] == []
    assert not is_signed_in(support)


def test_an_owner_resets_the_own_staff_at_once(owner, cashier):
    wish = WHY | {"kind": "password"}
    done = owner.call("POST", f"/staff/{cashier.id}/resets", wish)
    assert (done.status_code, done.json["state"]) == (201, "done")
    assert not is_signed_in(cashier)
    assert cashier.sign_in(password=PASSWORD).status_code == 401
    signed_in = cashier.sign_in(password=done.json["password"])
    assert signed_in.json["must_change_password"] is True


def test_the_platforms_accounts_are_reset_by_two_and_only_the_second_learns_it(hire):
    asking, deciding, support = hire("operator"), hire("operator"), hire("support")
    wish = WHY | {"kind": "second_factor"}
    asked = asking.call("POST", f"/staff/{support.id}/resets", wish).json
    assert (asked["state"], asked["totp_secret"]) == ("open", None)
    assert is_signed_in(support)
    path = f"/staff-resets/{asked['id']}/decision"
    alone = asking.call("POST", path, {"is_approved": True})
    assert (alone.status_code, alone.json["code"]) == (403, "second_person_needed")
    done = deciding.call("POST", path, {"is_approved": True}).json
    assert done["state"] == "done"
    assert not is_signed_in(support)
    support.ahead = 0
    signed_in = support.sign_in(secret=done["totp_secret"])
    assert (signed_in.status_code, signed_in.json["must_enrol_factor"]) == (201, True)
    assert support.call("GET", "/tickets").json["code"] == "password_change_needed"
    own = support.call("POST", "/staff/me/second-factor").json["totp_secret"]
    wish = {"totp": support.code(own)}
    assert support.call("POST", "/staff/me/second-factor/confirmation", wish).status_code == 204
    assert support.call("GET", "/tickets").status_code == 200
    again = deciding.call("POST", path, {"is_approved": True})
    assert (again.status_code, again.json["code"]) == (409, "reset_not_open")
    shown = deciding.call("GET", "/staff-resets?state=done").json["resets"]
    assert asked["id"] in {each["id"] for each in shown}


def test_a_declined_reset_changes_nothing(hire):
    asking, deciding, support = hire("operator"), hire("operator"), hire("support")
    asked = asking.call("POST", f"/staff/{support.id}/resets", WHY | {"kind": "password"}).json
    declined = deciding.call(
        "POST", f"/staff-resets/{asked['id']}/decision", {"is_approved": False, "note": "no"}
    ).json
    assert (declined["state"], declined["password"]) == ("declined", None)
    assert is_signed_in(support)


def test_a_dead_account_is_nobodys(hire):
    operator = hire("operator")
    assert operator.call("GET", f"/staff/{new_id()}").status_code == 404
    path = f"/staff-resets/{new_id()}/decision"
    assert operator.call("POST", path, {"is_approved": True}).status_code == 404


def test_nobody_learns_both_secrets_of_an_account(owner, cashier, hire, shop):
    path = f"/staff/{cashier.id}/resets"
    assert owner.call("POST", path, WHY | {"kind": "password"}).status_code == 201
    both = owner.call("POST", path, WHY | {"kind": "second_factor"})
    assert (both.status_code, both.json["code"]) == (403, "second_person_needed")
    assert owner.call("GET", f"/staff/{cashier.id}").json["must_enrol_factor"] is False
    other = hire("merchant_owner", merchant_id=shop.merchant_id)
    assert other.call("POST", path, WHY | {"kind": "second_factor"}).status_code == 201


def together(one, *before):
    """Whether one counts as another person than those before."""
    try:
        in_transaction(lambda: four_eyes.require_other(one, *before))
    except SecondPersonNeeded:
        return False
    return True


def test_who_opens_an_account_with_a_say_over_money_makes_no_second_person(hire):
    thief, finance, name = hire("operator"), hire("finance"), f"puppet-{new_id().hex}"
    wish = {"username": name, "password": PASSWORD, "roles": ["operator"]}
    made = thief.call("POST", "/staff", wish).json
    path = f"/staff/{made['staff_id']}"
    puppet = Holder(
        thief.client, world.UUID(made["staff_id"]), NewStaff(name, PASSWORD, frozenset())
    )
    assert puppet.sign_in(secret=made["totp_secret"]).status_code == 401
    alone = thief.call("POST", f"{path}/enable", WHY)
    assert (alone.status_code, alone.json["code"]) == (403, "second_person_needed")
    assert thief.call("GET", path).json["is_waiting"] is True
    let_in = finance.call("POST", f"{path}/enable", WHY).json
    assert (let_in["is_active"], let_in["opened_by"]) == (True, str(thief.id))
    puppet.ahead = 0
    assert puppet.sign_in(secret=made["totp_secret"]).json["must_enrol_factor"] is True
    assert not together(puppet.id, thief.id)
    assert not together(thief.id, finance.id, puppet.id)
    assert together(puppet.id, finance.id, None)
    with time_machine.travel(now() + timedelta(days=31)):
        assert together(puppet.id, thief.id)


def test_of_accounts_that_one_person_opened_two_count_where_somebody_else_let_them_in(hire):
    opener, other = hire("operator"), hire("finance")
    wishes = [{"username": f"new-{new_id().hex}", "password": PASSWORD} for _ in range(4)]
    roles = (["operator"], ["operator"], ["support"], ["support"])
    made = [
        world.UUID(opener.call("POST", "/staff", wish | {"roles": each}).json["staff_id"])
        for wish, each in zip(wishes, roles, strict=True)
    ]
    for identity in made[:2]:
        assert other.call("POST", f"/staff/{identity}/enable", WHY).status_code == 200
    assert together(made[0], made[1])
    assert not together(made[2], made[3])
    assert together(made[0], made[2])
    assert not together(opener.id, made[0])


def test_a_role_with_a_say_over_money_waits_like_an_account_that_has_it(hire):
    thief, other, support = hire("operator"), hire("operator"), hire("support")
    path, wish = f"/staff/{support.id}", WHY | {"roles": ["operator"], "store_ids": []}
    assert thief.call("PUT", f"{path}/roles", wish).json["is_waiting"] is True
    assert support.sign_in().status_code == 401
    assert thief.call("POST", f"{path}/enable", WHY).status_code == 403
    assert support.sign_in().status_code == 401
    assert other.call("POST", f"{path}/enable", WHY).json["is_waiting"] is False


def test_another_owner_named_by_the_platform_waits_and_the_first_does_not(hire, shop):
    operator, found = hire("operator"), []
    place = {"roles": ["merchant_owner"], "merchant_id": str(shop.merchant_id)}
    for _ in range(2):
        wish = place | {"username": f"owner-{new_id().hex}", "password": PASSWORD}
        found.append(operator.call("POST", "/staff", wish).json["is_waiting"])
    assert found == [False, True]
