"""What errands know of people: told to them, forgotten in time, and theirs when they are merged."""

from uuid import UUID

import pytest
from sqlalchemy import text

from app.benefits import service as benefits
from app.benefits.errands import own_data
from app.benefits.errands.news import SAID
from app.benefits.errands.rules import MOVES
from app.core.db import in_transaction, read
from app.core.world import new_id
from app.members import service as members
from app.notices.benefits import told as told_by_notices
from app.wallet import merging
from app.wallet import service as wallet
from tests.alliance import shop as world
from tests.benefits.errands.test_posting import picture
from tests.benefits.errands.town import (
    REWARD,
    escrow,
    let_time_pass,
    principal,
    rebate,
    refused,
    status,
)


def exported(town, who, part):
    answer = town.look(who, "/me/data-export")
    assert answer.status_code == 200, answer.json
    (found,) = [each for each in answer.json["parts"] if each["name"] == part]
    return found["rows"]


def merged(one, other):
    """The earlier of the two stays."""
    in_transaction(lambda: members.merge_pasts(one, other, {"kind": "staff"}))


def left(errand_id):
    """How many rows hold what is personal of an errand."""
    tables = ("benefits_errand_words", "benefits_errand_picture")
    return sum(
        read(text(f"SELECT count(*) FROM {table} WHERE errand_id = :i"), {"i": errand_id})[0][0]
        for table in tables
    )


def test_a_poster_reads_where_their_errand_went_and_a_runner_does_not(town, poster, runner):
    errand_id = town.taken(poster, runner)
    (words,) = exported(town, poster, "benefits.errand_words")
    assert "河坊街" in words["words"]
    assert [row["id"] for row in exported(town, poster, "benefits.errands")] == [errand_id]
    assert exported(town, runner, "benefits.errand_words") == []
    assert len(exported(town, runner, "benefits.errand_steps")) == 2
    (run,) = exported(town, runner, "benefits.errands_run")
    assert (run["id"], "payer_id" in run, "title" in run) == (errand_id, False, False)
    (mine,) = exported(town, runner, "benefits.errand_runner")
    assert "decided_by" not in mine


def test_an_errand_under_way_keeps_both_from_being_erased(town, poster, runner):
    errand_id = town.taken(poster, runner)
    for who in (poster, runner):
        answer = town.ask(who, "/me/deletion", {"confirmation": "注销"})
        assert refused(answer) == (409, "deletion_blocked")
        what = {(each["what"], each.get("id")) for each in answer.json["remaining"]}
        assert ("errand", errand_id) in what


def test_who_is_erased_leaves_no_place_no_words_and_no_picture(town, poster, runner, client):
    errand_id = town.post(poster, pictures=[picture(client, poster)])
    town.act(runner, errand_id, "take")
    town.act(poster, errand_id, "cancel", {"reason": "不用了"})
    assert left(errand_id) == 2
    in_transaction(lambda: own_data.erase(None, member_id=poster))
    assert left(errand_id) == 0
    seen = town.seen(poster, errand_id)
    assert (seen["title"], seen["description"], seen["pick_up"]) == ("", "", None)
    assert seen["runner_fen"] == 540  # the money's story stays
    in_transaction(lambda: own_data.erase(None, member_id=runner))
    other = town.post(world.rich())
    assert refused(town.ask(runner, f"/errands/{other}/take")) == (403, "runner_not_approved")


def test_some_days_after_its_end_an_errand_is_forgotten_and_not_before(town, poster):
    errand_id, going_on = town.post(poster), town.post(poster)
    town.act(poster, errand_id, "cancel", {"reason": "不用了"})
    own_data.forget_old()
    assert left(errand_id) == 1
    past = "UPDATE benefits_errand SET ended_at = now() - interval '31 days' WHERE id = :i"
    read(text(f"{past} RETURNING 1"), {"i": errand_id})
    assert own_data.forget_old() >= 1
    assert (left(errand_id), left(going_on)) == (0, 1)


