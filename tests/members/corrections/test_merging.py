"""Corrections and merges together: no loop, no self-binding, and what people decided stays."""

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.members import service
from app.members.service import CannotUndo, Introduction
from tests.members.corrections.test_corrections import corrected, decide, propose, wish
from tests.members.people import bind, by_member, by_store, member, register

pytestmark = pytest.mark.usefixtures("context")


def merge_pasts(one, other):
    return in_transaction(lambda: service.merge_pasts(one, other, {}))


def undo(merge_id):
    staff_id = new_id()
    return in_transaction(lambda: service.undo(merge_id, staff_id, "认错人"))


def test_what_people_corrected_outlives_a_merge_with_an_earlier_scan(client):
    first, second = (register(introduction=by_member(member())).member_id for _ in range(2))
    right = member()
    corrected(client, second, right)
    merge_pasts(first, second)
    assert service.binding(first).recommender_id == right


def test_a_proposal_for_a_member_who_was_merged_since_is_stale(client):
    first, second = member(), register(introduction=by_member(member())).member_id
    proposed = propose(client, second, wish(member())).json["id"]
    merge_pasts(first, second)
    answer = decide(client, proposed)
    assert (answer.status_code, answer.json["code"]) == (409, "correction_stale")


def test_a_merge_whose_binding_was_corrected_since_is_not_undone(client):
    first, second = member(), register(introduction=by_member(member())).member_id
    merge_id = merge_pasts(first, second)
    corrected(client, first, member())
    before = service.binding(first)
    with pytest.raises(CannotUndo):
        undo(merge_id)
    assert service.binding(first) == before


def test_undoing_a_merge_closes_no_loop():
    """The friend who brought the second account was brought by that account's own friend since."""
    friend, first = member(), member()
    bind(first, by_store())
    second = register(introduction=by_member(friend)).member_id
    brought = register(introduction=by_member(second)).member_id
    merge_id = merge_pasts(first, second)
    bind(friend, by_member(brought))
    with pytest.raises(CannotUndo):
        undo(merge_id)
    assert service.today(second) == first


def test_a_merge_makes_no_salesperson_their_own_recommender():
    """The second account had scanned the salesperson's code; the first one is the salesperson."""
    salesperson = Introduction("salesperson", member(), scene="P" + "x" * 30)
    first, second = member(), register(introduction=salesperson).member_id

    def behind(_, *, kind, recommender_id):
        return first if recommender_id == salesperson.recommender_id else None

    with service.person_asked.connected_to(behind):
        merge_pasts(first, second)
    bound = service.binding(first)
    assert bound is None or bound.recommender_kind == "platform"
