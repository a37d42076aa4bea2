"""Pictures go with an application, are seen by its applicant and reviewers, and go in time."""

import io
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from PIL import Image

from app.alliance import merging, own_data
from app.alliance.joining import pictures, reviewing
from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import new_id, now
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.joining import applicants
from tests.alliance.joining.applicants import applied, confirmed, decided, wish
from tests.alliance.joining.papers import ids, kept, looked_at, own, picture, set_to, uploaded
from tests.alliance.offers import stall

PATH = "/api/v1/merchant-applications"


@pytest.fixture
def member_id(context):
    return world.member()


@pytest.fixture
def who(member_id):
    return world.headers(member_id)


def versions(made):
    return world.count("alliance_application_version", f"application_id = '{made['id']}'")


def shown_to_staff(client, made):
    return client.get(f"{PATH}/{made['id']}", headers=world.staff_headers("reviewer")).json


def sent(client, member_id, *kinds):
    """An application with a picture of each kind."""
    mine = [picture(client, world.headers(member_id), kind) for kind in kinds or ("licence",)]
    return applied(client, member_id, pictures=mine)


def test_a_picture_is_drawn_anew_encrypted_and_shown_to_applicant_and_reviewers(
    client, member_id, who
):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    data = stall.picture("JPEG", (2_000, 1_000), exif=exif)
    upload = uploaded(client, who, "licence", data)
    assert (upload.status_code, upload.json["kind"]) == (201, "licence"), upload.json
    assert (upload.json["width"], upload.json["height"]) == (1_280, 640)
    first, front = upload.json["id"], picture(client, who, "front")
    made = applied(client, member_id, pictures=[front, first])
    assert [(each["id"], each["kind"]) for each in made["pictures"]] == [
        (first, "licence"), (front, "front"),
    ]  # fmt: skip
    for answer in (
        own(client, who, first),
        looked_at(client, world.staff_headers("reviewer"), first),
        looked_at(client, world.staff_headers("operator"), first),
    ):
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert b"taken at home" not in answer.data
        assert Image.open(io.BytesIO(answer.data)).size == (1_280, 640)
    select = world.text("SELECT jpeg FROM alliance_application_picture WHERE id = :one")
    stored = world.read(select, {"one": first})[0][0]
    assert stored.startswith("development$")
    assert "/9j/" not in stored[:60], "no JPEG in clear, not in base64 either"
    assert ids(shown_to_staff(client, made)) == ids(made)


def test_nobody_else_sees_uses_or_removes_a_picture(client, member_id, who):
    made = sent(client, member_id)
    (mine,), loose = ids(made), picture(client, who)
    stranger = world.headers(world.member())
    for each in (mine, loose, str(new_id())):
        refused = own(client, stranger, each)
        assert (refused.status_code, refused.json["code"]) == (404, "application_picture_unknown")
    for role in ("support", "cashier"):
        narrow = {"merchant_id": new_id()} if role == "cashier" else {}
        staff = world.staff_headers(role, **narrow)
        assert looked_at(client, staff, mine).status_code == 403, role
    assert looked_at(client, who, mine).status_code == 403
    waiting = looked_at(client, world.staff_headers("finance"), mine)
    assert (waiting.status_code, waiting.json["code"]) == (404, "application_picture_unknown")
    unsent = looked_at(client, world.staff_headers("reviewer"), loose)
    assert (unsent.status_code, unsent.json["code"]) == (404, "application_picture_unknown")
    for body in (wish(pictures=[loose]), wish(pictures=[mine])):
        taken = client.post(PATH, json=body, headers=stranger)
        assert (taken.status_code, taken.json["code"]) == (404, "application_picture_unknown")
        assert taken.json["ids"] == body["pictures"]
    assert set_to(client, stranger, made).json["code"] == "not_found"
    assert (kept(mine, loose), versions(made)) == (2, 1)
    assert ids(shown_to_staff(client, made)) == [mine]
    assert client.get(f"/api/v1/me{PATH[7:]}", headers=stranger).json == {"applications": []}


@pytest.mark.parametrize(
    ("kind", "data", "status", "code"),
    [
        ("licence", b"<svg/>", 422, "picture_unusable"),
        ("licence", b"", 422, "picture_unusable"),
        ("licence", stall.picture("GIF"), 422, "picture_unusable"),
        ("licence", stall.picture("PNG", (8_001, 20)), 422, "picture_unusable"),
        ("licence", stall.picture("PNG", (8, 8)), 422, "picture_unusable"),
        ("licence", b"x" * (4 * 1024 * 1024 + 1), 413, "too_large"),
        ("passport", stall.picture(), 422, "invalid_request"),
        ("", stall.picture(), 422, "invalid_request"),
    ],
)
def test_what_is_no_usable_picture_is_refused_and_nothing_is_kept(
    client, member_id, who, kind, data, status, code
):
    refused = uploaded(client, who, kind, data)
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert world.count("alliance_application_picture", f"member_id = '{member_id}'") == 0


