"""A merchant whom the operator enters is compared like one who applies."""

import pytest

from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.joining import applicants
from tests.alliance.joining.applicants import kinds


@pytest.fixture
def operator(context):
    return world.staff_headers("operator")


def entered(client, who, **body):
    return desk.post(client, "/merchants", who, **body)


def with_licence(licence):
    return world.count("alliance_merchant", f"licence_number = '{licence}'")


def test_a_licence_with_a_wrong_check_digit_is_refused(client, operator):
    right = applicants.licence()
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    refused = entered(client, operator, name="茶馆", licence_number=wrong)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")
    assert wrong not in refused.text
    assert with_licence(wrong) == 0
    spaced = f" {right[:8].lower()} {right[8:]}"
    made = entered(client, operator, name=applicants.name(), licence_number=spaced)
    assert (made.status_code, made.json["licence_number"]) == (201, right)


def test_a_licence_that_somebody_has_or_applies_with_is_refused(client, operator):
    taken, applied = applicants.licence(), applicants.applied(client)
    first = entered(client, operator, name=applicants.name(), licence_number=taken)
    assert first.status_code == 201
    for licence, kind, subject_id in (
        (taken, "licence_taken", first.json["id"]),
        (applied["licence_number"], "licence_applied", applied["id"]),
    ):
        again = entered(client, operator, name=applicants.name(), licence_number=licence)
        assert (again.status_code, again.json["code"]) == (409, "licence_doubtful")
        assert [(each["kind"], each["subject_id"]) for each in again.json["findings"]] == [
            (kind, subject_id)
        ]
    assert (with_licence(taken), with_licence(applied["licence_number"])) == (1, 0)


def test_a_blacklisted_licence_is_refused_until_it_is_taken_off(client, operator):
    licence, name = applicants.licence(), applicants.name()
    body = {"kind": "licence", "value": licence, "reason": "多次投诉"}
    entry = desk.post(client, "/blacklist", operator, **body).json
    refused = entered(client, operator, name=name, licence_number=licence)
    assert (refused.status_code, kinds(refused.json["findings"])) == (409, ["licence_blacklisted"])
    assert with_licence(licence) == 0
    desk.post(client, f"/blacklist/{entry['id']}/removal", operator, reason="误加")
    assert entered(client, operator, name=name, licence_number=licence).status_code == 201


def test_whose_name_is_like_it_is_told(client, operator):
    name = applicants.name()
    first = entered(client, operator, name=name).json
    assert first["findings"] == []
    again = entered(client, operator, name=name.removesuffix("有限公司"))
    assert again.status_code == 201
    assert [(each["kind"], each["subject_id"]) for each in again.json["findings"]] == [
        ("name_taken", first["id"])
    ]
