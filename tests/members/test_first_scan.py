"""Whoever's code was scanned first has brought the person, in whatever order the news comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import text

from app.core.db import in_transaction, read
from app.core.world import PLATFORM_ID, new_id, now
from app.members import service
from app.members.recognition import Comer
from app.members.service import Introduction
from tests.members.people import OFFICIAL_ACCOUNT, by_member, by_store, member, stranger
from tests.wallet.people import earned

pytestmark = pytest.mark.usefixtures("context")
NOBODY = Introduction("platform", PLATFORM_ID)


def scan(openid, introduction, at, channel="scan"):
    return in_transaction(
        lambda: service.register(OFFICIAL_ACCOUNT, openid, None, channel, introduction, at)
    )


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_first_of_three_scans_counts_in_whatever_order_they_are_heard_of(order):
    begin, openid = now().replace(microsecond=0), stranger()
    codes = [by_store(), by_member(member()), by_store()]
    for number in order:
        scan(openid, codes[number], begin + timedelta(seconds=number))
    bound = service.binding(service.member_of(OFFICIAL_ACCOUNT, openid))
    assert bound.recommender_id == codes[0].recommender_id
    assert bound.home_store_id == codes[0].home_store_id
    assert bound.bound_at == begin


def test_scans_heard_of_at_the_same_moment_by_many_doors_credit_the_first(app):
    begin, openid = now().replace(microsecond=0), stranger()
    codes = [by_store() for _ in range(16)]

    def door(number):
        with app.app_context():
            scan(openid, codes[number], begin + timedelta(seconds=number))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(door, reversed(range(16))))
    bound = service.binding(service.member_of(OFFICIAL_ACCOUNT, openid))
    assert bound.recommender_id == codes[0].recommender_id
    counted = "SELECT count(*) FROM members_binding WHERE member_id = :id"
    assert read(text(counted), {"id": bound.member_id})[0][0] == 1


def test_what_was_before_stays_on_record():
    begin, openid = now(), stranger()
    later, first = by_store(), by_store()
    member_id = scan(openid, later, begin).member_id
    assert scan(openid, first, begin - timedelta(minutes=1)).is_newly_bound
    kept = "SELECT binding FROM members_former_binding WHERE member_id = :id"
    (row,) = read(text(kept), {"id": member_id})
    assert row.binding["recommender_id"] == str(later.recommender_id)


def refused(openid, introduction, at):
    """Says that a scan changes nothing."""
    before = service.binding(service.member_of(OFFICIAL_ACCOUNT, openid))
    answer = scan(openid, introduction, at)
    assert (answer.is_newly_bound, answer.refusal) == (False, "already_bound")
    assert answer.binding == before


def test_a_scan_of_the_same_second_comes_too_late():
    begin, openid = now().replace(microsecond=500_000), stranger()
    scan(openid, by_store(), begin)
    refused(openid, by_store(), begin.replace(microsecond=0))


def test_an_earlier_visit_without_a_code_takes_nothing_away():
    begin, openid = now(), stranger()
    scan(openid, by_store(), begin)
    refused(openid, NOBODY, begin - timedelta(minutes=1))


def test_news_of_a_scan_more_than_a_day_older_comes_too_late():
    begin, openid = now(), stranger()
    scan(openid, by_store(), begin)
    refused(openid, by_store(), begin - timedelta(days=1, seconds=1))


def test_once_money_has_moved_the_binding_stays():
    begin, openid = now(), stranger()
    earned(scan(openid, by_store(), begin).member_id, 1)
    refused(openid, by_store(), begin - timedelta(minutes=1))


def test_once_the_home_store_was_chosen_the_binding_stays():
    begin, openid = now(), stranger()
    salesperson = Introduction("salesperson", new_id(), scene="P" + "x" * 30)
    member_id = scan(openid, salesperson, begin).member_id
    in_transaction(lambda: service.choose_home_store(member_id, new_id(), begin + timedelta(1)))
    refused(openid, by_store(), begin - timedelta(minutes=1))


def test_an_earlier_scan_closes_no_loop():
    begin, openid = now(), stranger()
    member_id = scan(openid, by_store(), begin).member_id
    friend = scan(stranger(), by_member(member_id), begin).member_id
    refused(openid, by_member(friend), begin - timedelta(minutes=1))


def test_a_known_follower_whose_scan_came_earlier_is_not_passed_over():
    begin, openid = now(), stranger()
    scan(openid, by_store(), begin)
    in_transaction(
        lambda: service.note_follow(
            service.member_of(OFFICIAL_ACCOUNT, openid), OFFICIAL_ACCOUNT, openid, begin
        )
    )
    comers = [Comer(OFFICIAL_ACCOUNT, openid, begin - timedelta(seconds=each)) for each in (0, 9)]
    assert [found is not None for found in service.settled(comers)] == [True, False]