def test_pictures_that_cannot_be_named_change_nothing(client, member_id, who):
    made = sent(client, member_id)
    other = sent(client, member_id, "permit")
    (mine,), (others,), loose = ids(made), ids(other), picture(client, who)
    for wrong, code in (
        ([loose, str(new_id())], "application_picture_unknown"),
        ([loose, others], "application_picture_unknown"),
        ([str(new_id()) for _ in range(10)], "invalid_request"),
        (["licence"], "invalid_request"),
    ):
        refused = set_to(client, who, made, *wrong)
        assert refused.json["code"] == code, wrong
    answer = client.put(f"{PATH}/{made['id']}/pictures", json={}, headers=who)
    assert answer.json["code"] == "invalid_request"
    before = world.count("alliance_application", f"member_id = '{member_id}'")
    unknown = client.post(PATH, json=wish(pictures=[loose, others]), headers=who)
    assert unknown.json["code"] == "application_picture_unknown"
    assert world.count("alliance_application", f"member_id = '{member_id}'") == before
    assert (kept(mine, others, loose), versions(made)) == (3, 1)
    assert ids(shown_to_staff(client, made)) == [mine]


def test_a_member_has_room_for_twelve_pictures_that_no_application_has(client, member_id, who):
    small = stall.picture("JPEG", (16, 16))
    drawn = (small, 16, 16)
    for _ in range(pictures.MOST_UNUSED):
        in_transaction(lambda: pictures.keep(member_id, "other", *drawn))
    refused = uploaded(client, who)
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_application_pictures")
    assert refused.json["most"] == pictures.MOST_UNUSED
    mine = f"member_id = '{member_id}'"
    assert world.count("alliance_application_picture", mine) == pictures.MOST_UNUSED


def test_other_pictures_are_a_version_of_their_own_that_reviewers_look_at_first(
    client, member_id, who
):
    made = sent(client, member_id, "licence", "front")
    licence, front = ids(made)
    permit = picture(client, who, "permit")
    changed = set_to(client, who, made, licence, permit).json
    assert (changed["status"], changed["version"]) == ("submitted", 2)
    assert ids(changed) == [licence, permit]
    assert kept(front) == 0, "what the applicant took away is gone"
    assert changed["contact_phone_masked"] == made["contact_phone_masked"]
    again = set_to(client, who, made, permit, licence).json
    assert (again["version"], versions(made)) == (2, 2), "the same pictures are no new version"
    late = decided(client, made, "reject", reason="看的是旧版本")
    assert (late.status_code, late.json["code"]) == (409, "application_changed")
    assert [each["kind"] for each in changed["steps"]] == ["submitted", "pictures_changed"]
    body = {"fields": ["contact_phone"], "reason": "致电核实申请人身份"}
    reviewer = world.staff_headers("reviewer")
    clear = desk.post(client, f"/merchant-applications/{made['id']}/reveal", reviewer, **body)
    assert clear.json["contact_phone"][-4:] == made["contact_phone_masked"][-4:]
    assert decided(client, changed, "approve").json["status"] == "approved"
    refused = set_to(client, who, made, licence)
    assert (refused.status_code, refused.json["code"]) == (409, "application_not_changeable")
    assert kept(licence, permit) == 2


def test_what_was_asked_for_is_added_and_a_corrected_version_keeps_or_changes_it(
    client, member_id, who
):
    made = applied(client, member_id)
    assert made["pictures"] == []
    assert decided(client, made, "ask_for_more", reason="请补充营业执照").status_code == 200
    licence = picture(client, who)
    added = set_to(client, who, made, licence).json
    assert (added["status"], added["version"], ids(added)) == ("submitted", 2, [licence])
    assert decided(client, added, "reject").status_code == 200
    closed = set_to(client, who, made)
    assert closed.json["code"] == "application_not_changeable"
    kept_as = client.put(f"{PATH}/{made['id']}", json=wish(), headers=who).json
    assert (kept_as["status"], ids(kept_as)) == ("submitted", [licence])
    decided(client, kept_as, "ask_for_more")
    front = picture(client, who, "front")
    better = wish(pictures=[front])
    other = client.put(f"{PATH}/{made['id']}", json=better, headers=who).json
    assert (other["version"], ids(other), kept(licence)) == (4, [front], 0)


