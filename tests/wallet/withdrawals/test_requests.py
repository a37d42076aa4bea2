"""Withdrawals up to the decision: held at once, decided once, never more than there is."""

import pytest

from app.core.db import db
from app.ledger.service import Account
from app.wallet.models import Withdrawal
from tests.wallet.people import books, earned, headers, member, purse, staff_headers
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = "/api/v1/withdrawals"


def ask(client, member_id, amount_fen, key=None):
    return client.post(ADDRESS, json={"amount_fen": amount_fen}, headers=headers(member_id, key))


def reviewed(client, amount_fen=30_000):
    """A member's withdrawal that waits for a reviewer."""
    member_id = member()
    earned(member_id, amount_fen)
    answer = ask(client, member_id, amount_fen)
    assert answer.json["status"] == "reviewing"
    return member_id, answer.json["id"]


def test_a_withdrawal_is_held_at_once(client):
    member_id = member()
    earned(member_id, 15_000)
    answer = ask(client, member_id, 10_000)
    assert answer.status_code == 201
    assert answer.json["status"] == "approved"
    assert answer.json["journal_id"]
    assert answer.json["request_id"]
    assert purse(member_id, Account.REBATE) == 5_000
    assert purse(member_id, Account.WITHDRAWING) == 10_000


def test_the_same_key_holds_once(client):
    member_id = member()
    earned(member_id, 30_000)
    first = ask(client, member_id, 10_000, "one")
    second = ask(client, member_id, 10_000, "one")
    assert second.json == first.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert purse(member_id, Account.WITHDRAWING) == 10_000
    assert ask(client, member_id, 10_001, "one").status_code == 422


