"""Staff see real names in part; in clear only with a reason, on record, and not many an hour."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.auth import Principal, open_session
from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.world import new_id
from app.members import service
from tests.members.people import member
from tests.members.real_name import numbers

pytestmark = pytest.mark.usefixtures("context")
REASON = "核对提现收款人的姓名"


class Clerk:
    """One of the staff."""

    def __init__(self, client, role):
        self._client, self.id = client, new_id()
        caller = Principal("staff", self.id, frozenset({role}))
        token = in_transaction(lambda: open_session(caller)).token
        self.headers = {"Authorization": f"Bearer {token}"}

    def sees(self, member_id):
        return self._client.get(f"/api/v1/members/{member_id}/real-name", headers=self.headers)

    def reveals(self, member_id, *fields, reason=REASON):
        path = f"/api/v1/members/{member_id}/real-name/reveal"
        wish = {"fields": list(fields), "reason": reason}
        return self._client.post(path, json=wish, headers=self.headers)

    def reads(self, **query):
        return self._client.get(
            "/api/v1/real-name-reveals", query_string=query, headers=self.headers
        )


@pytest.fixture
def clerk(client):
    return lambda role="operator": Clerk(client, role)


@pytest.fixture
def someone(giver):
    made = giver()
    made.give()
    return made


def recorded():
    return [row[0] for row in read(text("SELECT to_jsonb(t)::text FROM members_reveal t"))]


@pytest.mark.parametrize("role", ["operator", "finance", "support"])
def test_staff_see_what_the_member_sees(clerk, someone, role):
    answer = clerk(role).sees(someone.member_id)
    assert answer.json == someone.shown().json
    assert someone.wish["id_number"] not in answer.text


def test_a_reason_shows_it_in_clear_and_stays_on_record(clerk, someone, capfd):
    finance = clerk("finance")
    answer = finance.reveals(someone.member_id, "name", "card_number")
    assert answer.status_code == 200, answer.json
    assert answer.json["name"] == someone.wish["name"]
    assert answer.json["card_number"] == someone.wish["bank_card"]["number"]
    assert answer.json["id_number"] is None  # was not asked for
    assert answer.headers["Cache-Control"] == "no-store"
    (told,) = clerk().reads(member_id=someone.member_id).json["reveals"]
    assert told["staff_id"] == str(finance.id)
    assert told["fields"] == ["card_number", "name"]
    assert told["reason"] == REASON
    said = capfd.readouterr()
    assert someone.wish["bank_card"]["number"] not in said.out + said.err + str(recorded())


@pytest.mark.parametrize("reason", ["", "看看", " " * 20, "看 看 一 下", "长" * 201, None])
def test_without_a_real_reason_nothing_is_shown_or_written(clerk, someone, reason):
    before = recorded()
    refused = clerk().reveals(someone.member_id, "name", reason=reason)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")
    assert recorded() == before


def test_support_does_not_see_numbers_that_pay_or_prove(clerk, someone):
    before = recorded()
    support = clerk("support")
    refused = support.reveals(someone.member_id, "phone", "id_number")
    assert (refused.status_code, refused.json["code"]) == (403, "field_not_yours")
    assert recorded() == before
    assert support.reveals(someone.member_id, "phone").json["phone"] == someone.wish["phone"]


@pytest.mark.parametrize("role", ["reviewer", "merchant_owner", "cashier", "salesperson", "runner"])
def test_nobody_else_sees_anything(clerk, someone, role):
    before, other = recorded(), clerk(role)
    assert other.sees(someone.member_id).status_code == 403
    assert other.reveals(someone.member_id, "name").status_code == 403
    assert other.reads().status_code == 403
    assert recorded() == before


def test_who_gave_nothing_leaves_no_record(clerk):
    before = recorded()
    assert clerk().reveals(member(), "name").status_code == 404
    assert recorded() == before


def test_one_of_the_staff_sees_few_people_an_hour(clerk, someone, monkeypatch):
    monkeypatch.setenv("REVEAL_HOURLY_LIMIT", "2")
    settings.cache_clear()
    curious, other = clerk(), clerk()
    assert [curious.reveals(someone.member_id, "name").status_code for _ in range(2)] == [200, 200]
    before = recorded()
    refused = curious.reveals(someone.member_id, "name")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == "3600"
    assert recorded() == before
    assert other.reveals(someone.member_id, "name").status_code == 200
    settings.cache_clear()


def test_the_record_is_read_page_by_page_and_cannot_be_changed(clerk, someone):
    operator = clerk()
    for _ in range(3):
        operator.reveals(someone.member_id, "name")
    first = operator.reads(staff_id=operator.id, limit=2).json
    rest = operator.reads(staff_id=operator.id, limit=2, before=first["next_before"]).json
    ids = [each["id"] for each in first["reveals"] + rest["reveals"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert rest["next_before"] is None
    for change in ("DELETE FROM members_reveal", "UPDATE members_reveal SET reason = ''"):
        with pytest.raises(DBAPIError, match="written once"):
            in_transaction(lambda change=change: db.session.execute(text(change)))


def test_after_a_merge_the_person_of_today_is_shown(clerk, someone):
    twin = member()
    in_transaction(lambda: service.merge_pasts(someone.member_id, twin, {}))
    for member_id in (someone.member_id, twin):
        assert clerk().reveals(member_id, "name").json["name"] == someone.wish["name"]


def test_a_real_name_given_wrongly_is_erased_by_an_operator_and_given_anew(client, clerk, giver):
    someone = giver()
    someone.give()
    operator, path = clerk(), f"/api/v1/members/{someone.member_id}/real-name/release"
    wish = {"reason": "证件号码填写有误"}
    for nobody in (clerk("support"), clerk("finance")):
        assert client.post(path, json=wish, headers=nobody.headers).status_code == 403
    assert client.post(path, json={"reason": "误"}, headers=operator.headers).status_code == 422
    assert someone.shown().status_code == 200
    assert client.post(path, json=wish, headers=operator.headers).status_code == 204
    assert someone.shown().status_code == 404
    (told,) = operator.reads(member_id=someone.member_id).json["reveals"]
    assert (told["fields"], told["reason"]) == (["released"], wish["reason"])
    assert client.post(path, json=wish, headers=operator.headers).status_code == 404
    right = numbers.id_number()
    assert someone.give(id_number=right).json["id_number"].endswith(right[-4:])
