"""A member invites a phone number; whoever has it confirms, and nobody learns who is a member."""

import random
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from app.core.db import in_transaction, read
from app.core.world import PLATFORM_ID, new_id, now
from app.members import phones, service
from app.members.invitations import receiving, sending
from app.members.service import Introduction
from tests.members.people import bind, by_member, by_store, member, register, signed_in

pytestmark = pytest.mark.usefixtures("context")
PATH = "/api/v1/me/invitations"
PLATFORM = Introduction("platform", PLATFORM_ID)


def number():
    return f"139{random.SystemRandom().randrange(10**8):08d}"


def owner_of(phone, introduction=PLATFORM):
    """A member who came without a code and whose number WeChat has verified."""
    member_id = register(introduction=introduction).member_id
    in_transaction(lambda: phones._keep(member_id, "86", phone))
    return member_id


def invite(client, member_id, phone):
    return client.post(PATH, json={"phone": phone}, headers=signed_in(member_id))


def invited(client, member_id, phone):
    answer = invite(client, member_id, phone)
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def received(client, member_id):
    answer = client.get(f"{PATH}/received", headers=signed_in(member_id))
    return [each["id"] for each in answer.json["invitations"]]


def answer(client, member_id, invitation_id, word="confirm"):
    path = f"{PATH}/received/{invitation_id}/{word}"
    return client.post(path, headers=signed_in(member_id))


def sent(client, member_id):
    shown = client.get(PATH, headers=signed_in(member_id)).json["invitations"]
    return [(each["id"], each["state"]) for each in shown]


def test_who_has_the_number_confirms_and_is_bound(client):
    phone, inviter = number(), member()
    invitation_id = invited(client, inviter, phone)
    invitee = owner_of(phone)
    assert received(client, invitee) == [invitation_id]
    done = answer(client, invitee, invitation_id)
    assert (done.status_code, done.json["recommender_id"]) == (200, str(inviter))
    bound = service.binding(invitee)
    assert (bound.recommender_id, bound.channel) == (inviter, "phone_invitation")
    assert sent(client, inviter) == [(invitation_id, "confirmed")]
    assert answer(client, invitee, invitation_id).json == done.json


def test_nothing_told_to_the_inviter_depends_on_whose_the_number_is(client):
    inviter = member()
    strange, known, bound, taken = (number() for _ in range(4))
    owner_of(known)
    owner_of(bound, by_store())
    declining = owner_of(taken)
    answers = [invite(client, inviter, phone) for phone in (strange, known, bound, taken)]
    answer(client, declining, answers[-1].json["id"], "decline")
    again = [invite(client, inviter, phone) for phone in (strange, known, bound, taken)]
    for first, second in zip(answers, again, strict=True):
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json == second.json
        assert set(first.json) == set(answers[0].json)
        assert first.json["state"] == "open"
    assert {state for _, state in sent(client, inviter)} == {"open"}
    assert received(client, declining) == []
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert {state for _, state in sent(client, inviter)} == {"expired"}


def test_the_data_export_of_the_inviter_tells_no_answer(client):
    phone, inviter = number(), member()
    declining = owner_of(phone)
    answer(client, declining, invited(client, inviter, phone), "decline")
    told = client.get("/api/v1/me/data-export", headers=signed_in(inviter)).json
    (row,) = next(part["rows"] for part in told["parts"] if part["name"] == "members.invitations")
    assert row["number"] == phone
    assert not {"state", "ended_at", "invitee_id", "phone_key"} & set(row)


def test_the_first_that_is_confirmed_counts(client):
    phone, first, second = number(), member(), member()
    ids = [invited(client, each, phone) for each in (first, second)]
    invitee = owner_of(phone)
    assert received(client, invitee) == ids
    assert answer(client, invitee, ids[1]).status_code == 200
    late = answer(client, invitee, ids[0])
    assert (late.status_code, late.json["code"]) == (409, "already_bound")
    assert received(client, invitee) == []
    assert service.binding(invitee).recommender_id == second


def test_whoever_was_brought_by_a_code_sees_no_invitation(client):
    phone = number()
    invitation_id = invited(client, member(), phone)
    for introduction in (by_store(), by_member(member())):
        invitee = owner_of(phone, introduction)
        before = service.binding(invitee)
        assert received(client, invitee) == []
        assert answer(client, invitee, invitation_id).json["code"] == "already_bound"
        assert service.binding(invitee) == before
        in_transaction(lambda invitee=invitee: phones.forget(invitee))


