"""The platform's own money: small sums are booked by one person, a large day's sum by two."""

from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.world import new_id
from app.ledger.service import Account
from app.wallet.funding import booking
from tests.processes import killed_at_commit
from tests.wallet.people import headers, member, platform, staff_headers
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
API = "/api/v1"
BOOKINGS = f"{API}/treasury/bookings"


@pytest.fixture(autouse=True)
def limit(monkeypatch):
    monkeypatch.setattr(settings(), "funds_four_eyes_fen", 10_000)


def call(client, who, path, wish):
    return client.post(path, json=wish, headers=who | {"Idempotency-Key": new_id().hex})


def fill(client, who, amount_fen):
    return call(client, who, f"{API}/funds", {"account": "charity", "amount_fen": amount_fen})


def move(client, who, amount_fen):
    wish = {"from": "bank_custody", "to": "wechat_operating", "amount_fen": amount_fen}
    return call(client, who, f"{API}/treasury", wish)


def decide(client, who, booking, is_approved=True):
    path = f"{BOOKINGS}/{booking['id']}/decision"
    return call(client, who, path, {"is_approved": is_approved})


def charity():
    return platform(Account.CHARITY)


def test_what_would_make_a_persons_day_large_waits_for_somebody_else(client):
    mine, another, before = staff_headers("finance"), staff_headers("finance"), charity()
    assert fill(client, another, 3_000).json["status"] == "booked"
    assert fill(client, mine, 6_000).json["status"] == "booked"
    assert move(client, mine, 3_999).json["status"] == "booked"
    waits = fill(client, mine, 1)
    assert (waits.status_code, waits.json["status"]) == (201, "waiting")
    assert waits.json["journal_id"] is None
    assert charity() == before + 9_000
    refused = decide(client, mine, waits.json)
    assert (refused.status_code, refused.json["code"]) == (403, "second_person_needed")
    for stranger in (staff_headers("operator", "reviewer"), headers(member())):
        assert decide(client, stranger, waits.json).status_code == 403
    assert charity() == before + 9_000
    done = decide(client, another, waits.json).json
    assert (done["status"], charity()) == ("booked", before + 9_001)
    again = decide(client, staff_headers("finance"), waits.json)
    assert (again.status_code, again.json["code"]) == (409, "booking_decided")
    assert (again.json["status"], again.json["booking_status"]) == (409, "booked")
    shown = client.get(f"{BOOKINGS}?status=booked", headers=staff_headers("operator"))
    assert done["id"] in [each["id"] for each in shown.json["bookings"]]
    assert charity() == before + 9_001


def test_a_large_sum_is_booked_or_refused_by_another_and_taken_back_by_who_asked(client):
    mine, before = staff_headers("finance"), charity()
    first, second = (fill(client, mine, 10_000).json for _ in range(2))
    assert {first["status"], second["status"]} == {"waiting"}
    assert decide(client, staff_headers("finance"), first, False).json["status"] == "refused"
    assert decide(client, mine, second, False).json["status"] == "refused"
    assert decide(client, staff_headers("finance"), second).json["code"] == "booking_decided"
    assert charity() == before
    assert fill(client, mine, 9_999).json["status"] == "booked"  # what was refused does not count
    assert charity() == before + 9_999


def test_a_day_begins_anew_and_what_two_have_booked_is_nobodys_alone(client):
    mine, another = staff_headers("finance"), staff_headers("finance")
    large = fill(client, mine, 20_000).json
    assert decide(client, another, large).json["status"] == "booked"
    small = fill(client, mine, 9_000).json
    assert small["status"] == "booked"
    waits = fill(client, mine, 1_000).json
    assert waits["status"] == "waiting"
    decide(client, mine, waits, False)
    yesterday = "UPDATE wallet_treasury_booking SET created_at = created_at - interval '1 day'"
    read(text(f"{yesterday} WHERE id = :id RETURNING 1"), {"id": small["id"]})
    assert fill(client, mine, 1_000).json["status"] == "booked"


def test_many_requests_of_a_person_at_once_book_no_more_than_one_may(app, client):
    mine, before = staff_headers("finance"), charity()
    answers = at_once(lambda _: fill(app.test_client(), mine, 3_000).json, 8)
    assert sorted(each["status"] for each in answers) == ["booked"] * 3 + ["waiting"] * 5
    for each in answers:
        decide(client, mine, each, False)
    assert charity() == before + 9_000


def test_64_who_agree_at_once_book_it_once_and_the_same_request_again_too(app, client):
    waits, before = fill(client, staff_headers("finance"), 20_000).json, charity()
    another = staff_headers("finance")
    answers = at_once(lambda _: decide(app.test_client(), another, waits), 64)
    told = [each.json.get("status") for each in answers if each.status_code == 200]
    assert told == ["booked"]
    assert {each.json["code"] for each in answers if each.status_code != 200} == {"booking_decided"}
    small = another | {"Idempotency-Key": new_id().hex}
    wish = {"account": "charity", "amount_fen": 5}
    first, again = (client.post(f"{API}/funds", json=wish, headers=small) for _ in range(2))
    assert again.json == first.json
    assert charity() == before + 20_000 + 5


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_is_killed_while_agreeing_has_booked_all_of_it_or_nothing(client, side):
    waits, before = fill(client, staff_headers("finance"), 20_000).json, charity()
    agreed = {"booking_id": UUID(waits["id"]), "staff_id": new_id(), "is_approved": True}
    killed_at_commit(lambda: in_transaction(lambda: booking.decide(**agreed)), side)
    assert charity() == before + (20_000 if side == "after" else 0)
    again = decide(client, staff_headers("finance"), waits)
    assert again.status_code == (409 if side == "after" else 200)
    assert charity() == before + 20_000


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_is_killed_while_booking_has_booked_all_of_it_or_nothing(context, side):
    wish, before = booking.Wish(booking.PAID_IN, "bank_custody", "charity", 700), charity()
    staff_id = new_id()
    killed_at_commit(lambda: in_transaction(lambda: booking.book(wish, staff_id)), side)
    booked_fen = 700 if side == "after" else 0
    assert charity() == before + booked_fen
    assert in_transaction(lambda: booking.booked_alone_fen(staff_id)) == booked_fen
