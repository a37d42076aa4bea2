"""Two of the staff put a binding right: with a reason, in step with what holds, and undoable."""

from datetime import timedelta

import pytest

from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, new_id, now
from app.members import service
from tests.members.people import bind, by_member, by_store, member, register, signed_in, staff

pytestmark = pytest.mark.usefixtures("context")
API = "/api/v1"


def wish(recommender_id=None, **more):
    kind = "platform" if recommender_id is None else "member"
    return {
        "recommender_kind": kind,
        "recommender_id": recommender_id and str(recommender_id),
        "reason": "会员出示了当时的聊天记录",
        **more,
    }


def propose(client, member_id, body, who=None):
    path = f"{API}/members/{member_id}/binding/corrections"
    return client.post(path, json=body, headers=who or staff())


def decide(client, correction_id, decision="confirm", who=None):
    path = f"{API}/binding-corrections/{correction_id}/decision"
    return client.post(path, json={"decision": decision}, headers=who or staff())


def corrected(client, member_id, recommender_id=None):
    proposed = propose(client, member_id, wish(recommender_id))
    assert proposed.status_code == 201, proposed.json
    done = decide(client, proposed.json["id"])
    assert (done.status_code, done.json["state"]) == (200, "applied"), done.json
    return done.json


def refused(answer, code, status=409):
    assert (answer.status_code, answer.json["code"]) == (status, code)


def brought_by(recommender_id):
    return register(introduction=by_member(recommender_id)).member_id


def test_nothing_moves_until_a_second_person_confirms(client):
    old, new = member(), member()
    member_id, proposer = brought_by(old), staff()
    before = service.binding(member_id)
    proposed = propose(client, member_id, wish(new), proposer)
    refused(decide(client, proposed.json["id"], who=proposer), "second_person_needed", 403)
    assert service.binding(member_id) == before
    done = decide(client, proposed.json["id"])
    assert done.json["before"]["recommender_id"] == str(old)
    assert done.json["after"]["recommender_id"] == str(new)
    after = service.binding(member_id)
    assert (after.recommender_id, after.channel) == (new, "correction")
    assert after.bound_at == before.bound_at
    refused(decide(client, proposed.json["id"]), "correction_decided")


def test_another_correction_undoes_one(client):
    old, new = member(), member()
    member_id = brought_by(old)
    corrected(client, member_id, new)
    corrected(client, member_id, old)
    assert service.binding(member_id).recommender_id == old
    assert service.recommended_count(new) == 0


def test_a_stale_proposal_is_refused_and_can_be_declined(client):
    member_id = member()
    proposed = propose(client, member_id, wish(member())).json["id"]
    scanned = bind(member_id, by_store())
    refused(decide(client, proposed), "correction_stale")
    assert service.binding(member_id) == scanned
    assert decide(client, proposed, "decline").json["state"] == "declined"


def test_one_correction_of_a_member_waits_at_a_time(client):
    member_id = member()
    first = propose(client, member_id, wish(member())).json["id"]
    refused(propose(client, member_id, wish()), "correction_pending")
    proposer_declines = decide(client, first, "decline")
    assert proposer_declines.status_code == 200
    assert propose(client, member_id, wish()).status_code == 201


@pytest.mark.parametrize("depth", [1, 3, 30])
def test_nobody_is_hung_below_whom_they_brought_at_any_depth(client, depth):
    top = member()
    member_id = brought_by(top)
    chain = [member_id]
    for _ in range(depth):
        chain.append(brought_by(chain[-1]))
    before = service.binding(member_id)
    refused(propose(client, member_id, wish(chain[-1])), "binding_loop")
    refused(propose(client, member_id, wish(member_id)), "self_binding")
    assert service.binding(member_id) == before


def test_a_loop_that_arose_since_the_proposal_is_refused(client):
    member_id, other = brought_by(member()), member()
    proposed = propose(client, member_id, wish(other)).json["id"]
    bind(other, by_member(member_id))
    before = service.binding(member_id)
    refused(decide(client, proposed), "binding_loop")
    assert service.binding(member_id) == before


def test_what_cannot_be_is_not_proposed(client):
    member_id = brought_by(member())
    present = service.binding(member_id)
    unknown = wish(new_id())
    refused(propose(client, member_id, unknown), "recommender_unknown", 404)
    refused(propose(client, member_id, wish(present.recommender_id)), "nothing_to_correct")
    refused(propose(client, new_id(), wish()), "member_unknown", 404)
    refused(propose(client, member_id, wish(home_store_id=str(new_id()))), "home_store_unfit")
    merchant = wish(new_id()) | {"recommender_kind": "merchant"}
    refused(propose(client, member_id, merchant), "recommender_unknown", 404)
    nobody = wish() | {"recommender_kind": "member"}
    refused(propose(client, member_id, nobody), "recommender_unknown", 404)
    assert service.binding(member_id) == present


@pytest.mark.parametrize("role", ["support", "finance", "cashier", "merchant_owner"])
def test_only_operators_correct(client, role):
    member_id = member()
    proposed = propose(client, member_id, wish(member())).json["id"]
    assert propose(client, member(), wish(), staff(role)).status_code == 403
    assert decide(client, proposed, who=staff(role)).status_code == 403
    assert propose(client, member(), wish(), signed_in(member_id)).status_code == 403
    assert service.binding(member_id) is None


def test_a_correction_answers_the_dispute_it_is_for(client):
    member_id, right = brought_by(member()), member()
    said = {"reason": "是别人带我来的"}
    path = f"{API}/me/binding/disputes"
    dispute = client.post(path, json=said, headers=signed_in(member_id)).json
    strangers = propose(client, member(), wish(right, dispute_id=dispute["id"]))
    refused(strangers, "dispute_closed")
    proposed = propose(client, member_id, wish(right, dispute_id=dispute["id"]))
    decide(client, proposed.json["id"])
    mine = client.get(path, headers=signed_in(member_id)).json["disputes"]
    assert [each["state"] for each in mine] == ["corrected"]


def test_a_scan_that_is_heard_of_late_does_not_undo_a_correction(client):
    member_id = brought_by(member())
    corrected(client, member_id)
    earlier = now() - timedelta(hours=1)
    with pytest.raises(service.AlreadyBound):
        in_transaction(lambda: service.bind(member_id, by_store(), "scan", earlier))
    assert service.binding(member_id).recommender_id == PLATFORM_ID


def test_corrections_are_listed_by_state_page_by_page(client):
    members = [member() for _ in range(2)]
    first, second = (propose(client, each, wish()).json["id"] for each in members)
    path = f"{API}/binding-corrections"
    query = {"state": "proposed", "after": first}
    found = client.get(path, query_string=query, headers=staff("support")).json["corrections"]
    assert second in [each["id"] for each in found]
    assert first not in [each["id"] for each in found]
    assert client.get(f"{path}/{second}", headers=staff("finance")).json["id"] == second
    assert client.get(f"{path}/{new_id()}", headers=staff()).status_code == 404