@pytest.mark.parametrize(
    ("amount_fen", "status", "code"),
    [
        (9_999, 422, "amount_out_of_range"),
        (200_000, 409, "real_name_required"),
        (50_001, 409, "insufficient_funds"),
        (0, 422, "invalid_request"),
        (-10_000, 422, "invalid_request"),
        (10_000.0, 422, "invalid_request"),
        ("10000", 422, "invalid_request"),
        (True, 422, "invalid_request"),
        (10**30, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_withdrawn_changes_nothing(client, amount_fen, status, code):
    member_id = member()
    earned(member_id, 50_000)
    before = books(member_id)
    answer = ask(client, member_id, amount_fen)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert books(member_id) == before
    found = db.session.query(Withdrawal).filter_by(member_id=member_id).count()
    assert found == 0


def test_a_large_withdrawal_waits_for_a_reviewer(client):
    member_id, withdrawal_id = reviewed(client)
    assert purse(member_id, Account.WITHDRAWING) == 30_000
    queue = client.get(f"{ADDRESS}?limit=100", headers=staff_headers("reviewer")).json
    assert withdrawal_id in [row["id"] for row in queue["withdrawals"]]


def test_a_rejected_withdrawal_gives_the_money_back(client):
    member_id, withdrawal_id = reviewed(client)
    answer = client.post(
        f"{ADDRESS}/{withdrawal_id}/reject",
        json={"reason": "账户异常"},
        headers=staff_headers("finance"),
    )
    assert answer.status_code == 200
    assert answer.json["status"] == "rejected"
    assert purse(member_id, Account.REBATE) == 30_000
    assert purse(member_id, Account.WITHDRAWING) == 0
    shown = client.get(f"{ADDRESS}/{withdrawal_id}", headers=headers(member_id)).json
    assert (shown["status"], shown["reason"]) == ("rejected", "账户异常")


@pytest.mark.parametrize("roles", [("operator",), ("support",), ("merchant_owner",)])
def test_other_staff_decide_nothing(client, roles):
    member_id, withdrawal_id = reviewed(client)
    before = books(member_id)
    for step in ("approve", "reject"):
        answer = client.post(
            f"{ADDRESS}/{withdrawal_id}/{step}",
            json={"reason": "-"},
            headers=staff_headers(*roles),
        )
        assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    assert books(member_id) == before


def test_a_member_decides_nothing_and_sees_only_their_own(client):
    member_id, withdrawal_id = reviewed(client)
    other = headers(member())
    address = f"{ADDRESS}/{withdrawal_id}"
    assert client.get(address, headers=other).status_code == 404
    assert client.post(f"{address}/approve", headers=headers(member_id)).status_code == 403
    mine = client.get("/api/v1/me/withdrawals", headers=headers(member_id)).json
    assert [row["id"] for row in mine["withdrawals"]] == [withdrawal_id]


@pytest.mark.parametrize("step", ["approve", "reject"])
def test_a_decided_withdrawal_is_not_decided_again(client, step):
    member_id, withdrawal_id = reviewed(client)
    client.post(f"{ADDRESS}/{withdrawal_id}/approve", headers=staff_headers("reviewer"))
    before = books(member_id)
    answer = client.post(
        f"{ADDRESS}/{withdrawal_id}/{step}",
        json={"reason": "-"},
        headers=staff_headers("finance"),
    )
    assert (answer.status_code, answer.json["code"]) == (409, "withdrawal_not_reviewable")
    assert books(member_id) == before


def test_of_many_withdrawals_of_all_the_money_one_succeeds(app):
    member_id = member()
    earned(member_id, 15_000)
    keys = [headers(member_id, f"key-{number}") for number in range(64)]

    def work(number):
        return app.test_client().post(ADDRESS, json={"amount_fen": 15_000}, headers=keys[number])

    answers = at_once(work, 64)
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1
    assert set(statuses) == {201, 409}
    assert purse(member_id, Account.REBATE) == 0
    assert purse(member_id, Account.WITHDRAWING) == 15_000


def test_the_same_withdrawal_asked_many_times_at_once_is_held_once(app):
    member_id = member()
    earned(member_id, 100_000)
    mine = headers(member_id, "the same")

    def work(_):
        return app.test_client().post(ADDRESS, json={"amount_fen": 10_000}, headers=mine)

    answers = at_once(work, 64)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status_code == 201}) == 1
    assert purse(member_id, Account.WITHDRAWING) == 10_000


@pytest.mark.parametrize("steps", [("approve", "reject"), ("approve",), ("reject",)])
def test_racing_decisions_decide_once(app, client, steps):
    member_id, withdrawal_id = reviewed(client)
    many = [staff_headers("reviewer") for _ in range(64)]

    def work(number):
        step = steps[number % len(steps)]
        return app.test_client().post(
            f"{ADDRESS}/{withdrawal_id}/{step}", json={"reason": "-"}, headers=many[number]
        )

    answers = at_once(work, 64)
    decided = [answer.json["status"] for answer in answers if answer.status_code == 200]
    assert len(decided) == 1
    assert {answer.status_code for answer in answers} == {200, 409}
    held = 30_000 if decided == ["approved"] else 0
    assert purse(member_id, Account.WITHDRAWING) == held
    assert purse(member_id, Account.REBATE) == 30_000 - held


def test_who_never_opened_the_mini_program_cannot_withdraw(client):
    from tests.members.people import member as follower

    member_id = follower()
    earned(member_id, 20_000)
    answer = ask(client, member_id, 10_000)
    assert (answer.status_code, answer.json["code"]) == (409, "no_wechat_account")
    assert purse(member_id, Account.WITHDRAWING) == 0


def test_a_large_withdrawal_needs_the_members_pin(client):
    member_id = member()
    earned(member_id, 60_000)
    who, wish = headers(member_id), {"amount_fen": 50_001}
    chosen = client.put("/api/v1/me/payment-pin", json={"pin": "730518"}, headers=who)
    assert chosen.status_code == 200, chosen.json
    for proof, code in (({}, "pin_needed"), ({"Payment-Pin": "000000"}, "pin_wrong")):
        refused = client.post(ADDRESS, json=wish, headers=who | proof)
        assert (refused.status_code, refused.json["code"]) == (403, code)
    assert (purse(member_id, Account.REBATE), purse(member_id, Account.WITHDRAWING)) == (60_000, 0)
    held = client.post(ADDRESS, json=wish, headers=who | {"Payment-Pin": "730518"})
    assert (held.status_code, purse(member_id, Account.WITHDRAWING)) == (201, 50_001), held.json
