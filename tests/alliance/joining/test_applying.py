"""A member applies with a merchant, learns what became of it, and corrects it."""

import pytest

from app.core.db import in_transaction
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.joining import applicants
from tests.alliance.joining.applicants import applied, decided, wish

PATH = "/merchant-applications"


@pytest.fixture
def member_id(context):
    return world.member()


def rows(table="alliance_application"):
    return world.count(table)


def test_what_is_sent_is_kept_encrypted_and_shown_masked(client, member_id):
    sent = wish(contact_name="欧阳娜", account_kind="card", account_number=applicants.card())
    answer = desk.post(client, PATH, world.headers(member_id), **sent)
    assert answer.status_code == 201, answer.json
    made = answer.json
    assert (made["status"], made["account_check"], made["contact_name_masked"]) == (
        "submitted", "luhn", "**娜",
    )  # fmt: skip
    assert made["account_masked"] == f"**** {sent['account_number'][-4:]}"
    (kept,) = world.read(
        world.text("SELECT * FROM alliance_application_version WHERE application_id = :one"),
        {"one": made["id"]},
    )
    for secret in ("欧阳娜", sent["account_number"], sent["contact_phone"]):
        assert secret not in str(kept)
        assert secret not in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"licence_number": "91110000600037342L"},
        {"account_kind": "card", "account_number": "6222020000000000001"},
        {"account_number": "12ab5678"},
        {"contact_phone": "12345678901"},
        {"company_name": "——"},
        {"stores": []},
        {"stores": [{"name": "店", "address": "街", "latitude": 30.0}]},
        {"category": "没有这种"},
        {"salesperson_scene": "nobody"},
        {"recommender": "me"},
    ],
)
def test_what_is_wrong_is_refused_without_repeating_it(client, member_id, wrong):
    before = rows()
    answer = desk.post(client, PATH, world.headers(member_id), **wish(**wrong))
    assert answer.status_code in (404, 422)
    for value in (wrong.get("account_number"), wrong.get("contact_phone")):
        assert value is None or value not in answer.text
    assert rows() == before


def test_a_company_account_says_that_it_has_no_check_digit(client, member_id):
    made = applied(client, member_id)
    assert made["account_check"] == "none"
    found = client.get(f"/api/v1{PATH}/{made['id']}", headers=world.staff_headers("reviewer")).json
    assert applicants.kinds(found["findings"]) == ["account_unchecked"]


def test_one_licence_is_open_once_for_a_member_and_five_in_all(client, member_id):
    licence = applicants.licence()
    first = applied(client, member_id, licence_number=licence)
    again = desk.post(client, PATH, world.headers(member_id), **wish(licence_number=licence))
    assert (again.status_code, again.json["code"]) == (409, "application_open")
    assert again.json["application_id"] == first["id"]
    for _ in range(4):
        applied(client, member_id)
    sixth = desk.post(client, PATH, world.headers(member_id), **wish())
    assert sixth.json["code"] == "too_many_applications"
    path = f"{PATH}/{first['id']}/withdrawal"
    assert desk.post(client, path, world.headers(member_id)).json["status"] == "withdrawn"
    assert desk.post(client, path, world.headers(member_id)).json["code"] == (
        "application_not_changeable"
    )
    applied(client, member_id, licence_number=licence)


