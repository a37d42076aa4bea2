"""How errands end: the reward is divided to the fen, once, and nothing stays in escrow."""

from uuid import UUID

from sqlalchemy import text

from app.core.db import read
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.benefits.errands.town import (
    FEE,
    REWARD,
    Town,
    escrow,
    let_time_pass,
    principal,
    rebate,
    refused,
    status,
)
from tests.wallet.people import moved

OPERATOR = ("operator",)


def fees(*errand_ids):
    """What the platform got of these errands' grants."""
    found = read(
        text("SELECT id FROM benefits_grant WHERE subject_id = ANY(:ids)"),
        {"ids": [UUID(each) for each in errand_ids]},
    )
    return moved(Account.OPERATIONS, *(row.id for row in found))


def test_who_delivered_is_paid_less_the_fee_when_the_poster_confirms(town, poster, runner):
    errand_id = town.delivered(poster, runner)
    assert (escrow(poster), rebate(runner)) == (REWARD, 0)
    done = town.act(poster, errand_id, "confirm")
    assert (done["status"], done["runner_fen"], done["charged_fen"]) == ("completed", 1_800, FEE)
    assert (escrow(poster), rebate(runner), fees(errand_id)) == (0, 1_800, FEE)
    assert town.act(poster, errand_id, "confirm")["runner_fen"] == 1_800
    assert (rebate(runner), principal(poster)) == (1_800, 8_000)
    assert town.look(runner, "/me/errand-runner").json["completed"] == 1
    journals = read(
        text("SELECT journal_id FROM benefits_grant WHERE subject_id = :i"), {"i": errand_id}
    )
    legs = ledger.journal(journals[0].journal_id).journal.legs
    assert done["journal_id"] == str(journals[0].journal_id)
    assert sorted(leg.amount_fen for leg in legs) == [-REWARD, FEE, 1_800]
    assert ledger.verify().findings == []


def test_only_the_poster_confirms(town, poster, runner):
    errand_id = town.delivered(poster, runner)
    for other in (runner, world.rich()):
        assert refused(town.ask(other, f"/errands/{errand_id}/confirm")) == (404, "errand_unknown")
    early = town.taken(poster, runner)
    answer = town.ask(poster, f"/errands/{early}/confirm")
    assert refused(answer) == (409, "errand_status_unfit")
    assert (rebate(runner), escrow(poster)) == (0, 2 * REWARD)


def test_time_confirms_what_nobody_answers_for(town, poster, runner):
    errand_id = town.delivered(poster, runner)
    assert let_time_pass(errand_id) == 1
    assert (status(errand_id), rebate(runner), escrow(poster)) == ("completed", 1_800, 0)
    assert let_time_pass(errand_id) == 0


def test_an_errand_that_nobody_takes_goes_back_whole(town, poster):
    errand_id = town.post(poster)
    let_time_pass(errand_id)
    assert (status(errand_id), escrow(poster), principal(poster)) == ("expired", 0, 10_000)
    back = UUID(town.seen(poster, errand_id)["journal_id"])
    assert ledger.journal(back).journal.kind == "errand_returned"
    lines = town.look(poster, "/me/statement").json["lines"]
    assert [each["title"] for each in lines[:2]] == ["跑腿赏金退回", "跑腿赏金担保"]


def test_cancelling_after_it_was_taken_costs_the_stated_compensation(town, poster, runner):
    errand_id = town.taken(poster, runner)
    done = town.act(poster, errand_id, "cancel", {"reason": "不用了"})
    assert (done["runner_fen"], done["charged_fen"], done["returned_fen"]) == (540, 60, 1_400)
    assert (escrow(poster), rebate(runner), principal(poster)) == (0, 540, 9_400)
    assert town.act(poster, errand_id, "cancel", {"reason": "再取消"})["runner_fen"] == 540
    assert rebate(runner) == 540


def test_a_runner_who_is_late_gets_no_compensation(town, poster, runner):
    """Time decides first, though its duty has not come by yet."""
    errand_id = town.taken(poster, runner)
    past = "UPDATE benefits_errand SET next_at = now() - interval '1 minute' WHERE id = :i"
    read(text(f"{past} RETURNING 1"), {"i": errand_id})
    town.act(poster, errand_id, "cancel", {"reason": "没人来取"})
    assert (status(errand_id), rebate(runner), escrow(poster)) == ("cancelled", 0, 0)
    steps = [each["step"] for each in town.seen(poster, errand_id)["steps"]]
    assert steps[-2:] == ["not_picked_up", "cancelled"]


