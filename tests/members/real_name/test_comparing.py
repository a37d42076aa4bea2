"""What a member types is compared with what is on record of them, and of nobody else."""

import pytest

from tests.members.people import member, signed_in
from tests.members.real_name import numbers

PATH = "/api/v1/me/registration-check"
pytestmark = pytest.mark.usefixtures("context")


def checked(client, headers, **given):
    answer = client.post(PATH, json=given, headers=headers)
    assert answer.status_code == 200, answer.json
    return {each["field"]: each for each in answer.json["fields"]}


def test_each_field_is_the_same_in_any_way_of_writing_it_or_differs(client, giver):
    person = giver()
    assert person.give().status_code == 200
    typed = f"+86 {person.wish['phone'][:3]} {person.wish['phone'][3:]}"
    found = checked(
        client, person.headers, name=" 王小明", phone=typed, id_number=numbers.id_number()
    )
    assert {name: each["result"] for name, each in found.items()} == {
        "name": "same",
        "phone": "same",
        "id_number": "differs",
    }
    assert "一致" in found["name"]["message"]
    assert "differs" in found["id_number"]["title"]
    assert found["name"]["on_record"] == "**明"
    assert person.wish["id_number"] not in str(found)


def test_nothing_on_record_and_impossible_forms_are_told_apart(client):
    headers = signed_in(member())
    found = checked(client, headers, name="王小明", phone="12345", id_number="110101199003070000")
    assert found["name"]["result"] == "new"
    assert {found["phone"]["result"], found["id_number"]["result"]} == {"invalid"}
    assert client.get("/api/v1/me/real-name", headers=headers).status_code == 404


def test_somebody_elses_data_are_never_spoken_of(client, giver):
    person = giver()
    person.give()
    other = signed_in(member())
    given = {name: person.wish[name] for name in ("name", "phone", "id_number")}
    assert {each["result"] for each in checked(client, other, **given).values()} == {"new"}
    assert client.post(PATH, json=given).status_code == 401


def test_trying_out_values_ends_soon(client):
    headers = signed_in(member())
    answers = [client.post(PATH, json={"name": "王明"}, headers=headers) for _ in range(21)]
    assert [answer.status_code for answer in answers[19:]] == [200, 429]
