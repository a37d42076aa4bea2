"""The right to bring members: suspended, revoked and restored, decision by decision."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.db import db, in_transaction
from app.core.errors import AppError
from app.core.world import new_id
from app.members import service
from tests.members.people import member

pytestmark = pytest.mark.usefixtures("context")


def decide(recommender_id, state, kind="member"):
    return in_transaction(
        lambda: service.decide_authorisation(kind, recommender_id, state, "刷单", new_id()).number
    )


def may(recommender_id, kind="member"):
    return in_transaction(lambda: service.may_recommend(kind, recommender_id))


def test_each_decision_stands_on_record_and_the_last_one_holds():
    member_id = member()
    assert may(member_id)
    for state, allowed in (("suspended", False), ("revoked", False), ("authorised", True)):
        decide(member_id, state)
        assert may(member_id) is allowed
    steps = in_transaction(
        lambda: [(one.number, one.state) for one in service.authorisation_steps(member_id)]
    )
    assert steps == [(1, "suspended"), (2, "revoked"), (3, "authorised")]


def test_the_same_state_twice_is_refused():
    member_id = member()
    with pytest.raises(AppError, match="already"):
        decide(member_id, "authorised")
    decide(member_id, "revoked")
    with pytest.raises(AppError, match="already"):
        decide(member_id, "revoked")
    assert in_transaction(lambda: len(service.authorisation_steps(member_id))) == 1


def test_a_second_account_does_not_bring_the_right_back():
    first, second = member(), member()
    decide(second, "revoked")
    in_transaction(lambda: service.merge_pasts(first, second, {}))
    assert not may(first)
    assert not may(second)


def test_stores_and_the_platform_need_no_right():
    assert may(new_id(), "merchant")
    assert may(new_id(), "platform")


def test_of_many_who_decide_at_once_one_does(app):
    member_id = member()
    start = threading.Barrier(8)

    def work(_):
        with app.app_context():
            start.wait(30)
            try:
                return decide(member_id, "suspended")
            except AppError as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(work, range(8)))
    assert outcomes.count(1) == 1
    assert outcomes.count("authorisation_unchanged") == 7
