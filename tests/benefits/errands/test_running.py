"""Who runs errands: approved with a real name, told where to go only while they have it in hand."""

from uuid import UUID

import pytest

from app.benefits.errands.rehearsal import real_name
from app.core.db import in_transaction
from app.members import service as members
from tests.alliance import shop as world
from tests.benefits.errands.test_posting import picture
from tests.benefits.errands.town import Town, let_time_pass, refused, status

GAVE_UP = {"given_up", "not_picked_up"}


def review(town, member_id, step, **body):
    path = f"/errand-runners/{member_id}/{step}"
    return town.ask(world.staff_headers("operator"), path, {"reason": "核对过"} | body)


def test_who_has_no_real_name_or_is_not_approved_takes_nothing(town, poster):
    errand_id, stranger = town.post(poster), world.member()
    path = f"/errands/{errand_id}/take"
    assert refused(town.ask(stranger, "/me/errand-runner")) == (409, "real_name_required")
    assert refused(town.ask(stranger, path)) == (403, "runner_not_approved")
    town.ask(stranger, "/real-name", real_name(stranger))
    applied = town.ask(stranger, "/me/errand-runner")
    assert (applied.status_code, applied.json["status"]) == (201, "applied")
    answer = town.ask(stranger, path)
    assert refused(answer) == (403, "runner_not_approved")
    assert answer.json["runner_status"] == "applied"
    nearby = town.look(stranger, "/errands/nearby", latitude=30.24, longitude=120.17)
    assert refused(nearby) == (403, "runner_not_approved")
    assert review(town, stranger, "review", is_approved=False).json["status"] == "rejected"
    again = town.ask(stranger, "/me/errand-runner")
    assert (again.json["status"], again.json["reason"]) == ("applied", None)
    assert review(town, stranger, "review", is_approved=True).json["status"] == "approved"
    assert town.act(stranger, errand_id, "take")["status"] == "taken"


def test_a_suspended_runner_finishes_what_is_in_hand_and_takes_no_more(town, poster, runner):
    errand_id, other = town.taken(poster, runner), town.post(poster)
    assert review(town, runner, "suspend").json["status"] == "suspended"
    assert refused(town.ask(runner, f"/errands/{other}/take")) == (403, "runner_not_approved")
    code = town.seen(poster, errand_id)["pick_up_code"]
    assert town.act(runner, errand_id, "pick-up", {"code": code})["status"] == "picked_up"
    assert review(town, runner, "resume").json["status"] == "approved"
    assert review(town, runner, "resume").json["status"] == "approved"  # again: nothing changes
    assert town.act(runner, other, "take")["status"] == "taken"
    reviewer = world.staff_headers("support")
    assert (
        town.ask(reviewer, f"/errand-runners/{runner}/suspend", {"reason": "x"}).status_code == 403
    )


def test_staff_find_runners_and_decide_only_about_those_who_applied(town, runner):
    unknown = review(town, world.member(), "review", is_approved=True)
    assert refused(unknown) == (409, "real_name_required")
    assert refused(review(town, world.member(), "suspend")) == (404, "runner_unknown")
    assert refused(review(town, runner, "review", is_approved=False)) == (
        409,
        "runner_status_unfit",
    )
    staff = world.staff_headers("reviewer")
    found = town.look(staff, "/errand-runners", status="approved", limit=1).json
    assert (len(found["runners"]), found["runners"][0]["status"]) == (1, "approved")


def test_nobody_runs_an_errand_of_their_own_or_of_a_merchant_they_speak_for(town, runner):
    world.give(runner, world.Account.REBATE, 10_000)
    own = town.post(runner)
    assert refused(town.ask(runner, f"/errands/{own}/take")) == (403, "own_errand")
    shop = world.shop()
    world.give(shop.merchant_id, world.Account.AVAILABLE, 5_000)
    in_transaction(lambda: world.alliance.add_contact(shop.merchant_id, runner))
    theirs = town.post(world.owner_headers(shop))
    assert refused(town.ask(runner, f"/errands/{theirs}/take")) == (403, "own_errand")
    assert [status(each) for each in (own, theirs)] == ["open", "open"]