def test_pictures_that_come_after_a_proposed_approval_take_it_back_unseen(client, member_id, who):
    licence = applicants.licence()
    operator = world.staff_headers("operator")
    desk.post(client, "/blacklist", operator, kind="licence", value=licence, reason="曾经跑路")
    made = applied(client, member_id, licence_number=licence)
    assert decided(client, made, "approve").json["status"] == "proposed"
    changed = set_to(client, who, made, picture(client, who))
    assert changed.json["status"] == "submitted"
    assert "proposed" not in changed.text
    late = confirmed(client, made)
    assert (late.status_code, late.json["code"]) == (409, "application_decided")
    found = shown_to_staff(client, made)
    assert (found["proposed_by"], found["proposal"]) == (None, None)
    assert "licence_blacklisted" in applicants.kinds(found["findings"])


def test_an_approval_and_other_pictures_at_once_are_one_or_the_other(app, client, member_id, who):
    made = sent(client, member_id)
    more, terms, answers = picture(client, who, "front"), applicants.terms(), {}
    start = threading.Barrier(2)
    reviewer = world.staff_headers("reviewer")

    def approve():
        start.wait()
        body = {"version": 1, "decision": "approve", "terms": terms}
        path = f"/merchant-applications/{made['id']}/decision"
        answers["approved"] = desk.post(app.test_client(), path, reviewer, **body).json

    def change():
        start.wait()
        answers["changed"] = set_to(app.test_client(), who, made, more).json

    threads = [threading.Thread(target=work) for work in (approve, change)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if answers["approved"].get("status") == "approved":
        assert answers["changed"]["code"] == "application_not_changeable"
        assert ids(shown_to_staff(client, made)) == ids(made)
    else:
        assert answers["approved"]["code"] == "application_changed"
        assert ids(shown_to_staff(client, made)) == [more]


def test_who_of_the_staff_looked_is_on_record_and_counts_once_for_a_version(
    client, member_id, monkeypatch
):
    made = sent(client, member_id, "licence", "front", "permit")
    reviewer = world.staff_headers("reviewer")
    for each in ids(made):
        assert looked_at(client, reviewer, each).status_code == 200
    told = [step["kind"] for step in shown_to_staff(client, made)["steps"]]
    assert told == ["submitted", reviewing.LOOKED]
    for each in ids(made):
        path = f"/merchant-applications/pictures/{each}.jpg"
        records = f"path = '{path}' AND outcome = 'done' AND staff_id IS NOT NULL"
        assert world.count("core_audit", records) == 1
    mine = client.get(f"/api/v1/me/merchant-applications/{made['id']}",
                      headers=world.headers(member_id))  # fmt: skip
    assert "revealed" not in mine.text
    monkeypatch.setattr(settings(), "reveal_hourly_limit", 1)
    other = sent(client, world.member())
    refused = looked_at(client, reviewer, ids(other)[0])
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert looked_at(client, reviewer, ids(made)[0]).status_code == 200
    assert [step["kind"] for step in shown_to_staff(client, other)["steps"]] == ["submitted"]


def test_withdrawing_deletes_the_pictures(client, member_id, who):
    made, other = sent(client, member_id, "licence", "front"), sent(client, member_id)
    path = f"{PATH}/{made['id']}/withdrawal"
    assert client.post(path, headers=who).json["pictures"] == []
    assert (kept(*ids(made)), kept(*ids(other))) == (0, 1)


def test_own_data_tells_of_pictures_and_erasing_deletes_those_of_no_merchant(
    client, member_id, who
):
    rejected, approved = sent(client, member_id), sent(client, member_id, "front")
    loose, foreign = picture(client, who, "permit"), sent(client, world.member())
    part = "/api/v1/me/data-export?part=alliance.application_pictures"
    rows = client.get(part, headers=who).json["parts"][0]["rows"]
    told = {each["id"]: each["kind"] for each in rows}
    assert told == {ids(rejected)[0]: "licence", ids(approved)[0]: "front", loose: "permit"}
    assert all("jpeg" not in each for each in rows)
    decided(client, rejected, "reject")
    decided(client, approved, "approve")
    in_transaction(lambda: own_data.erase(None, member_id=member_id))
    assert kept(*ids(rejected), loose) == 0
    assert kept(*ids(approved), *ids(foreign)) == 2


def test_a_merge_brings_pictures_to_who_the_member_is_today_and_undoing_it_back(
    client, member_id, who
):
    made, survivor = sent(client, member_id), world.member()
    people = {"survivor_id": survivor, "absorbed_id": member_id}
    moved = in_transaction(lambda: merging.hand_over(None, **people, had_past=False))
    theirs, (one,) = world.headers(survivor), ids(made)
    assert own(client, theirs, one).status_code == 200
    in_transaction(lambda: merging.take_back(None, **people, moved=moved))
    assert own(client, theirs, one).status_code == 404
    assert own(client, who, one).status_code == 200


def test_what_no_application_named_within_a_day_is_deleted(client, member_id, who, monkeypatch):
    made, loose = sent(client, member_id), picture(client, who)
    pictures.clear_unused()
    assert kept(*ids(made), loose) == 2
    later = now() + pictures.UNUSED_FOR + timedelta(minutes=1)
    monkeypatch.setattr(pictures, "now", lambda: later)
    assert pictures.clear_unused() >= 1
    assert (kept(*ids(made)), kept(loose)) == (1, 0)
    late = set_to(client, who, made, *ids(made), loose)
    assert late.json["code"] == "application_picture_unknown"
    assert ids(shown_to_staff(client, made)) == ids(made)


def cleared_after(days, monkeypatch):
    later = now() + timedelta(days=days, minutes=1)
    with monkeypatch.context() as patched:
        patched.setattr(pictures, "now", lambda: later)
        while pictures.clear_old():
            pass


def test_pictures_go_when_the_applicant_lets_an_answer_lie(client, context, monkeypatch):
    waiting, rejected, asked, approved = (sent(client, world.member()) for _ in range(4))
    decided(client, rejected, "reject")
    decided(client, asked, "ask_for_more")
    decided(client, approved, "approve")
    days = settings().application_picture_keep_days
    cleared_after(days - 1, monkeypatch)
    assert kept(*ids(rejected), *ids(asked)) == 2
    cleared_after(days, monkeypatch)
    assert kept(*ids(rejected), *ids(asked)) == 0
    assert kept(*ids(waiting), *ids(approved)) == 2
    assert shown_to_staff(client, rejected)["pictures"] == []


def test_a_merchants_pictures_stay_until_three_years_after_it_closed(client, context, monkeypatch):
    one, two, three = (sent(client, world.member()) for _ in range(3))
    joined = [decided(client, each, "approve").json["merchant_id"] for each in (one, two, three)]
    stores = client.get(
        f"/api/v1/merchants/{joined[1]}/standing", headers=world.staff_headers("operator")
    ).json["stores"]
    desk.closing(client, SimpleNamespace(merchant_id=joined[0]))  # from tomorrow on
    only = SimpleNamespace(merchant_id=joined[1])
    desk.closing(client, only, store_id=stores[0]["store_id"])
    days = settings().merchant_picture_keep_days
    cleared_after(days, monkeypatch)
    assert kept(*ids(one)) == 1
    cleared_after(days + 1, monkeypatch)
    assert (kept(*ids(one)), kept(*ids(two), *ids(three))) == (0, 2)


def test_finance_see_the_papers_of_a_merchant_that_was_let_in_and_nothing_else(client, member_id):
    made = sent(client, member_id, "licence", "front", "permit", "other")
    licence, front, permit, other = ids(made)
    kinds = {each["id"]: each["kind"] for each in made["pictures"]}
    finance = world.staff_headers("finance")
    for each in (licence, permit):
        assert looked_at(client, finance, each).json["code"] == "application_picture_unknown"
    assert decided(client, made, "approve").json["status"] == "approved"
    proposal = proposed(client, finance, made)
    told = {each["id"]: each["kind"] for each in proposal["pictures"]}
    assert told == {each: kinds[each] for each in (licence, permit)}
    for each in (front, other):
        assert looked_at(client, finance, each).json["code"] == "application_picture_unknown"
    assert "revealed:pictures" not in steps(client, made), "what was refused is no look"
    for each in (licence, permit, licence):
        answer = looked_at(client, finance, each)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert steps(client, made).count("revealed:pictures") == 1


def proposed(client, finance, made):
    """The account that an application came with, as finance see it."""
    query, path = {"status": "proposed"}, "/api/v1/bank-account-proposals"
    while True:
        rows = client.get(path, query_string=query, headers=finance).json["proposals"]
        for row in rows:
            if row["application_id"] == made["id"]:
                return row
        query["after"] = rows[-1]["id"]


def steps(client, made):
    return [step["kind"] for step in shown_to_staff(client, made)["steps"]]