def test_the_applicant_learns_the_reason_and_sends_a_corrected_version(client, member_id):
    made = applied(client, member_id)
    who = world.headers(member_id)
    assert decided(client, made, "ask_for_more", reason="请补充门店照片").status_code == 200
    shown = client.get(f"/api/v1/me{PATH}/{made['id']}", headers=who).json
    assert (shown["status"], shown["steps"][-1]["reason"]) == ("more_asked", "请补充门店照片")
    better = wish(company_name="改好有限公司")
    sent = client.put(f"/api/v1{PATH}/{made['id']}", json=better, headers=who).json
    assert (sent["status"], sent["version"], sent["company_name"]) == (
        "submitted", 2, "改好有限公司",
    )  # fmt: skip
    assert world.count("alliance_application_version", f"application_id = '{made['id']}'") == 2
    late = decided(client, made, "reject", reason="看的是旧版本")
    assert (late.status_code, late.json["code"], late.json["version"]) == (
        409, "application_changed", 2,
    )  # fmt: skip
    assert decided(client, sent, "reject", reason="类目不符").json["status"] == "rejected"
    third = client.put(f"/api/v1{PATH}/{made['id']}", json=wish(), headers=who).json
    assert (third["status"], third["version"]) == ("submitted", 3)
    early = client.put(f"/api/v1{PATH}/{made['id']}", json=wish(), headers=who)
    assert early.json["code"] == "application_not_changeable"
    listed = client.get(f"/api/v1/me{PATH}", headers=who).json["applications"]
    assert [each["id"] for each in listed] == [made["id"]]


def test_nobody_sees_or_changes_anothers_application(client, member_id):
    made = applied(client, member_id)
    stranger = world.headers(world.member())
    for answer in (
        client.get(f"/api/v1/me{PATH}/{made['id']}", headers=stranger),
        client.put(f"/api/v1{PATH}/{made['id']}", json=wish(), headers=stranger),
        desk.post(client, f"{PATH}/{made['id']}/withdrawal", stranger),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    for role in ("finance", "support", "cashier"):
        narrow = {"merchant_id": world.new_id()} if role == "cashier" else {}
        who = world.staff_headers(role, **narrow)
        assert client.get(f"/api/v1{PATH}/{made['id']}", headers=who).status_code == 403
        assert decided(client, made, "reject", who=who).status_code == 403
    assert client.get(f"/api/v1/me{PATH}", headers=stranger).json == {"applications": []}


def test_findings_are_never_told_to_the_applicant(client, member_id):
    licence = applicants.licence()
    operator = world.staff_headers("operator")
    desk.post(client, "/blacklist", operator, kind="licence", value=licence, reason="曾经跑路")
    answer = desk.post(client, PATH, world.headers(member_id), **wish(licence_number=licence))
    assert answer.status_code == 201
    decided(client, answer.json, "approve")
    shown = client.get(f"/api/v1/me{PATH}/{answer.json['id']}", headers=world.headers(member_id))
    assert shown.json["status"] == "submitted"
    for word in ("finding", "blacklist", "黑名单", "曾经跑路", "proposed"):
        assert word not in shown.text


def test_a_merge_brings_the_application_to_who_the_member_is_today(client, member_id):
    from app.alliance import merging

    made, survivor = applied(client, member_id), world.member()
    who = {"survivor_id": survivor, "absorbed_id": member_id}
    moved = in_transaction(lambda: merging.hand_over(None, **who, had_past=False))
    assert moved["alliance"]["applications"] == [made["id"]]
    path = f"/api/v1/me{PATH}/{made['id']}"
    assert client.get(path, headers=world.headers(survivor)).status_code == 200
    in_transaction(lambda: merging.take_back(None, **who, moved=moved))
    assert client.get(path, headers=world.headers(survivor)).status_code == 404


def test_what_came_to_no_merchant_is_erased_with_its_member(client, member_id):
    from app.alliance import own_data

    made = applied(client, member_id)
    left = in_transaction(lambda: own_data.remaining(None, member_id=member_id))
    assert [each["what"] for each in left] == ["merchant_application"]
    decided(client, made, "reject")
    in_transaction(lambda: own_data.erase(None, member_id=member_id))
    condition = f"application_id = '{made['id']}' AND contact_phone_sealed IS NULL"
    assert world.count("alliance_application_version", condition) == 1
    shown = client.get(f"/api/v1{PATH}/{made['id']}", headers=world.staff_headers("reviewer"))
    assert (shown.status_code, shown.json["contact_name_masked"]) == (200, "")