def test_who_looks_like_the_poster_to_staff_takes_nothing_of_them(town, runner):
    other = world.rich(10_000)
    errand_id = town.post(other)
    answer = town.ask(other, "/real-name", real_name(runner) | {"phone": "13900001234"})
    assert refused(answer) == (409, "id_number_taken")
    assert refused(town.ask(runner, f"/errands/{errand_id}/take")) == (403, "own_errand")


def test_where_to_go_is_told_to_who_has_it_in_hand_until_it_ends(town, poster, runner):
    errand_id, other = town.post(poster), town.runner()
    assert refused(town.look(runner, f"/errands/{errand_id}")) == (404, "errand_unknown")
    town.act(runner, errand_id, "take")
    seen = town.seen(runner, errand_id)
    assert seen["pick_up"]["contact_phone"] == "13800002222"
    assert (seen["pick_up_code"], seen["delivery_code"]) == (None, None)
    assert refused(town.look(other, f"/errands/{errand_id}")) == (404, "errand_unknown")
    assert refused(town.ask(other, f"/errands/{errand_id}/take")) == (409, "errand_taken")
    desk = town.seen(world.staff_headers("support"), errand_id)
    assert (desk["pick_up"], desk["delivery_code"]) == (None, None)
    town.act(runner, errand_id, "give-up")
    assert refused(town.look(runner, f"/errands/{errand_id}")) == (404, "errand_unknown")
    done = town.delivered(poster, runner)
    town.act(poster, done, "confirm")
    assert town.seen(runner, done)["delivery"] is None
    assert town.seen(poster, done)["delivery"] is not None


def test_pictures_prove_it_too_and_something_must(town, poster, runner, client):
    errand_id = town.taken(poster, runner)
    nothing = town.ask(runner, f"/errands/{errand_id}/pick-up", {})
    assert refused(nothing) == (422, "invalid_request")
    foreign = town.ask(
        runner, f"/errands/{errand_id}/pick-up", {"pictures": [picture(client, poster)]}
    )
    assert refused(foreign) == (404, "errand_picture_unknown")
    mine = picture(client, runner)
    assert town.act(runner, errand_id, "pick-up", {"pictures": [mine]})["pick_up_proof"] == [mine]
    assert town.look(poster, f"/errands/pictures/{mine}.jpg").status_code == 200
    early = town.ask(poster, f"/errands/{errand_id}/deliver", {"code": "000000"})
    assert refused(early) == (404, "errand_unknown")
    other = picture(client, runner, side=50)
    town.act(runner, errand_id, "deliver", {"pictures": [other]})
    assert town.seen(poster, errand_id)["delivery_proof"] == [other]


def test_five_wrong_codes_are_all_and_a_picture_still_does(town, poster, runner, client):
    errand_id = town.taken(poster, runner)
    right = town.seen(poster, errand_id)["pick_up_code"]
    wrong = "000000" if right != "000000" else "111111"
    path = f"/errands/{errand_id}/pick-up"
    for _ in range(5):
        assert refused(town.ask(runner, path, {"code": wrong})) == (422, "proof_code_wrong")
    assert refused(town.ask(runner, path, {"code": right})) == (422, "proof_code_wrong")
    assert status(errand_id) == "taken"
    town.act(runner, errand_id, "pick-up", {"pictures": [picture(client, runner)]})


