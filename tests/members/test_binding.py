"""One recommender and one home store for good: no self-binding, no loops, no rebinding."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.db import db, in_transaction
from app.core.errors import AppError
from app.core.world import PLATFORM_ID, new_id
from app.members import service
from app.members.service import Introduction
from tests.members.people import bind, by_member, by_store, member, register, stranger

pytestmark = pytest.mark.usefixtures("context")


def test_a_stores_code_binds_its_merchant_and_the_store_as_home():
    introduction = by_store()
    registered = register(introduction=introduction)
    bound = service.binding(registered.member_id)
    assert registered.is_newly_bound
    assert bound == registered.binding
    assert (bound.recommender_kind, bound.recommender_id) == (
        "merchant",
        introduction.recommender_id,
    )
    assert bound.home_store_id == introduction.home_store_id
    assert (bound.scene, bound.channel) == (introduction.scene, "follow")


def test_a_later_scan_binds_nobody_again():
    openid = stranger()
    first = register(openid, by_store())
    again = register(openid, by_store())
    assert (again.is_newly_bound, again.refusal) == (False, "already_bound")
    assert service.binding(first.member_id) == first.binding
    with pytest.raises(service.AlreadyBound):
        bind(first.member_id, by_member(member()))
    assert service.binding(first.member_id) == first.binding


def test_who_followed_without_a_code_is_bound_by_the_first_code_they_scan():
    openid, friend = stranger(), member()
    assert register(openid).binding is None
    scanned = register(openid, by_member(friend))
    assert scanned.is_newly_bound
    assert scanned.binding.recommender_id == friend


def test_a_member_brought_by_a_member_inherits_the_home_store():
    store_id = new_id()
    bringer = register(introduction=by_store(store_id)).member_id
    assert register(introduction=by_member(bringer)).binding.home_store_id == store_id


def test_no_home_store_is_inherited_when_the_switch_is_off(monkeypatch):
    from config.settings import settings

    bringer = register(introduction=by_store()).member_id
    monkeypatch.setattr(settings(), "home_store_inherited", False)
    assert register(introduction=by_member(bringer)).binding.home_store_id is None


def test_nobody_recommends_themselves():
    member_id = member()
    with pytest.raises(service.SelfBinding):
        bind(member_id, by_member(member_id))
    assert service.binding(member_id) is None


def test_scanning_ones_own_code_is_refused_and_harmless():
    openid = stranger()
    member_id = register(openid).member_id
    scanned = register(openid, by_member(member_id))
    assert (scanned.refusal, scanned.binding) == ("self_binding", None)


@pytest.mark.parametrize("depth", [1, 2, 40])
def test_no_loop_at_any_depth(depth):
    chain = [member()]
    for _ in range(depth):
        chain.append(register(introduction=by_member(chain[-1])).member_id)
    with pytest.raises(service.BindingLoop):
        bind(chain[0], by_member(chain[-1]))
    assert service.binding(chain[0]) is None


def test_an_unknown_recommender_binds_nobody_but_the_person_is_a_member():
    registered = register(introduction=by_member(new_id()))
    assert registered.is_new
    assert (registered.refusal, registered.binding) == ("recommender_unknown", None)


def race(app, pairs):
    """Binds all pairs (member, recommender) at the same moment; the outcome of each."""
    start = threading.Barrier(len(pairs))

    def one(pair):
        with app.app_context():
            start.wait(30)
            try:
                return bind(pair[0], by_member(pair[1])) and "bound"
            except AppError as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(pairs)) as pool:
        return list(pool.map(one, pairs))


def test_two_members_who_scan_each_other_at_the_same_moment_are_not_bound_mutually(app):
    for _ in range(40):
        one, other = member(), member()
        assert sorted(race(app, [(one, other), (other, one)])) == ["binding_loop", "bound"]
        assert (service.binding(one) is None) != (service.binding(other) is None)


def test_a_ring_of_members_who_scan_each_other_at_once_stays_open(app):
    for size in (3, 5, 8):
        ring = [member() for _ in range(size)]
        outcomes = race(app, [(ring[i], ring[(i + 1) % size]) for i in range(size)])
        assert sorted(outcomes) == ["binding_loop"] + ["bound"] * (size - 1)


def test_one_member_who_scans_many_codes_at_once_is_bound_once(app):
    scanner = member()
    outcomes = race(app, [(scanner, member()) for _ in range(12)])
    assert sorted(outcomes) == ["already_bound"] * 11 + ["bound"]


def choose(member_id, store_id):
    return in_transaction(lambda: service.choose_home_store(member_id, store_id))


def test_the_home_store_is_chosen_once():
    salesperson = Introduction("salesperson", new_id(), scene="P" + "x" * 30)
    member_id = register(introduction=salesperson).member_id
    store_id = new_id()
    assert choose(member_id, store_id) == store_id
    assert choose(member_id, store_id) == store_id
    with pytest.raises(service.HomeStoreChosen):
        choose(member_id, new_id())
    bound = service.binding(member_id)
    assert (bound.recommender_kind, bound.home_store_id) == ("salesperson", store_id)


def test_the_store_that_registered_a_member_stays_home():
    introduction = by_store()
    member_id = register(introduction=introduction).member_id
    with pytest.raises(service.HomeStoreChosen):
        choose(member_id, new_id())
    assert service.binding(member_id).home_store_id == introduction.home_store_id


def test_who_chooses_a_home_store_before_anybody_brought_them_belongs_to_the_platform():
    member_id, store_id = member(), new_id()
    choose(member_id, store_id)
    bound = service.binding(member_id)
    assert (bound.recommender_kind, bound.recommender_id) == ("platform", PLATFORM_ID)
    with pytest.raises(service.AlreadyBound):
        bind(member_id, by_member(member()))


def test_choosing_for_nobody_is_refused():
    with pytest.raises(service.MemberUnknown):
        choose(new_id(), new_id())


def test_a_member_sees_whom_they_brought():
    bringer = member()
    brought = [register(introduction=by_member(bringer)).member_id for _ in range(3)]
    found = service.recommended_by(bringer)
    assert {one.member_id for one in found} == set(brought)
    assert service.recommended_count(bringer) == 3
    assert service.recommended_by(brought[0]) == []
