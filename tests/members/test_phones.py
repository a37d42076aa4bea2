"""A member's phone number: verified by WeChat, consented to, one person's, and theirs to delete."""

import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction, read
from app.core.world import now
from app.members import phones, service
from tests.members.people import MINI_PROGRAM, OFFICIAL_ACCOUNT, member, register, signed_in

pytestmark = pytest.mark.usefixtures("context")
PATH = "/api/v1/me/phone"


class Person:
    """A member with a phone who has opened the mini-program."""

    def __init__(self, sandbox, client, phone=None):
        self._sandbox, self._client = sandbox, client
        self.phone = phone or sandbox.phone()
        self.member_id = register(self.phone["mini_openid"], app_id=MINI_PROGRAM).member_id
        self.headers = signed_in(self.member_id)
        sandbox.act(self.phone, "privacy")

    def code(self):
        return self._sandbox.act(self.phone, "phone-number")["code"]

    def give(self, **wish):
        wish = {"code": wish.pop("code", None) or self.code(), "consent": True} | wish
        return self._client.post(PATH, json=wish, headers=self.headers)

    def shown(self):
        return self._client.get(PATH, headers=self.headers)


@pytest.fixture
def person(sandbox, client):
    return lambda phone=None: Person(sandbox, client, phone)


@pytest.fixture(autouse=True)
def nobody_before(context):
    """A sandbox that begins anew gives the same numbers to other people."""
    in_transaction(lambda: db.session.execute(text("DELETE FROM members_phone")))


def stored():
    return [tuple(row) for row in read(text("SELECT key, member_id, number FROM members_phone"))]


def test_a_number_is_kept_encrypted_and_shown_in_part(person):
    someone = person()
    answer = someone.give()
    assert answer.status_code == 201, answer.json
    number = someone.phone["number"]
    assert answer.json["masked"] == f"{number[:3]}****{number[-4:]}"
    assert answer.json["consented_at"]
    assert someone.shown().json == answer.json
    assert number not in str(stored())
    assert phones.member_with("86", number) == someone.member_id


@pytest.mark.parametrize("consent", [False, None, "yes", 1])
def test_without_consent_nothing_is_asked_or_kept(person, consent):
    someone = person()
    code = someone.code()
    before = stored()
    refused = someone.give(code=code, consent=consent)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")
    assert stored() == before
    assert someone.give(code=code).status_code == 201  # the code was not used up


def test_a_code_works_once_and_only_for_whom_it_is(person):
    someone, other = person(), person()
    code = someone.code()
    before = stored()
    assert other.give(code=code).status_code in (409, 422)
    assert stored() == before
    fresh = someone.code()
    assert someone.give(code=fresh).status_code == 201
    again = someone.give(code=fresh)
    assert (again.status_code, again.json["code"]) == (422, "phone_code_invalid")


def test_a_number_is_one_persons_and_staff_see_the_two_who_claim_it(person):
    someone = person()
    someone.give()
    twin = member()
    key = stored()
    waiting = service.same_person_count()
    taken = in_transaction(lambda: phones._keep(twin, "86", someone.phone["number"]))
    assert taken == someone.member_id
    assert stored() == key
    assert service.same_person_count() == waiting + 1


def test_a_new_number_replaces_the_old_one(person):
    someone = person()
    someone.give()
    in_transaction(lambda: phones._keep(someone.member_id, "86", "13900001234"))
    assert someone.shown().json["masked"] == "139****1234"
    assert phones.member_with("86", someone.phone["number"]) is None


def test_who_takes_their_consent_back_is_forgotten(person, client):
    someone = person()
    someone.give()
    assert client.delete(PATH, headers=someone.headers).status_code == 204
    assert someone.shown().status_code == 404
    assert someone.member_id not in [row[1] for row in stored()]


def test_who_leaves_is_forgotten_too(person):
    someone = person()
    someone.give()
    openid = someone.phone["openid"]
    register(openid)
    in_transaction(
        lambda: service.merge(service.member_of(OFFICIAL_ACCOUNT, openid), someone.member_id)
    )
    in_transaction(lambda: service.note_unfollow(OFFICIAL_ACCOUNT, openid, now()))
    assert someone.shown().status_code == 404


def test_a_merge_takes_the_number_along_and_its_undoing_brings_it_back(person):
    someone, other = person(), member()
    someone.give()
    merge_id = in_transaction(lambda: service.merge_pasts(other, someone.member_id, {}))
    stays = min(other, someone.member_id)
    assert phones.member_with("86", someone.phone["number"]) == stays
    in_transaction(lambda: service.undo(merge_id, other, "认错人"))
    assert phones.member_with("86", someone.phone["number"]) == someone.member_id


def test_who_has_not_opened_the_mini_program_gives_no_number(client):
    wish = {"code": "0" * 32, "consent": True}
    refused = client.post(PATH, json=wish, headers=signed_in(member()))
    assert (refused.status_code, refused.json["code"]) == (409, "mini_program_needed")


@pytest.mark.parametrize(
    ("number", "shown"), [("13812345678", "138****5678"), ("1234567", "*******")]
)
def test_enough_of_a_number_is_hidden(number, shown):
    assert phones.masked(number) == shown
