"""Two of the staff bring members together who are one person, or keep them apart; and undo it."""

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.members import service
from app.members.jobs import merge_same_person
from app.members.reviews import mark_same_person
from tests.members.people import (
    MINI_PROGRAM,
    OFFICIAL_ACCOUNT,
    bind,
    by_member,
    by_store,
    register,
    signed_in,
    staff,
    stranger,
)

pytestmark = pytest.mark.usefixtures("context")


class Pair:
    """Two accounts of one person, who brought somebody with each of them."""

    def __init__(self):
        self.openids = stranger(), stranger()
        self.earlier = register(self.openids[0], app_id=MINI_PROGRAM).member_id
        self.later = register(self.openids[1], by_store()).member_id
        self.friends = [
            register(introduction=by_member(each)).member_id for each in (self.earlier, self.later)
        ]
        proof = {"kind": "unionid", "key": "00"}
        in_transaction(lambda: mark_same_person(self.earlier, self.later, proof=proof))
        self.path = f"/api/v1/members/same-person/{self.later}/{self.earlier}"

    def standing(self):
        """Everything that a merge moves."""
        apps = (MINI_PROGRAM, OFFICIAL_ACCOUNT)
        return (
            [service.member_of(*each) for each in zip(apps, self.openids, strict=True)],
            [service.binding(each).recommender_id for each in self.friends],
            [service.binding(each) for each in (self.earlier, self.later)],
            [service.profile(each).state for each in (self.earlier, self.later)],
        )


@pytest.fixture
def pair():
    return Pair()


def merged(client, pair):
    wish = {"proposal": "merge", "reason": "同一人,两个微信号"}
    assert client.post(f"{pair.path}/proposal", json=wish, headers=staff()).status_code == 200
    answer = client.post(f"{pair.path}/decision", json={"decision": "confirm"}, headers=staff())
    assert (answer.status_code, answer.json["state"]) == (200, "merged")
    return answer.json["merge_id"]


def test_a_proposal_moves_nothing_until_somebody_else_confirms_it(client, pair):
    before, proposer = pair.standing(), staff()
    wish = {"proposal": "merge", "reason": "同一人"}
    assert client.post(f"{pair.path}/proposal", json=wish, headers=proposer).status_code == 200
    own = client.post(f"{pair.path}/decision", json={"decision": "confirm"}, headers=proposer)
    assert (own.status_code, own.json["code"]) == (403, "second_person_needed")
    assert pair.standing() == before
    second = client.post(f"{pair.path}/decision", json={"decision": "confirm"}, headers=staff())
    assert (second.status_code, second.json["state"]) == (200, "merged")
    assert service.today(pair.later) == pair.earlier


def test_everything_of_the_later_one_is_the_earlier_ones_afterwards(client, pair):
    headers = signed_in(pair.later)
    first_binding = service.binding(pair.later)
    merged(client, pair)
    found, recommenders, (binding, _), _ = pair.standing()
    assert found == [pair.earlier, pair.earlier]
    assert recommenders == [pair.earlier, pair.earlier]
    assert binding.recommender_id == first_binding.recommender_id
    assert client.get("/api/v1/me", headers=headers).json["member_id"] == str(pair.earlier)
    assert service.openid_of(pair.later, OFFICIAL_ACCOUNT) == pair.openids[1]


def test_a_declined_proposal_waits_again(client, pair):
    wish = {"proposal": "keep_apart", "reason": "看错了"}
    client.post(f"{pair.path}/proposal", json=wish, headers=staff())
    declined = client.post(f"{pair.path}/decision", json={"decision": "decline"}, headers=staff())
    assert declined.json["state"] == "waiting"
    assert client.post(f"{pair.path}/proposal", json=wish, headers=staff()).status_code == 200
    again = client.post(f"{pair.path}/proposal", json=wish, headers=staff())
    assert (again.status_code, again.json["code"]) == (409, "not_decidable")


def test_who_was_kept_apart_is_not_merged_by_the_same_unionid_again(client, pair):
    wish = {"proposal": "keep_apart", "reason": "夫妻共用"}
    client.post(f"{pair.path}/proposal", json=wish, headers=staff())
    client.post(f"{pair.path}/decision", json={"decision": "confirm"}, headers=staff())
    before = pair.standing()
    merge_same_person({"member_id": str(pair.later), "other_id": str(pair.earlier)})
    assert pair.standing() == before


def test_staff_see_the_evidence_for_a_pair(client, pair):
    shown = client.get(pair.path, headers=staff("support")).json
    assert shown["proof"]["kind"] == "unionid"
    assert [part["has_past"] for part in shown["members"]] == [True, True]
    merged(client, pair)
    evidence = client.get(pair.path, headers=staff("support")).json["merges"][0]
    assert evidence["proof"]["reason"] == "同一人,两个微信号"
    assert evidence["moved"]["members"]["brought"] == [str(pair.friends[1])]


def test_undoing_a_merge_restores_everything_and_asks_both_to_sign_in_again(client, pair):
    before, headers = pair.standing(), signed_in(pair.later)
    merge_id = merged(client, pair)
    path = f"/api/v1/members/merges/{merge_id}/undo"
    answer = client.post(path, json={"reason": "认错人"}, headers=staff())
    assert (answer.status_code, answer.json["undo_reason"]) == (200, "认错人")
    assert pair.standing() == before
    assert service.today(pair.later) == pair.later
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    again = client.post(path, json={"reason": "认错人"}, headers=staff())
    assert (again.status_code, again.json["code"]) == (409, "cannot_undo")


def test_a_merge_is_not_undone_after_another_one_followed(client, pair):
    merge_id = merged(client, pair)
    third = register().member_id
    in_transaction(lambda: service.merge(pair.earlier, third))
    before = pair.standing()
    path = f"/api/v1/members/merges/{merge_id}/undo"
    answer = client.post(path, json={"reason": "认错人"}, headers=staff())
    assert (answer.status_code, answer.json["code"]) == (409, "cannot_undo")
    assert pair.standing() == before


@pytest.mark.parametrize("role", ["cashier", "finance", "merchant_owner"])
def test_others_may_not_decide_who_is_one_person(client, pair, role):
    before = pair.standing()
    for path, wish in (
        (f"{pair.path}/proposal", {"proposal": "merge", "reason": "x"}),
        (f"{pair.path}/decision", {"decision": "confirm"}),
        (f"/api/v1/members/merges/{new_id()}/undo", {"reason": "x"}),
    ):
        assert client.post(path, json=wish, headers=staff(role)).status_code == 403
    assert pair.standing() == before


def test_an_unknown_pair_or_merge_is_a_clear_problem(client):
    path = f"/api/v1/members/same-person/{new_id()}/{new_id()}"
    assert client.get(path, headers=staff()).status_code == 404
    undo = f"/api/v1/members/merges/{new_id()}/undo"
    assert client.post(undo, json={"reason": "x"}, headers=staff()).status_code == 404


def test_who_brought_the_other_is_no_loop_for_staff(client):
    """The later one brought the earlier: bringing them together would close a loop."""
    earlier = register().member_id
    later = register().member_id
    bind(earlier, by_member(later))
    with pytest.raises(service.CannotMerge):
        in_transaction(lambda: service.merge_pasts(earlier, later, {}))
    assert service.today(later) == later