def test_without_compensation_all_goes_back_and_nobody_is_granted_nothing(client, context, poster):
    town = Town(client, cancel_compensation_bp=0)
    runner = town.runner()
    errand_id = town.taken(poster, runner)
    town.act(poster, errand_id, "cancel", {"reason": "不用了"})
    assert (escrow(poster), rebate(runner), principal(poster)) == (0, 0, 10_000)


def test_after_the_pick_up_nobody_cancels(town, poster, runner):
    errand_id = town.picked_up(poster, runner)
    answer = town.ask(poster, f"/errands/{errand_id}/cancel", {"reason": "不用了"})
    assert refused(answer) == (409, "errand_status_unfit")
    assert refused(town.ask(runner, f"/errands/{errand_id}/give-up")) == (
        409,
        "errand_status_unfit",
    )
    assert escrow(poster) == REWARD


def test_the_operator_stops_what_nobody_has_taken_and_nothing_else(town, poster, runner):
    errand_id, taken = town.post(poster), town.taken(poster, runner)
    reason = {"reason": "违规内容"}
    support = town.ask(world.staff_headers("support"), f"/errands/{errand_id}/cancel", reason)
    assert refused(support) == (403, "not_allowed")
    town.act(world.staff_headers(*OPERATOR), errand_id, "cancel", reason)
    late = town.ask(world.staff_headers(*OPERATOR), f"/errands/{taken}/cancel", reason)
    assert refused(late) == (409, "errand_status_unfit")
    assert town.seen(poster, errand_id)["steps"][-1]["note"] == "违规内容"
    assert escrow(poster) == REWARD


def test_a_runner_who_vanishes_with_it_is_a_case_for_staff(town, poster, runner):
    errand_id = town.picked_up(poster, runner)
    let_time_pass(errand_id)
    assert (status(errand_id), escrow(poster)) == ("disputed", REWARD)
    assert town.look(runner, "/me/errand-runner").json["let_down"] == 1


def test_two_of_the_staff_divide_a_disputed_reward(town, poster, runner):
    errand_id = town.delivered(poster, runner)
    town.act(poster, errand_id, "dispute", {"reason": "东西少了一半"})
    assert refused(town.ask(poster, f"/errands/{errand_id}/confirm")) == (
        409,
        "errand_status_unfit",
    )
    one, two = world.staff_headers(*OPERATOR), world.staff_headers(*OPERATOR)
    seen = town.seen(one, errand_id)
    assert (seen["dispute"], seen["pick_up"]["contact_name"]) == ("东西少了一半", "韩梅梅")
    path = f"/errands/{errand_id}/decision"
    early = town.ask(two, f"{path}/confirm", {"amount_fen": 999})
    assert refused(early) == (409, "nothing_proposed")
    greedy = town.ask(one, path, {"amount_fen": 2_001, "reason": "全给"})
    assert refused(greedy) == (422, "decision_too_large")
    assert town.ask(one, path, {"amount_fen": 999, "reason": "各半"}).status_code == 200
    one["Idempotency-Key"] = "confirm"
    assert refused(town.ask(one, f"{path}/confirm", {"amount_fen": 999})) == (
        403,
        "second_person_needed",
    )
    assert refused(town.ask(two, f"{path}/confirm", {"amount_fen": 998})) == (
        409,
        "nothing_proposed",
    )
    assert town.seen(poster, errand_id)["proposed_fen"] is None
    done = town.ask(two, f"{path}/confirm", {"amount_fen": 999}).json
    assert (done["runner_fen"], done["charged_fen"], done["returned_fen"]) == (900, 99, 1_001)
    assert (escrow(poster), rebate(runner), principal(poster)) == (0, 900, 9_001)
    assert fees(errand_id) == 99
    assert town.seen(runner, errand_id)["decision_reason"] == "各半"
    record = read(
        text("SELECT reason, detail FROM core_audit WHERE :i = ANY(object_ids) ORDER BY at"),
        {"i": errand_id},
    )
    assert ("各半", {"amount_fen": 999}) in [tuple(row) for row in record]


