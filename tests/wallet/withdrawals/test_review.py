"""What limits, risks and people do to withdrawals before and after they are sent."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from app.core.db import db, in_transaction
from app.core.world import beijing_day, new_id, now, start_of_beijing_day
from app.ledger.service import Account
from app.members import service as members
from app.members.service import Introduction
from app.wallet.models import Withdrawal
from app.wallet.treasury import Place
from app.wallet.withdrawals import batches as withdrawal_batches
from app.wallet.withdrawals import requests as withdrawals
from config.settings import settings
from tests.ledger.books import journal, leg, post
from tests.wallet.people import MINI_PROGRAM, books, earned, headers, member, purse, staff_headers
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = "/api/v1/withdrawals"


@pytest.fixture(autouse=True)
def midday(context):
    """No test of daily limits runs across a Beijing midnight."""
    noon = start_of_beijing_day(beijing_day(now())) + timedelta(hours=12)
    with time_machine.travel(noon, tick=True):
        yield


@pytest.fixture
def limits(monkeypatch):
    """Sets settings for one test."""

    def change(**wanted):
        for name, value in wanted.items():
            monkeypatch.setenv(name.upper(), str(value))
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


def rich(amount_fen=1_000_000):
    member_id = member()
    earned(member_id, amount_fen)
    return member_id


def ask(client, member_id, amount_fen=10_000):
    return client.post(ADDRESS, json={"amount_fen": amount_fen}, headers=headers(member_id))


def history(client, withdrawal_id):
    return client.get(f"{ADDRESS}/{withdrawal_id}/history", headers=staff_headers("reviewer")).json


def decide(client, withdrawal_id, step, who=None, **body):
    mine = who or staff_headers("finance")
    return client.post(f"{ADDRESS}/{withdrawal_id}/{step}", json=body or None, headers=fresh(mine))


def fresh(mine):
    return mine | {"Idempotency-Key": new_id().hex}


def test_the_daily_count_ends_at_beijing_midnight(client, limits):
    limits(withdrawal_daily_count=2, withdrawal_daily_limit_fen=10**7)
    member_id = rich()
    assert [ask(client, member_id).status_code for _ in range(2)] == [201, 201]
    before = books(member_id)
    refused = ask(client, member_id)
    assert (refused.status_code, refused.json["code"]) == (409, "withdrawal_limit_reached")
    assert refused.json["limit"] == "count"
    assert books(member_id) == before
    midnight = start_of_beijing_day(beijing_day(now()) + timedelta(days=1))
    with time_machine.travel(midnight - timedelta(seconds=2), tick=False):
        assert ask(client, member_id).status_code == 409
    with time_machine.travel(midnight, tick=False):
        assert ask(client, member_id).status_code == 201


def test_the_daily_amount_counts_nothing_that_came_back(client, limits):
    limits(withdrawal_daily_limit_fen=30_000)
    member_id = rich()
    first = ask(client, member_id, 20_000).json
    refused = ask(client, member_id, 10_001)
    assert refused.json["code"] == "withdrawal_limit_reached"
    assert (refused.json["limit"], refused.json["left_fen"]) == ("amount", 10_000)
    decide(client, first["id"], "reject", reason="试")
    assert ask(client, member_id, 30_000).status_code == 201


def test_racing_requests_do_not_pass_the_daily_amount(app, limits):
    limits(withdrawal_daily_limit_fen=30_000, withdrawal_daily_count=100)
    member_id = rich()
    keys = [headers(member_id) for _ in range(64)]

    def work(number):
        return app.test_client().post(ADDRESS, json={"amount_fen": 10_000}, headers=keys[number])

    statuses = [answer.status_code for answer in at_once(work, 64)]
    assert (statuses.count(201), statuses.count(409)) == (3, 61)
    assert purse(member_id, Account.WITHDRAWING) == 30_000


def test_above_the_alliances_daily_sum_each_waits_for_a_reviewer(client, limits):
    limits(withdrawal_automatic_daily_limit_fen=0)
    assert ask(client, rich()).json["status"] == "reviewing"


def test_a_large_withdrawal_takes_two_different_reviewers(client):
    withdrawal_id = ask(client, rich(), 100_000).json["id"]
    first, second = staff_headers("reviewer"), staff_headers("reviewer")
    assert decide(client, withdrawal_id, "approve", first).json["status"] == "reviewing"
    again = decide(client, withdrawal_id, "approve", first)
    assert (again.status_code, again.json["code"]) == (403, "second_person_needed")
    assert decide(client, withdrawal_id, "approve", second).json["status"] == "approved"
    found = history(client, withdrawal_id)
    assert [step["step"] for step in found["steps"]] == ["review", "endorse", "approve"]
    assert len({step["principal_id"] for step in found["steps"]}) == 3
    assert ask(client, rich(), 99_999).json["status"] == "reviewing"


def test_every_approval_takes_a_fresh_proof_and_changes_nothing_without(client):
    reviewer = staff_headers("reviewer")
    for fen in (100_000, 99_999):
        member_id = rich()
        withdrawal_id = ask(client, member_id, fen).json["id"]
        with time_machine.travel(now() + timedelta(minutes=16), tick=True):
            refused = decide(client, withdrawal_id, "approve", reviewer)
        assert (refused.status_code, refused.json["code"]) == (403, "confirmation_needed")
        assert [step["step"] for step in history(client, withdrawal_id)["steps"]] == ["review"]
        assert purse(member_id, Account.WITHDRAWING) == fen
    assert decide(client, withdrawal_id, "approve", reviewer).json["status"] == "approved"


def test_below_four_eyes_one_reviewer_is_enough(client):
    withdrawal_id = ask(client, rich(), 99_999).json["id"]
    assert decide(client, withdrawal_id, "approve").json["status"] == "approved"


def test_racing_approvals_of_two_people_approve_once(app, client):
    member_id = rich()
    withdrawal_id = ask(client, member_id, 150_000).json["id"]
    people = [staff_headers("reviewer") for _ in range(8)]

    def work(number):
        return decide(app.test_client(), withdrawal_id, "approve", people[number % 8])

    answers = [answer.json for answer in at_once(work, 64)]
    accepted = [answer["status"] for answer in answers if isinstance(answer["status"], str)]
    assert sorted(accepted) == ["approved", "reviewing"]
    steps = [step["step"] for step in history(client, withdrawal_id)["steps"]]
    assert steps == ["review", "endorse", "approve"]


def risks(client, withdrawal_id):
    return {risk["rule"]: risk["figures"] for risk in history(client, withdrawal_id)["risks"]}


@pytest.mark.parametrize(("minutes", "fires"), [(59, True), (60, False)])
def test_a_receiving_account_that_is_new_is_reviewed(client, limits, minutes, fires):
    limits(risk_new_account_hours=1)
    member_id = rich()
    with time_machine.travel(now() + timedelta(minutes=minutes, seconds=1 if not fires else 0)):
        answer = ask(client, member_id).json
        assert (answer["status"] == "reviewing") is fires
        assert ("new_account" in risks(client, answer["id"])) is fires


def test_more_requests_in_an_hour_than_a_person_makes_are_reviewed(client):
    member_id = rich()
    answers = [ask(client, member_id).json for _ in range(3)]
    assert {answer["status"] for answer in answers} == {"approved"}
    fourth = ask(client, member_id).json
    assert fourth["status"] == "reviewing"
    assert risks(client, fourth["id"]) == {"velocity": {"requests": 4, "amount_fen": 40_000}}
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert ask(client, member_id).json["status"] == "approved"


def brought(recommender_id, moment):
    """A member with rebate whom another one brought."""
    introduction = Introduction("member", recommender_id)
    found = in_transaction(
        lambda: members.register(
            MINI_PROGRAM, f"o{new_id().hex[:27]}", None, "mini_program", introduction, moment
        )
    )
    earned(found.member_id, 50_000)
    return found.member_id


def test_accounts_brought_together_that_withdraw_together_are_reviewed(client, limits):
    limits(risk_ring_members=4)
    recommender_id, moment = rich(), now()
    ring = [brought(recommender_id, moment) for _ in range(5)]
    answers = [ask(client, member_id).json for member_id in ring]
    assert [answer["status"] for answer in answers] == ["approved"] * 3 + ["reviewing"] * 2
    assert risks(client, answers[3]["id"]) == {"ring": {"members": 4}}
    assert risks(client, answers[4]["id"]) == {"ring": {"members": 5}}


def test_a_familys_three_accounts_and_later_friends_are_no_ring(client, limits):
    limits(risk_ring_members=4)
    recommender_id, moment = rich(), now()
    for member_id in [brought(recommender_id, moment - timedelta(days=4)) for _ in range(3)]:
        assert ask(client, member_id).json["status"] == "approved"
    later = [brought(recommender_id, moment) for _ in range(3)]
    for member_id in later:
        assert ask(client, member_id).json["status"] == "approved"


def test_a_member_takes_back_what_was_not_sent(client):
    member_id = rich(50_000)
    withdrawal_id = ask(client, member_id, 30_000).json["id"]
    answer = decide(client, withdrawal_id, "cancel", headers(member_id))
    assert (answer.status_code, answer.json["status"]) == (200, "cancelled")
    assert purse(member_id, Account.REBATE) == 50_000
    assert purse(member_id, Account.WITHDRAWING) == 0
    before = books(member_id)
    again = decide(client, withdrawal_id, "cancel", headers(member_id))
    assert (again.status_code, again.json["code"]) == (409, "withdrawal_not_cancellable")
    assert decide(client, withdrawal_id, "approve").json["code"] == "withdrawal_not_reviewable"
    assert books(member_id) == before


def test_nobody_takes_back_anothers_withdrawal(client):
    member_id = rich(50_000)
    withdrawal_id = ask(client, member_id, 30_000).json["id"]
    before = books(member_id)
    assert decide(client, withdrawal_id, "cancel", headers(rich())).status_code == 404
    assert books(member_id) == before


def test_approval_against_taking_back_ends_one_way(app, client):
    member_id = rich(50_000)
    withdrawal_id = ask(client, member_id, 30_000).json["id"]
    mine, theirs = headers(member_id), staff_headers("reviewer")

    def work(number):
        step = ("approve", "cancel")[number % 2]
        return decide(app.test_client(), withdrawal_id, step, theirs if number % 2 == 0 else mine)

    at_once(work, 64)
    state = in_transaction(lambda: withdrawals.withdrawal(UUID(withdrawal_id)).state)
    assert state == "cancelled"  # also after an approval, since nothing is sent in this test
    assert purse(member_id, Account.REBATE) == 50_000
    steps = [step["step"] for step in history(client, withdrawal_id)["steps"]]
    assert steps in (["review", "cancel"], ["review", "approve", "cancel"])


def moved_away(amount_fen):
    """Moves money out of the operating account (or back, if negative) in the books."""
    post(
        journal(
            leg(withdrawals.PLATFORM_ID, Account.WECHAT_OPERATING, amount_fen),
            leg(withdrawals.PLATFORM_ID, Account.BANK_CUSTODY, -amount_fen),
        )
    )


def batch_of(withdrawal_id):
    return in_transaction(lambda: withdrawals.withdrawal(UUID(withdrawal_id)).batch_id)


def test_only_what_the_treasury_holds_is_sent_and_a_large_one_blocks_no_small_one(client):
    while withdrawal_batches.send_due():
        pass
    free = in_transaction(lambda: withdrawal_batches._free_fen(Place.WECHAT_OPERATING))
    moved_away(free - 15_000)
    try:
        large = ask(client, rich(), 19_000).json["id"]
        small, third = (ask(client, rich(), 10_000).json["id"] for _ in range(2))
        assert withdrawal_batches.send_due() == 1
        assert batch_of(small) is not None
        assert batch_of(large) is batch_of(third) is None
        assert client.get("/healthz/ready").json["withdrawals_unfunded"] == 2
        assert withdrawal_batches.send_due() == 0
    finally:
        moved_away(15_000 - free)
    assert withdrawal_batches.send_due() == 2
    assert batch_of(large) is not None


def test_racing_batches_set_money_aside_once(app, client):
    while withdrawal_batches.send_due():
        pass
    free = in_transaction(lambda: withdrawal_batches._free_fen(Place.WECHAT_OPERATING))
    wanted = [ask(client, rich(), 10_000).json["id"] for _ in range(6)]
    moved_away(free - 35_000)

    def work(_):
        with app.app_context():
            return withdrawal_batches.send_due()

    try:
        assert sum(at_once(work, 16)) == 3
        assert [batch_of(one) is not None for one in wanted] == [True] * 3 + [False] * 3
    finally:
        moved_away(35_000 - free)
        while withdrawal_batches.send_due():
            pass


def test_every_rule_that_fires_is_kept_with_its_figures(client, limits):
    limits(risk_new_account_hours=1, risk_velocity_count=1)
    member_id = rich()
    ask(client, member_id)
    withdrawal_id = ask(client, member_id).json["id"]
    assert set(risks(client, withdrawal_id)) == {"new_account", "velocity"}
    row = db.session.query(Withdrawal).filter_by(id=UUID(withdrawal_id)).one()
    assert {risk["rule"] for risk in row.risks} == {"new_account", "velocity"}
