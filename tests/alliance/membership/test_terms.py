"""The text about prepaid money: told to everybody, consented to in its present version only."""

import pytest

from app.alliance.membership.texts import TEXTS, VERSION
from tests.alliance import shop as world

PATH = "/api/v1/me/membership-terms"
pytestmark = pytest.mark.usefixtures("context")


def test_everybody_reads_the_present_text_in_both_languages_with_its_amounts(client):
    shown = client.get("/api/v1/membership").json
    assert shown["version"] == VERSION
    assert (shown["text"], shown["text_en"]) == (TEXTS[VERSION]["zh"], TEXTS[VERSION]["en"])
    assert shown["card_limit_unnamed_fen"] < shown["card_limit_fen"]
    assert shown["refund_days"] >= 7


def test_a_consent_is_kept_once_with_its_version_and_door(client):
    member_id = world.member()
    mine = world.headers(member_id)
    assert client.get(PATH, headers=mine).json["is_consented"] is False
    first = client.put(PATH, json={"version": VERSION}, headers=mine).json
    again = client.put(PATH, json={"version": VERSION, "door": "mini_program"}, headers=mine).json
    assert first == again
    assert first["is_consented"]
    assert world.count("alliance_terms_consent", f"member_id = '{member_id}'") == 1


def test_another_version_is_not_consented_to_and_nobody_consents_for_others(client):
    member_id = world.member()
    answer = client.put(PATH, json={"version": "2020-01"}, headers=world.headers(member_id))
    assert (answer.status_code, answer.json["code"]) == (409, "terms_outdated")
    assert answer.json["version"] == VERSION
    assert world.count("alliance_terms_consent", f"member_id = '{member_id}'") == 0
    assert client.put(PATH, json={"version": VERSION}).status_code == 401
    assert client.get(PATH, headers=world.staff_headers("operator")).status_code == 403
