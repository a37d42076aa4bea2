"""Members see where they are signed in and end one of these places; nobody else's."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from app.alliance.paying import devices
from app.core import auth, last_seen, sessions
from app.core.auth import Principal
from app.core.db import db, in_transaction, read
from app.core.doors import Entrance
from app.core.world import beijing_day, now
from app.members.own_data import deletion
from tests.alliance import shop as world
from tests.alliance.browser import Browser

pytestmark = pytest.mark.usefixtures("context")
PATH = "/api/v1/sessions"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) MicroMessenger/8.0.50"


@pytest.fixture(autouse=True)
def nothing_is_remembered(monkeypatch):
    """A session that ended opens nothing at once, not within five seconds."""
    monkeypatch.setattr(auth, "MEMBER_CACHE_SECONDS", 0.0)


def signed_in(member_id, door="mini_program", device="android"):
    caller = Principal("member", member_id, frozenset({"member"}))
    token = in_transaction(lambda: auth.open_session(caller, Entrance(door, device))).token
    return {"Authorization": f"Bearer {token}"}


def shown(client, who):
    answer = client.get(PATH, headers=who)
    assert answer.status_code == 200, answer.json
    return answer.json["sessions"]


def current(client, who):
    (mine,) = [each for each in shown(client, who) if each["is_current"]]
    return mine


def aged(member_id, days):
    """Days have gone by since the member's sessions were opened; they are open still."""
    older = text(
        "UPDATE core_session SET created_at = created_at - :past * interval '1 day',"
        " seen_on = seen_on - :past WHERE subject_id = :member_id"
    )
    values = {"past": days, "member_id": member_id}
    in_transaction(lambda: db.session.execute(older, values).close())


def stored(member_id):
    found = text("SELECT door, device, seen_on FROM core_session WHERE subject_id = :member_id")
    return [tuple(row) for row in read(found, {"member_id": member_id})]


def test_a_member_sees_this_phone_first_and_then_the_newest(client):
    member_id = world.member()
    this = signed_in(member_id)
    signed_in(member_id, "wechat_page", "ios")
    signed_in(member_id, "browser", "windows")
    answer = client.get(PATH, headers=this)
    found = answer.json["sessions"]
    assert [(each["door"], each["device"], each["is_current"]) for each in found] == [
        ("mini_program", "android", True),
        ("browser", "windows", False),
        ("wechat_page", "ios", False),
    ]
    assert answer.json["total"] == 3
    assert {each["seen_on"] for each in found} == {str(beijing_day(now()))}
    assert answer.headers["Cache-Control"] == "no-store"
    token = this["Authorization"].removeprefix("Bearer ")
    assert token not in answer.text


def test_the_mini_program_and_a_page_are_told_by_what_signed_in(client, sandbox):
    phone = sandbox.phone()
    wish = {"code": sandbox.act(phone, "login")["code"]}
    opened = client.post(PATH, json=wish, headers={"User-Agent": IPHONE})
    here = current(client, {"Authorization": f"Bearer {opened.json['token']}"})
    assert (here["door"], here["device"]) == ("mini_program", "ios")
    visitor = Browser(sandbox, sandbox.phone())
    token = visitor.log_in().json()["token"]
    on_page = current(client, {"Authorization": f"Bearer {token}"})
    assert (on_page["door"], on_page["device"]) == ("browser", "other")


def test_what_was_opened_before_this_was_noted_is_listed_all_the_same(client):
    member_id = world.member()
    this, other = signed_in(member_id), world.headers(member_id)
    assert stored(member_id).count((None, None, None)) == 1
    (unknown,) = [each for each in shown(client, this) if not each["is_current"]]
    assert (unknown["door"], unknown["device"]) == (None, None)
    assert unknown["seen_on"] == str(beijing_day(now()))  # when it was opened
    assert client.get("/api/v1/me", headers=other).status_code == 200
    assert stored(member_id).count((None, None, None)) == 1


def test_one_place_ends_with_its_payment_code_and_the_others_stay(client):
    member_id = world.rich()
    this, lost = signed_in(member_id), signed_in(member_id, "wechat_page", "ios")
    name = current(client, lost)["name"]
    code = client.get("/api/v1/me/payment-code", headers=lost).json["code"]
    assert client.delete(f"{PATH}/{name}", headers=this).status_code == 204
    gone = client.get("/api/v1/me", headers=lost)
    assert (gone.status_code, gone.json["code"]) == (401, "not_signed_in")
    assert in_transaction(lambda: devices.proven_code(code)) is None
    assert [each["is_current"] for each in shown(client, this)] == [True]
    again = client.delete(f"{PATH}/{name}", headers=this)
    assert (again.status_code, again.json["code"]) == (404, "not_found")


def test_this_place_can_be_ended_by_its_name_too(client):
    member_id = world.member()
    this, other = signed_in(member_id), signed_in(member_id)
    name = current(client, this)["name"]
    assert client.delete(f"{PATH}/{name}", headers=this).status_code == 204
    assert client.get("/api/v1/me", headers=this).status_code == 401
    assert client.get("/api/v1/me", headers=other).status_code == 200


