"""Unspent prepaid money goes back through WeChat: never what was spent, never twice."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from app.core.world import PLATFORM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Leg
from app.wallet import service as wallet
from tests.ledger.books import journal, post
from tests.wallet.people import books, headers, moved, purse, staff_headers
from tests.wallet.racing import at_once
from tests.wallet.topups.test_top_up import start

ADDRESS = "/api/v1/top-ups"
PRINCIPAL = Account.PREPAID_PRINCIPAL


@pytest.fixture
def phone(sandbox):
    return sandbox.phone()


@pytest.fixture
def topped_up(sandbox, phone):
    """A credited top-up of 100 yuan; its id."""
    started = start(phone)
    sandbox.pay(phone, started.wechat_pay_parameters)
    sandbox.drain()
    assert purse(phone.member_id, PRINCIPAL) == 10_000
    return started.id


def refund(client, phone, top_up_id, key=None, **body):
    mine = headers(phone.member_id, key)
    return client.post(f"{ADDRESS}/{top_up_id}/refund", json=body, headers=mine)


def by_staff(client, top_up_id, *roles, **body):
    who = staff_headers(*(roles or ("finance",)))
    return client.post(f"{ADDRESS}/{top_up_id}/refund-by-staff", json=body, headers=who)


def shown(client, phone, top_up_id):
    return client.get(f"{ADDRESS}/{top_up_id}", headers=headers(phone.member_id)).json


def spent(phone, amount_fen):
    """Spends prepaid money, as a purchase would."""
    plan = wallet.plan_payment(
        phone.member_id, amount_fen, [wallet.Purse.PREPAID], experience_cap_fen=0
    )
    legs = wallet.spend_legs(phone.member_id, plan.parts)
    post(journal(*legs, Leg(PLATFORM_ID, Account.BANK_CUSTODY, amount_fen)))


def test_what_is_unspent_goes_back_through_wechat(sandbox, work, client, phone, topped_up):
    spent(phone, 3_000)
    found = shown(client, phone, topped_up)
    assert (found["refunded_fen"], found["refundable_fen"]) == (0, 7_000)
    answer = refund(client, phone, topped_up)
    assert answer.status_code == 201, answer.json
    assert (answer.json["amount_fen"], answer.json["status"]) == (7_000, "requested")
    assert answer.json["journal_id"]
    assert answer.json["request_id"]
    assert purse(phone.member_id, PRINCIPAL) == 0
    work()
    sandbox.pass_time(61)
    work()
    refund_id = UUID(answer.json["id"])
    assert moved(Account.WECHAT_TAKINGS, refund_id) == 7_000 - 42
    assert moved(Account.CHANNEL_FEE, refund_id) == 42
    assert shown(client, phone, topped_up)["refunded_fen"] == 7_000


def test_the_same_key_gives_back_once_and_parts_end_exact(work, client, phone, topped_up):
    first = refund(client, phone, topped_up, "one", amount_fen=4_000)
    again = refund(client, phone, topped_up, "one", amount_fen=4_000)
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert refund(client, phone, topped_up, amount_fen=5_000).status_code == 201
    assert refund(client, phone, topped_up).json["amount_fen"] == 1_000
    empty = refund(client, phone, topped_up)
    assert (empty.status_code, empty.json["code"]) == (409, "top_up_spent")
    work()
    assert purse(phone.member_id, PRINCIPAL) == 0


def test_what_was_spent_does_not_go_back(client, phone, topped_up):
    spent(phone, 6_000)
    before = books(phone.member_id)
    answer = refund(client, phone, topped_up, amount_fen=4_001)
    assert (answer.status_code, answer.json["code"]) == (409, "top_up_spent")
    assert answer.json["left_fen"] == 4_000
    for wrong in (0, -1, 1.5, "1", True):
        assert refund(client, phone, topped_up, amount_fen=wrong).status_code == 422
    assert books(phone.member_id) == before


def test_members_find_their_top_ups_and_what_of_each_could_go_back(sandbox, client, phone):
    made = [start(phone) for _ in range(3)]
    for started in made[:2]:
        sandbox.pay(phone, started.wechat_pay_parameters)
        sandbox.drain()
    found = mine(client, phone)
    assert [each["id"] for each in found["top_ups"]] == [str(x.id) for x in made[1::-1]]
    assert {each["refundable_fen"] for each in found["top_ups"]} == {10_000}
    assert found["refund_days"] == 7
    first = mine(client, phone, "?limit=1")["top_ups"][0]["id"]
    rest = mine(client, phone, f"?before={first}")["top_ups"]
    assert [each["id"] for each in rest] == [str(made[0].id)]
    stranger = sandbox.phone()
    assert mine(client, stranger)["top_ups"] == []
    assert mine(client, stranger, f"?before={first}")["code"] == "not_found"


def test_what_a_refund_would_come_to_is_refused_where_the_refund_would_be(client, phone, topped_up):
    spent(phone, 6_000)
    address = f"{ADDRESS}/{topped_up}/refund-outlook"
    who = headers(phone.member_id)
    told = client.get(address, headers=who).json
    assert (told["amount_fen"], told["returns_fen"], told["bonus_back_fen"]) == (4_000, 4_000, 0)
    too_much = client.get(f"{address}?amount_fen=4001", headers=who)
    assert (too_much.status_code, too_much.json["code"]) == (409, "top_up_spent")
    assert client.get(f"{address}?amount_fen=0", headers=who).status_code == 422
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        assert client.get(address, headers=headers(phone.member_id)).json["code"] == (
            "refund_period_over"
        )


def test_staff_see_a_members_top_ups_and_what_a_late_refund_comes_to(client, phone, topped_up):
    listed, address = f"/api/v1/members/{phone.member_id}/top-ups", f"{ADDRESS}/{topped_up}"
    found = client.get(listed, headers=staff_headers("support")).json["top_ups"]
    assert [(each["id"], each["member_id"]) for each in found] == [
        (str(topped_up), str(phone.member_id))
    ]
    for who in (staff_headers("operator"), headers(phone.member_id)):
        assert client.get(listed, headers=who).status_code == 403
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        told = client.get(f"{address}/refund-outlook", headers=staff_headers("finance"))
        assert told.json["returns_fen"] == 10_000


def test_staff_are_told_that_an_unpaid_top_up_gives_nothing_back(client, phone):
    address = f"{ADDRESS}/{start(phone).id}/refund-outlook"
    answer = client.get(address, headers=staff_headers("finance"))
    assert (answer.status_code, answer.json["code"]) == (409, "top_up_not_refundable")


def mine(client, phone, query=""):
    return client.get(f"/api/v1/me/top-ups{query}", headers=headers(phone.member_id)).json


def test_after_seven_days_staff_decide_with_a_reason(client, phone, topped_up):
    before = books(phone.member_id)
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        late = refund(client, phone, topped_up)
        assert (late.status_code, late.json["code"]) == (409, "refund_period_over")
        assert by_staff(client, topped_up).status_code == 422
        for role in ("operator", "support", "reviewer", "cashier"):
            assert by_staff(client, topped_up, role, reason="关店").status_code == 403
        assert books(phone.member_id) == before
        made = by_staff(client, topped_up, reason="门店关闭")
        assert (made.status_code, made.json["amount_fen"]) == (201, 10_000)


def test_nobody_has_anothers_money_back(sandbox, client, phone, topped_up):
    before = books(phone.member_id)
    assert refund(client, sandbox.phone(), topped_up).status_code == 404
    assert refund(client, phone, new_id()).status_code == 404
    assert books(phone.member_id) == before


def test_a_top_up_that_was_not_paid_has_nothing_to_give_back(client, phone):
    started = start(phone)
    answer = refund(client, phone, started.id)
    assert (answer.status_code, answer.json["code"]) == (409, "top_up_not_refundable")


def test_spending_against_refunding_never_uses_a_fen_twice(app, work, client, phone, topped_up):
    keys = [headers(phone.member_id) for _ in range(32)]
    spending = []

    def act(number):
        if number % 2:
            with app.app_context():
                try:
                    spent(phone, 3_000)
                except (wallet.NotEnough, ledger.InsufficientFunds):
                    return 409
                spending.append(3_000)
                return 201
        path = f"{ADDRESS}/{topped_up}/refund"
        client_here = app.test_client()
        return client_here.post(path, json={"amount_fen": 3_000}, headers=keys[number]).status_code

    answers = at_once(act, 32)
    assert answers.count(201) == 3
    work()
    assert purse(phone.member_id, PRINCIPAL) == 1_000
    back = shown(client, phone, topped_up)["refunded_fen"]
    assert back + sum(spending) == 9_000


def test_of_many_refunds_at_once_one_gives_back_and_the_others_are_told(
    app, work, client, phone, topped_up
):
    keys = [headers(phone.member_id) for _ in range(8)]

    def act(number):
        path = f"{ADDRESS}/{topped_up}/refund"
        return app.test_client().post(path, json={}, headers=keys[number]).status_code

    assert sorted(at_once(act, 8)) == [201] + [409] * 7
    work()
    assert purse(phone.member_id, PRINCIPAL) == 0
    assert shown(client, phone, topped_up)["refunded_fen"] == 10_000


def test_wechat_is_never_asked_for_more_refunds_than_it_takes(work, client, phone, topped_up):
    for _ in range(49):
        assert refund(client, phone, topped_up, amount_fen=1).status_code == 201
    before = books(phone.member_id)
    answer = refund(client, phone, topped_up, amount_fen=1)
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_refunds")
    assert answer.json["left_fen"] == 9_951
    assert books(phone.member_id) == before
    assert refund(client, phone, topped_up).json["amount_fen"] == 9_951
    work()
    assert purse(phone.member_id, PRINCIPAL) == 0