def test_a_code_sent_again_with_its_key_is_the_same_step(town, poster, runner):
    errand_id = town.taken(poster, runner)
    code = {"code": town.seen(poster, errand_id)["pick_up_code"]}
    path = f"/errands/{errand_id}/pick-up"
    first, again = (town.ask(runner, path, code, key="pick") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert refused(town.ask(runner, path, code)) == (409, "errand_status_unfit")


def test_giving_up_and_time_count_against_a_runner_and_open_it_again(town, poster, runner):
    first = town.taken(poster, runner)
    town.act(runner, first, "give-up")
    town.act(runner, first, "take")
    assert let_time_pass(first) == 1
    assert status(first) == "open"
    mine = town.look(runner, "/me/errand-runner").json
    assert (mine["let_down"], mine["completed"]) == (2, 0)
    steps = [each["step"] for each in town.seen(poster, first)["steps"]]
    assert steps == ["posted", "taken", "given_up", "taken", "not_picked_up"]
    town.act(town.runner(), first, "take")


def test_who_is_asked_may_decline_and_time_declines_for_them(town, poster, runner):
    errand_id, other = town.post(poster), town.runner()
    path = f"/errands/{errand_id}"
    nobody = town.ask(poster, f"{path}/assign", {"runner_id": str(world.member())})
    assert refused(nobody) == (404, "runner_unknown")
    foreign = town.ask(other, f"{path}/assign", {"runner_id": str(other)})
    assert refused(foreign) == (404, "errand_unknown")
    town.act(poster, errand_id, "assign", {"runner_id": str(runner)})
    assert refused(town.ask(other, f"{path}/take")) == (409, "errand_taken")
    assert town.seen(runner, errand_id)["pick_up"] is None  # not before they take it
    assert town.act(runner, errand_id, "decline")["status"] == "open"
    town.act(poster, errand_id, "assign", {"runner_id": str(other)})
    let_time_pass(errand_id)
    assert status(errand_id) == "open"
    town.act(poster, errand_id, "assign", {"runner_id": str(runner)})
    assert town.act(runner, errand_id, "take")["status"] == "taken"
    assert town.look(runner, "/me/errand-runner").json["let_down"] == 0


def test_a_runner_has_only_so_many_in_hand(client, context, poster):
    town = Town(client, most_taken=1)
    runner = town.runner()
    first, second = town.taken(poster, runner), town.post(poster)
    answer = town.ask(runner, f"/errands/{second}/take")
    assert refused(answer) == (409, "too_many_errands")
    assert town.act(runner, first, "take")["status"] == "taken"  # what one has, one has
    run = town.look(runner, "/errands", role="run").json["errands"]
    assert [each["id"] for each in run] == [first]


def test_the_nearest_come_first_page_by_page_and_nothing_private(town, runner):
    posters = [world.rich(10_000) for _ in range(3)]
    spots = [
        town.wish()["pick_up"] | {"latitude": latitude, "longitude": 99.5}
        for latitude in (30.26, 30.241, 30.25)
    ]
    made = [
        town.post(poster, pick_up=spot, delivery=spot)
        for poster, spot in zip(posters, spots, strict=True)
    ]
    here = {"latitude": 30.24, "longitude": 99.5, "limit": 2}
    page = town.look(runner, "/errands/nearby", **here).json
    assert [each["id"] for each in page["errands"]] == [made[1], made[2]]
    assert [each["metres"] for each in page["errands"]] == pytest.approx([0, 1_112], abs=5)
    rest = town.look(runner, "/errands/nearby", after=page["next"], **here).json
    assert ([each["id"] for each in rest["errands"]], rest["next"]) == ([made[0]], None)
    told = str(page)
    assert not any(word in told for word in ("河坊街", "韩梅梅", "13800002222", "30.241"))
    near = town.look(runner, "/errands/nearby", within_metres=500, **here).json["errands"]
    assert [each["id"] for each in near] == [made[1]]
    odd = town.look(runner, "/errands/nearby", after="nonsense", **here)
    assert refused(odd) == (422, "invalid_request")
    none = town.look(runner, "/errands/nearby", category="shopping", **here).json["errands"]
    assert none == []


def test_a_runner_whose_real_name_is_gone_takes_nothing(town, poster, runner):
    errand_id = town.post(poster)
    staff = world.staff_headers("operator")
    gone = town.ask(staff, f"/members/{runner}/real-name/release", {"reason": "登记有误需要更正"})
    assert gone.status_code < 300, gone.json
    assert in_transaction(lambda: members.real_name_of(runner)) is None
    assert refused(town.ask(runner, f"/errands/{errand_id}/take")) == (403, "runner_not_approved")
    assert isinstance(runner, UUID)