def test_nobody_sees_or_ends_the_sessions_of_somebody_else(client):
    mine, theirs = signed_in(world.member()), signed_in(world.member())
    name = current(client, mine)["name"]
    assert name not in client.get(PATH, headers=theirs).text
    refused = client.delete(f"{PATH}/{name}", headers=theirs)
    assert (refused.status_code, refused.json["code"]) == (404, "not_found")
    staff = world.staff_headers("operator")
    assert client.delete(f"{PATH}/{name}", headers=staff).status_code == 403
    assert client.delete(f"/api/v1/staff/sessions/{name}", headers=staff).status_code == 404
    assert client.get("/api/v1/me", headers=mine).status_code == 200


@pytest.mark.parametrize("name", ["0" * 32, "é" * 32, "%" * 32, "0" * 31])
def test_a_name_that_no_session_has_is_not_found_and_ends_nothing(client, name):
    this = signed_in(world.member())
    assert client.delete(f"{PATH}/{name}", headers=this).status_code == 404
    assert client.get("/api/v1/me", headers=this).status_code == 200


def test_beyond_a_hundred_they_are_counted_and_this_one_is_among_those_shown(client, monkeypatch):
    monkeypatch.setattr(sessions, "MOST", 3)
    member_id = world.member()
    this = signed_in(member_id)
    for _ in range(4):
        signed_in(member_id)
    answer = client.get(PATH, headers=this).json
    assert (answer["total"], len(answer["sessions"])) == (5, 3)
    assert answer["sessions"][0]["is_current"]


def test_a_session_that_is_over_is_not_listed(client):
    member_id = world.member()
    this, other = signed_in(member_id), signed_in(member_id)
    assert client.delete(f"{PATH}/current", headers=other).status_code == 204
    signed_in(member_id)
    over = text(
        "UPDATE core_session SET expires_at = :moment WHERE subject_id = :member_id"
        " AND created_at = (SELECT max(created_at) FROM core_session WHERE subject_id = :member_id)"
    )
    values = {"moment": now(), "member_id": member_id}
    in_transaction(lambda: db.session.execute(over, values).close())
    assert len(shown(client, this)) == 1


def test_the_day_on_which_a_phone_was_seen_is_noted_once_and_never_by_a_payment(
    client, monkeypatch
):
    member_id, shop = world.rich(), world.shop()
    this = signed_in(member_id)
    aged(member_id, 3)
    noted, write = [], last_seen.write_plain
    monkeypatch.setattr(last_seen, "write_plain", lambda *wish: noted.append(wish) or write(*wish))
    wish = {"store_id": str(shop.store_id), "amount_fen": 100}
    paid = client.post("/api/v1/payments", json=wish, headers=this | {"Idempotency-Key": "k1"})
    assert (paid.status_code, noted) == (201, []), paid.json
    assert stored(member_id)[0][2] == beijing_day(now()) - timedelta(days=3)
    for _ in range(3):
        assert client.get("/api/v1/me", headers=this).status_code == 200
    assert len(noted) == 1
    assert stored(member_id)[0][2] == beijing_day(now())


def test_who_is_refused_is_not_noted(client):
    member_id = world.member()
    this = signed_in(member_id)
    aged(member_id, 3)
    assert client.get("/api/v1/staff/me", headers=this).status_code == 403
    assert stored(member_id)[0][2] == beijing_day(now()) - timedelta(days=3)


def test_what_cannot_be_noted_keeps_nobody_from_reading(client, monkeypatch):
    member_id = world.member()
    this = signed_in(member_id)
    aged(member_id, 3)

    def full(*_):
        raise psycopg.errors.DiskFull("no space left on device")

    monkeypatch.setattr(last_seen, "write_plain", full)
    assert client.get("/api/v1/me", headers=this).status_code == 200
    assert stored(member_id)[0][2] == beijing_day(now()) - timedelta(days=3)


def test_staff_are_not_watched(client):
    who = world.staff_headers("operator")
    assert client.get("/api/v1/staff/me", headers=who).status_code == 200
    staff_id = UUID(client.get("/api/v1/staff/me", headers=who).json["staff_id"])
    assert stored(staff_id) == [(None, None, None)]


def test_sessions_long_over_are_deleted_and_others_stay(client):
    member_id = world.member()
    open_one, over = signed_in(member_id), signed_in(member_id)
    name = current(client, over)["name"]
    old = text(
        "UPDATE core_session SET expires_at = :moment"
        " WHERE encode(substr(token_hash, 1, 16), 'hex') = :name"
    )
    values = {"moment": now() - sessions.KEEP - timedelta(minutes=1), "name": name}
    in_transaction(lambda: db.session.execute(old, values).close())
    assert sessions.clear_old() >= 1
    assert len(stored(member_id)) == 1
    assert client.get("/api/v1/me", headers=open_one).status_code == 200


def test_a_member_is_told_of_them_and_takes_them_along(client):
    member_id = world.member()
    this = signed_in(member_id, "wechat_page", "harmony")
    told = client.get("/api/v1/me/data-export?part=core.sessions", headers=this).json
    (row,) = told["parts"][0]["rows"]
    assert (row["door"], row["device"]) == ("wechat_page", "harmony")
    assert row["seen_on"] == str(beijing_day(now()))
    assert "token_hash" not in row
    wish = {"confirmation": "注销"}
    assert client.post("/api/v1/me/deletion", json=wish, headers=this).status_code == 202
    due = text("UPDATE members_deletion SET due_at = :past WHERE member_id = :member_id")
    values = {"past": now(), "member_id": member_id}
    in_transaction(lambda: db.session.execute(due, values).close())
    assert deletion.erase_due() >= 1
    assert stored(member_id) == [(None, None, None)]