def test_what_comes_back_to_a_poster_who_became_another_follows_them(town):
    earlier, poster = world.rich(100), world.rich(10_000)
    errand_id = town.post(poster)
    merged(earlier, poster)
    today = in_transaction(lambda: members.today(poster))
    assert (today, escrow(poster)) == (earlier, REWARD)
    assert town.seen(today, errand_id)["id"] == errand_id
    town.act(today, errand_id, "cancel", {"reason": "不用了"})
    merging.move_residues()
    assert principal(today) == 10_100


def test_a_runner_who_became_another_goes_on_and_is_paid(town, poster):
    other, runner = world.rich(1), town.runner()
    errand_id = town.taken(poster, runner)
    merged(other, runner)
    today = in_transaction(lambda: members.today(runner))
    assert today == other
    code = town.seen(poster, errand_id)["pick_up_code"]
    town.act(today, errand_id, "pick-up", {"code": code})
    town.act(poster, errand_id, "confirm")
    assert rebate(today) == 1_800
    mine = town.look(today, "/me/errand-runner").json
    assert (mine["status"], mine["completed"]) == ("approved", 1)


def test_who_turns_out_to_be_the_poster_is_paid_nothing(town, runner):
    poster = world.rich(10_000)
    errand_id = town.delivered(poster, runner)
    merged(poster, runner)
    let_time_pass(errand_id)
    merging.move_residues()
    today = in_transaction(lambda: members.today(poster))
    assert (status(errand_id), rebate(today), principal(today)) == ("completed", 0, 10_000)


def test_a_suspension_survives_a_merge_and_its_undoing(town, runner):
    other = world.rich(1)
    path = f"/errand-runners/{runner}/suspend"
    town.ask(world.staff_headers("operator"), path, {"reason": "投诉"})
    evidence = in_transaction(
        lambda: own_data.hand_over(None, survivor_id=other, absorbed_id=runner, had_past=True)
    )
    assert town.look(other, "/me/errand-runner").json["status"] == "suspended"
    in_transaction(
        lambda: own_data.take_back(None, survivor_id=other, absorbed_id=runner, moved=evidence)
    )
    assert refused(town.look(other, "/me/errand-runner")) == (404, "runner_unknown")
    assert town.look(runner, "/me/errand-runner").json["status"] == "suspended"


def test_what_a_runner_earned_is_labour_income_when_it_is_withdrawn(town, poster, runner):
    errand_id = town.delivered(poster, runner)

    def asked():
        answers = in_transaction(lambda: wallet.commission_asked.send(runner))
        return sum(value or 0 for _, value in answers)

    assert asked() == 0
    town.act(poster, errand_id, "confirm")
    assert asked() == 1_800


def test_each_side_is_told_of_what_the_other_did(town, poster, runner):
    errand_id = town.delivered(poster, runner)
    town.act(poster, errand_id, "confirm")
    told = read(
        text(
            "SELECT payload ->> 'member_id' AS member_id, payload ->> 'what' AS what "
            "FROM core_outbox WHERE payload ->> 'subject_id' = :i"
        ),
        {"i": errand_id},
    )
    heard = {(UUID(row.member_id), row.what.split(":")[0]) for row in told}
    expected = {(poster, step) for step in ("taken", "picked_up", "delivered")}
    assert heard == expected | {(runner, "confirmed")}
    payload = {"benefit": "errands", "member_id": str(runner), "subject_id": errand_id}
    for _ in range(2):
        told_by_notices(payload | {"what": "confirmed:5"})
    notices = text("SELECT count(*) FROM notices_notice WHERE member_id = :m")
    assert read(notices, {"m": runner})[0][0] == 1


@pytest.mark.parametrize("step", ["taken", "not_delivered", "runner_approved", "decided"])
def test_every_step_has_words_in_both_languages(context, step):
    payload = {"benefit": "errands", "subject_id": str(new_id()), "what": f"{step}:3"}
    said = in_transaction(lambda: benefits.worded(payload))
    assert said.title == "跑腿"
    assert said.text_en.isascii()


def test_no_step_is_without_words():
    assert set(MOVES) <= set(SAID)