def test_a_dispute_may_give_all_to_either_side(town, poster, runner):
    for amount, paid in ((0, 0), (REWARD, 1_800)):
        errand_id = town.delivered(poster, runner)
        town.act(runner, errand_id, "dispute", {"reason": "收件人不在"})
        path, wish = f"/errands/{errand_id}/decision", {"amount_fen": amount, "reason": "核实"}
        town.ask(world.staff_headers("support"), path, wish)
        confirmed = town.ask(
            world.staff_headers(*OPERATOR), f"{path}/confirm", {"amount_fen": amount}
        )
        assert (confirmed.status_code, confirmed.json["status"]) == (200, "decided")
        assert (rebate(runner), escrow(poster)) == (paid, 0)


def test_strangers_dispute_and_decide_nothing(town, poster, runner):
    errand_id, reason = town.delivered(poster, runner), {"reason": "不满意"}
    stranger = town.ask(world.rich(), f"/errands/{errand_id}/dispute", reason)
    assert refused(stranger) == (404, "errand_unknown")
    path, wish = f"/errands/{errand_id}/decision", {"amount_fen": 0, "reason": "x"}
    assert refused(town.ask(poster, path, wish)) == (403, "not_allowed")
    early = town.ask(world.staff_headers(*OPERATOR), path, wish)
    assert refused(early) == (409, "errand_status_unfit")


def test_a_programme_that_ends_lets_its_errands_go_on_to_their_end(town, poster, runner):
    going_on, open_one = town.taken(poster, runner), town.post(poster)
    end = {"reason": "活动结束"}
    staff = world.staff_headers(*OPERATOR)
    assert town.ask(staff, f"/campaigns/{town.programme}/end", end).status_code == 200
    assert refused(town.ask(poster, "/errands", town.wish())) == (409, "campaign_not_running")
    code = town.seen(poster, going_on)["pick_up_code"]
    town.act(runner, going_on, "pick-up", {"code": code})
    town.act(poster, going_on, "confirm")
    town.act(runner, open_one, "take")
    town.act(poster, open_one, "cancel", {"reason": "不用了"})
    town.stage.turn()
    assert (rebate(runner), escrow(poster)) == (1_800 + 540, 0)
    report = town.look(world.staff_headers(*OPERATOR), f"/campaigns/{town.programme}").json
    figures = {
        each["code"]: each["amount_fen"] if each["count"] is None else each["count"]
        for each in report["figures"]
    }
    assert figures == {
        "posted": 2,
        "completed": 1,
        "disputed": 0,
        "in_escrow": 0,
        "charged": FEE + 60,
        "returned": 1_400,
    }


def test_both_sides_rate_each_other_once_after_the_end(town, poster, runner):
    errand_id = town.delivered(poster, runner)
    path = f"/errands/{errand_id}/rating"
    assert refused(town.ask(poster, path, {"stars": 5})) == (409, "not_to_be_rated")
    town.act(poster, errand_id, "confirm")
    seen = town.act(poster, errand_id, "rating", {"stars": 4})
    assert seen["runner_rating"] == {"average_hundredths": 400, "count": 1}
    assert refused(town.ask(poster, path, {"stars": 1})) == (409, "not_to_be_rated")
    assert refused(town.ask(world.rich(), path, {"stars": 1})) == (404, "errand_unknown")
    assert refused(town.ask(runner, path, {"stars": 6})) == (422, "invalid_request")
    assert town.act(runner, errand_id, "rating", {"stars": 5})["my_stars"] == 5
    other = town.delivered(poster, runner)
    town.act(poster, other, "confirm")
    town.act(poster, other, "rating", {"stars": 5})
    mine = town.look(runner, "/me/errand-runner").json["rating"]
    assert mine == {"average_hundredths": 450, "count": 2}
    untaken = town.post(poster)
    town.act(poster, untaken, "cancel", {"reason": "不用了"})
    nobody = town.ask(poster, f"/errands/{untaken}/rating", {"stars": 1})
    assert refused(nobody) == (409, "not_to_be_rated")


def test_the_runner_is_told_why_they_got_what_they_got(town, poster, runner):
    errand_id = town.delivered(poster, runner)
    town.act(poster, errand_id, "confirm")
    found = read(
        text("SELECT journal_id FROM benefits_grant WHERE subject_id = :i"), {"i": errand_id}
    )
    journal_id = found[0].journal_id
    answer = town.look(runner, f"/entries/{journal_id}/explanation")
    assert answer.status_code == 200, answer.json
    assert "劳务报酬" in str(answer.json)
    assert "200 分" in str(answer.json)
