"""Tickets: one's own only, unreadable in the database, answered, reopened, rated, and forgotten."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.config import settings
from app.core.crypto import decrypt
from app.core.db import in_transaction, read
from app.core.world import new_id, now
from app.members import service as members
from app.notices.tickets import desk, keeping, pictures, reading
from app.notices.tickets.models import picture_context, words_context
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market

pytestmark = pytest.mark.usefixtures("context")
WORDS = "我叫王小明，这笔钱扣错了"


class Asker:
    """A member who asks, and staff who answer."""

    def __init__(self, client):
        self.client, self.member_id = client, world.member()
        self.staff = world.staff_headers("support")

    @property
    def mine(self):
        return world.headers(self.member_id)

    def ask(self, words=WORDS, kind="other", **more):
        wish = {"kind": kind, "text": words} | more
        return self.client.post("/api/v1/me/tickets", json=wish, headers=self.mine)

    def do(self, ticket_id, what, **wish):
        address = f"/api/v1/me/tickets/{ticket_id}/{what}"
        return self.client.post(address, json=wish or None, headers=self.mine)

    def serve(self, ticket_id, what, **wish):
        return self.client.post(
            f"/api/v1/tickets/{ticket_id}/{what}", json=wish, headers=self.staff
        )

    def own(self, ticket_id):
        return self.client.get(f"/api/v1/me/tickets/{ticket_id}", headers=self.mine).json


@pytest.fixture
def asker(client):
    return Asker(client)


def rows(ticket_id):
    found = text("SELECT * FROM notices_ticket_message WHERE ticket_id = :t ORDER BY id")
    return read(found, {"t": ticket_id})


def test_a_question_is_answered_and_its_member_told_without_the_words(asker):
    ticket_id = asker.ask().json["id"]
    inbox = asker.client.get("/api/v1/tickets?limit=100", headers=asker.staff).json["tickets"]
    assert ticket_id in {each["id"] for each in inbox}
    answer = asker.serve(ticket_id, "answers", text="已核实，款项原路退回")
    assert (answer.status_code, answer.json["state"]) == (200, "answered")
    assert answer.json["assigned_to"]
    shown = asker.own(ticket_id)
    assert [each["text"] for each in shown["messages"]] == [WORDS, "已核实，款项原路退回"]
    told = asker.client.get("/api/v1/me/notices", headers=asker.mine).json["notices"]
    assert [each["kind"] for each in told] == ["member.ticket"]
    assert "退回" not in told[0]["text"]


def test_words_are_encrypted_at_rest(asker):
    ticket_id = asker.ask().json["id"]
    (row,) = rows(ticket_id)
    assert "王小明" not in row.words
    assert decrypt(row.words, words_context(row.id)) == WORDS


def test_a_ticket_is_there_for_its_member_and_staff_only(asker, client):
    ticket_id, other = asker.ask().json["id"], Asker(client)
    assert client.get(f"/api/v1/me/tickets/{ticket_id}", headers=other.mine).status_code == 404
    for what, wish in (("messages", {"text": "x"}), ("close", {}), ("rating", {"stars": 1})):
        assert other.do(ticket_id, what, **wish).status_code == 404
    assert client.get("/api/v1/me/tickets", headers=other.mine).json == {"tickets": []}
    address = f"/api/v1/tickets/{ticket_id}"
    shop = world.shop()
    for headers in (asker.mine, world.owner_headers(shop), world.staff_headers("finance")):
        assert client.get(address, headers=headers).status_code == 403
    assert client.get(address).status_code == 401
    assert len(rows(ticket_id)) == 1


def test_a_payment_is_asked_about_by_whoever_paid_it(asker, client):
    asker.member_id, shop = world.rich(), world.shop()
    sale = world.paid(client, asker.member_id, shop, 1_000)
    about = {"kind": "payment", "subject_id": sale["id"]}
    assert asker.ask(**about).json["subject_id"] == sale["id"]
    foreign = Asker(client).ask(**about)
    assert (foreign.status_code, foreign.json["code"]) == (404, "not_found")
    for kind in ("payment", "top_up", "withdrawal", "order"):
        assert asker.ask(kind=kind, subject_id=str(new_id())).status_code == 404
    assert asker.ask(kind="other", subject_id=sale["id"]).status_code == 422


def test_an_order_is_asked_about_by_whoever_placed_it(asker, client):
    asker.member_id = world.rich(50_000)
    order = market.bought(client, asker.member_id, world.shop())
    about = {"kind": "order", "subject_id": order["id"]}
    assert asker.ask(**about).json["subject_id"] == order["id"]
    assert Asker(client).ask(**about).status_code == 404


def test_staff_notes_and_names_stay_with_staff(asker):
    ticket_id = asker.ask().json["id"]
    asker.serve(ticket_id, "notes", text="疑似重复退款")
    asker.serve(ticket_id, "answers", text="请稍候")
    asker.serve(ticket_id, "assignment", staff_id=str(new_id()))
    shown = asker.own(ticket_id)
    assert "疑似" not in str(shown)
    assert "staff_id" not in str(shown)
    whole = asker.client.get(f"/api/v1/tickets/{ticket_id}", headers=asker.staff).json
    assert [each["step"] for each in whole["messages"]] == [
        "opened",
        "noted",
        "answered",
        "assigned",
    ]
    assert whole["messages"][1]["is_internal"]


def test_a_closed_ticket_opens_again_by_writing_within_its_time_and_is_rated_once(
    asker, monkeypatch
):
    ticket_id = asker.ask().json["id"]
    early = asker.do(ticket_id, "rating", stars=5)
    assert (early.status_code, early.json["code"]) == (409, "ticket_open")
    asker.serve(ticket_id, "answers", text="好了", closes=True)
    assert asker.do(ticket_id, "rating", stars=4).json["rating"] == 4
    again = asker.do(ticket_id, "rating", stars=1)
    assert (again.status_code, again.json["code"]) == (409, "ticket_rated")
    opened = asker.do(ticket_id, "messages", text="还是不对").json
    assert (opened["state"], opened["rating"]) == ("open", None)
    assert asker.do(ticket_id, "close").json["state"] == "closed"
    late = now() + timedelta(days=settings().ticket_reopen_days, seconds=1)
    monkeypatch.setattr(desk, "now", lambda: late)
    refused = asker.do(ticket_id, "messages", text="x")
    assert (refused.status_code, refused.json["code"]) == (409, "ticket_closed")
    assert asker.serve(ticket_id, "answers", text="x").json["code"] == "ticket_closed"
    assert asker.serve(ticket_id, "reopen", text="补充材料").json["state"] == "open"


def test_no_more_than_ten_are_open_at_once(asker):
    made = [asker.ask() for _ in range(11)]
    assert [answer.status_code for answer in made] == [201] * 10 + [409]
    assert made[10].json["code"] == "too_many_tickets"
    asker.do(made[0].json["id"], "close")
    assert asker.ask().status_code == 201


def test_the_same_request_twice_opens_one_ticket(asker):
    key = asker.mine
    wish = {"kind": "other", "text": WORDS}
    answers = [asker.client.post("/api/v1/me/tickets", json=wish, headers=key) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert world.count("notices_ticket", f"member_id = '{asker.member_id}'") == 1


@pytest.mark.parametrize("words", ["", "  \n ", "长" * 2_001])
def test_a_question_has_words_but_not_too_many(asker, words):
    assert asker.ask(words=words).status_code == 422


def test_answered_tickets_close_when_nothing_more_is_said_and_old_ones_are_deleted(
    asker, monkeypatch
):
    ticket_id, waiting = asker.ask().json["id"], asker.ask().json["id"]
    asker.serve(ticket_id, "answers", text="好了")
    keeping.close_quiet()
    assert asker.own(ticket_id)["state"] == "answered"
    late = now() + timedelta(days=settings().ticket_quiet_days, seconds=1)
    monkeypatch.setattr(keeping, "now", lambda: late)
    keeping.close_quiet()
    assert asker.own(ticket_id)["state"] == "closed"
    keeping.clear_old()
    assert rows(ticket_id)
    monkeypatch.setattr(
        keeping, "now", lambda: late + timedelta(days=settings().ticket_keep_days, seconds=1)
    )
    keeping.clear_old()
    assert not rows(ticket_id)
    assert asker.own(waiting)["state"] == "open"


def test_erasing_a_member_erases_every_word(asker):
    ticket_id = asker.ask().json["id"]
    asker.serve(ticket_id, "notes", text="王小明来电")
    in_transaction(lambda: members.erasing.send(None, member_id=asker.member_id))
    assert {row.words for row in rows(ticket_id)} == {None}


def picture(asker, who=None, sent=None):
    address = "/api/v1/me/tickets/pictures"
    sent = stall.picture() if sent is None else sent
    return asker.client.post(address, data=sent, headers=who or asker.mine)


def looked_at(asker, picture_id, who, mine="me/"):
    return asker.client.get(f"/api/v1/{mine}tickets/pictures/{picture_id}.jpg", headers=who)


def test_a_picture_is_seen_by_its_member_and_by_staff_once_it_was_sent(asker):
    first, second = (picture(asker).json["id"] for _ in range(2))
    assert looked_at(asker, first, asker.mine).mimetype == "image/jpeg"
    assert looked_at(asker, first, asker.staff, "").status_code == 404
    asked = asker.ask(pictures=[first])
    ticket_id = asked.json["id"]
    assert asker.do(ticket_id, "messages", text="还有一张", pictures=[second]).status_code == 200
    shown = [each["pictures"] for each in asker.own(ticket_id)["messages"]]
    assert shown == [[first], [second]]
    seen = looked_at(asker, first, asker.staff, "")
    assert (seen.status_code, seen.data[:3]) == (200, b"\xff\xd8\xff")
    assert seen.headers["Cache-Control"] == "private, no-store"
    stranger, cashier = world.headers(world.member()), world.staff_headers("cashier")
    assert looked_at(asker, first, stranger).status_code == 404
    assert looked_at(asker, first, cashier, "").status_code == 403
    kept = read(text("SELECT jpeg FROM notices_ticket_picture WHERE id = :p"), {"p": first})
    assert kept[0].jpeg != decrypt(kept[0].jpeg, picture_context(UUID(first)))
    in_transaction(lambda: members.erasing.send(None, member_id=asker.member_id))
    assert looked_at(asker, first, asker.staff, "").status_code == 404


def test_pictures_of_others_used_ones_and_what_is_no_picture_are_refused(asker, monkeypatch):
    other = world.headers(world.member())
    foreign, used, late = (picture(asker, who).json["id"] for who in (other, None, None))
    asker.ask(pictures=[used])
    for wrong in ([foreign], [used], [str(new_id())]):
        refused = asker.ask(pictures=wrong)
        assert (refused.status_code, refused.json["code"]) == (404, "ticket_picture_unknown")
    assert picture(asker, sent=b"<svg/>").json["code"] == "picture_unusable"
    for _ in range(pictures.MOST_UNUSED - 1):
        assert picture(asker).status_code == 201
    assert picture(asker).json["code"] == "too_many_ticket_pictures"
    monkeypatch.setattr(pictures, "now", lambda: now() + timedelta(days=2))
    pictures.clear_unused()
    assert looked_at(asker, late, asker.mine).status_code == 404
    assert looked_at(asker, used, asker.mine).status_code == 200


def test_ones_own_data_hold_the_words_and_no_internal_note(asker):
    ticket_id = asker.ask().json["id"]
    asker.serve(ticket_id, "notes", text="疑似重复退款")
    address = "/api/v1/me/data-export?part=notices.ticket_messages"
    shown = asker.client.get(address, headers=asker.mine)
    assert shown.status_code == 200, shown.json
    assert [row["words"] for row in shown.json["parts"][0]["rows"]] == [WORDS]
    assert "疑似" not in shown.text


def test_the_report_counts_and_the_inbox_goes_on_where_the_page_ended(asker):
    first, second = (asker.ask().json["id"] for _ in range(2))
    for each in (first, second):
        asker.serve(each, "assignment", staff_id=str(asker.member_id))
    base = f"/api/v1/tickets?assigned_to={asker.member_id}&limit=1"
    page = asker.client.get(base, headers=asker.staff).json["tickets"]
    following = asker.client.get(f"{base}&after={page[0]['id']}", headers=asker.staff).json
    assert [page[0]["id"], following["tickets"][0]["id"]] == [first, second]
    report = asker.client.get("/api/v1/tickets/report", headers=asker.staff).json
    assert report["states"]["open"] >= 2


def test_whoever_writes_without_end_is_stopped_and_staff_see_what_came_last(asker, monkeypatch):
    ticket_id = asker.ask("一").json["id"]
    monkeypatch.setattr(desk, "MOST_AN_HOUR", 3)
    monkeypatch.setattr(reading, "MESSAGES_SHOWN", 2)
    for words in "二三":
        assert asker.do(ticket_id, "messages", text=words).status_code == 200
    refused = asker.do(ticket_id, "messages", text="四")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_ticket_messages")
    monkeypatch.setattr(desk, "MOST_WRITTEN", 3)
    refused = asker.do(ticket_id, "messages", text="四")
    assert (refused.status_code, refused.json["code"]) == (409, "ticket_full")
    assert len(rows(ticket_id)) == 3
    whole = asker.client.get(f"/api/v1/tickets/{ticket_id}", headers=asker.staff).json
    assert [each["text"] for each in whole["messages"]] == ["二", "三"]
    before = f"/api/v1/me/tickets/{ticket_id}?before={whole['earlier_before']}"
    first = asker.client.get(before, headers=asker.mine).json
    assert ([each["text"] for each in first["messages"]], first["earlier_before"]) == (["一"], None)