def test_only_who_has_the_number_sees_confirms_or_declines_it(client):
    phone, inviter = number(), member()
    invitation_id = invited(client, inviter, phone)
    for stranger in (owner_of(number()), register(introduction=PLATFORM).member_id, inviter):
        before = service.binding(stranger)
        assert received(client, stranger) == []
        for word in ("confirm", "decline"):
            assert answer(client, stranger, invitation_id, word).status_code == 404
        assert service.binding(stranger) == before
    assert client.delete(f"{PATH}/{invitation_id}", headers=signed_in(member())).status_code == 404
    assert received(client, owner_of(phone)) == [invitation_id]


def test_nobody_invites_themselves_or_whom_they_stand_below(client):
    phone, below = number(), member()
    invitee = owner_of(phone)
    bind(below, by_member(invitee))
    own = invited(client, invitee, phone)
    assert own not in received(client, invitee)
    assert answer(client, invitee, own).json["code"] == "self_binding"
    loop = answer(client, invitee, invited(client, below, phone))
    assert (loop.status_code, loop.json["code"]) == (409, "binding_loop")
    assert service.binding(invitee).recommender_kind == "platform"


def test_a_chosen_home_store_stays(client):
    phone, store_id = number(), new_id()
    invitee = owner_of(phone)
    in_transaction(lambda: service.choose_home_store(invitee, store_id))
    bringer = register(introduction=by_store()).member_id
    answer(client, invitee, invited(client, bringer, phone))
    bound = service.binding(invitee)
    assert (bound.recommender_id, bound.home_store_id) == (bringer, store_id)


def test_an_invitation_taken_back_or_over_is_not_confirmed(client):
    phone, inviter = number(), member()
    invitation_id = invited(client, inviter, phone)
    invitee = owner_of(phone)
    path = f"{PATH}/{invitation_id}"
    assert client.delete(path, headers=signed_in(inviter)).json["state"] == "withdrawn"
    assert answer(client, invitee, invitation_id).status_code == 404
    assert invited(client, inviter, phone) == invitation_id
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert answer(client, invitee, invitation_id).status_code == 404
        assert client.delete(path, headers=signed_in(inviter)).json["code"] == "invitation_ended"
    assert service.binding(invitee).recommender_kind == "platform"


def test_numbers_are_encrypted_and_forgotten_when_the_time_is_over(client):
    phone, inviter = number(), member()
    invitation_id = invited(client, inviter, phone)
    query = "SELECT number, phone_key, state FROM members_invitation WHERE id = :id"
    stored = read(text(query), {"id": invitation_id})[0]
    assert phone not in str(stored)
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert sending.expire() >= 1
        assert tuple(read(text(query), {"id": invitation_id})[0]) == (None, None, "expired")
        assert sent(client, inviter) == [(invitation_id, "expired")]
        assert invited(client, inviter, phone) != invitation_id


def test_an_erased_inviter_leaves_no_number(client):
    inviter = member()
    invitation_id = invited(client, inviter, number())
    in_transaction(lambda: service.erasing.send("members", member_id=inviter))
    query = "SELECT number, phone_key FROM members_invitation WHERE id = :id"
    assert tuple(read(text(query), {"id": invitation_id})[0]) == (None, None)


@pytest.mark.parametrize("phone", ["", "12345", "1380013800x", "02155556666", None, 13800138000])
def test_what_is_no_mobile_number_is_refused(client, phone):
    inviter = member()
    assert invite(client, inviter, phone).status_code == 422
    assert sent(client, inviter) == []


def test_whose_right_was_revoked_invites_nobody_and_earlier_ones_do_not_count(client):
    phone, inviter = number(), member()
    invitation_id = invited(client, inviter, phone)
    invitee = owner_of(phone)
    in_transaction(
        lambda: service.decide_authorisation("member", inviter, "revoked", "刷单", new_id())
    )
    refused = invite(client, inviter, number())
    assert (refused.status_code, refused.json["code"]) == (403, "recommending_suspended")
    assert received(client, invitee) == []
    assert answer(client, invitee, invitation_id).status_code == 404


def test_giving_ones_number_tells_how_many_invitations_wait(client):
    phone = number()
    for _ in range(2):
        invited(client, member(), phone)
    invitee = owner_of(phone)
    shown = client.get("/api/v1/me/phone", headers=signed_in(invitee)).json
    assert shown["invitations_waiting"] == 2


def test_the_invited_person_recognises_the_inviter_by_a_part_of_their_number(client):
    phone, own = number(), number()
    inviter = owner_of(own)
    invited(client, inviter, phone)
    (shown,) = in_transaction(lambda: receiving.received(owner_in_unit(phone)))
    assert shown.inviter_phone == f"{own[:3]}****{own[-4:]}"


def owner_in_unit(phone):
    member_id = service.register("wxdevmini000000001", new_id().hex, None, "t", PLATFORM, now())
    phones._keep(member_id.member_id, "86", phone)
    return member_id.member_id
