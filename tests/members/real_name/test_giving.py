"""Giving a real name: taken once, kept encrypted, one person's, version by version."""

import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction, read
from app.members import phones, service
from app.members.real_name import consent
from app.members.real_name import service as real_names
from app.members.reviews import same_persons
from tests.members.people import member
from tests.members.real_name import numbers

pytestmark = pytest.mark.usefixtures("context")
TABLES = ("members_real_name", "members_bank_card", "members_real_name_claim")


def stored(member_id=None):
    rows = []
    for table in TABLES:
        where = f" WHERE member_id = '{member_id}'" if member_id else ""
        rows += [row[0] for row in read(text(f"SELECT to_jsonb(t)::text FROM {table} t{where}"))]
    return sorted(rows)


def pairs(*member_ids):
    found = in_transaction(lambda: [(r.member_id, r.same_person_as) for r in same_persons()])
    return [pair for pair in found if set(pair) & set(member_ids)]


def test_it_is_kept_encrypted_and_shown_in_part(giver):
    someone = giver()
    answer = someone.give()
    assert answer.status_code == 200, answer.json
    wish = someone.wish
    assert answer.json["name"] == "**明"
    assert answer.json["id_number"] == f"110***********{wish['id_number'][-4:]}"
    assert answer.json["bank_card"]["number"].endswith(wish["bank_card"]["number"][-4:])
    assert answer.headers["Cache-Control"] == "no-store"
    assert someone.shown().json == answer.json
    kept = str(stored(someone.member_id))
    for secret in (wish["name"], wish["id_number"], wish["phone"], wish["bank_card"]["number"]):
        assert secret not in kept
        assert secret not in answer.text


def test_the_same_once_more_changes_nothing(giver):
    someone = giver()
    first = someone.give()
    before = stored(someone.member_id)
    assert someone.give().json == first.json
    assert stored(someone.member_id) == before


def test_the_consent_is_on_record_with_text_and_door(giver, client):
    told = client.get("/api/v1/real-name/consent").json
    someone = giver()
    answer = someone.give(consent_version=told["version"], consent_door="official_account").json
    assert (answer["consent_version"], answer["consent_door"]) == (
        told["version"],
        "official_account",
    )
    assert "单独同意" in told["text"]


def test_a_text_that_somebody_has_consented_to_is_never_changed():
    """Another text is another version; this one stays as it was shown."""
    known = {"2026-11": "f29150e2dad7ff2da290efbaa36acd2fb533f36e9d42d74ff8e9540754172798"}
    found = {name: sha256(text.encode()).hexdigest() for name, text in consent.TEXTS.items()}
    assert {name: found[name] for name in known} == known
    assert max(consent.TEXTS) == consent.VERSION


def test_what_a_room_gets_does_not_write_itself_into_a_log(giver):
    someone = giver()
    someone.give()
    told = repr([service.real_name_of(someone.member_id), real_names.plain_of(someone.member_id)])
    assert [value for value in ("王小明", someone.wish["id_number"]) if value in told] == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"consent_version": "2020-01"}, "consent_outdated"),
        ({"consent_door": "street"}, "invalid_request"),
        ({"id_number": numbers.id_number(born="20200101")}, "too_young"),
        ({"id_number": numbers.id_number(born="20990101")}, "too_young"),
        ({"id_number": "110105194912310021"}, "invalid_request"),
        ({"name": "Li"}, "invalid_request"),
        ({"phone": "110"}, "invalid_request"),
        ({"bank_card": {"number": "6217001234567890"}}, "invalid_request"),
        ({"nickname": "x"}, "invalid_request"),
    ],
)
def test_what_is_refused_is_not_kept_and_not_repeated(giver, changed, code):
    someone = giver()
    refused = someone.give(**changed)
    assert refused.json["code"] == code
    assert stored(someone.member_id) == []
    given = [value for value in changed.values() if isinstance(value, str) and len(value) > 5]
    if code == "invalid_request":
        assert [value for value in given if value in refused.text] == []


def test_an_id_number_is_one_persons_and_staff_see_the_two(giver):
    someone, other = giver(), giver()
    someone.give()
    refused = other.give(id_number=someone.wish["id_number"])
    assert (refused.status_code, refused.json["code"]) == (409, "id_number_taken")
    assert stored(other.member_id) == []
    assert len(pairs(other.member_id)) == 1
    assert other.give().json["code"] == "id_number_taken"  # asked again: reported once
    assert len(pairs(other.member_id)) == 1
    assert service.today(other.member_id) == other.member_id  # nobody was merged


def test_two_members_with_one_id_number_at_once_are_one_owner_and_one_report(app, giver):
    for _ in range(5):
        number = numbers.id_number()
        people = [member() for _ in range(6)]
        start = threading.Barrier(len(people))

        def give(member_id, number=number, start=start):
            with app.app_context():
                wish = numbers.wish(id_number=number)
                given = real_names.Given(
                    wish["name"], number, wish["phone"], numbers.card(), None, "2026-11", "x"
                )
                start.wait(30)
                try:
                    real_names.give(member_id, given)
                    return None
                except Exception as refusal:
                    return refusal.code
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(len(people)) as pool:
            outcomes = list(pool.map(give, people))
        assert sorted(outcomes, key=str) == [None] + ["id_number_taken"] * 5
        owner = people[outcomes.index(None)]
        assert [person for person in people if stored(person)] == [owner]
        assert len(pairs(*people)) == 5
        assert all(owner in pair for pair in pairs(*people))


def test_one_member_who_taps_often_at_once_has_one_version(app, giver):
    someone = giver()
    start = threading.Barrier(8)

    def give(_):
        with app.test_client() as client:
            start.wait(30)
            return client.post("/api/v1/real-name", json=someone.wish, headers=someone.headers)

    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(give, range(8))} == {200}
    assert len(stored(someone.member_id)) == 2 + 3  # a version, a card, three claims


def test_a_card_of_another_person_is_refused_and_told_to_staff(giver):
    someone, other = giver(), giver()
    someone.give()
    refused = other.give(bank_card=someone.wish["bank_card"])
    assert (refused.status_code, refused.json["code"]) == (409, "card_taken")
    assert stored(other.member_id) == []
    assert len(pairs(other.member_id)) == 1


def test_a_phone_of_another_person_is_refused_and_told_to_staff(giver):
    someone, other = giver(), giver()
    someone.give()
    assert other.give(phone=someone.wish["phone"]).json["code"] == "phone_taken"
    assert stored(other.member_id) == []
    assert len(pairs(other.member_id)) == 1


def test_a_phone_that_wechat_verified_for_another_member_is_told_to_staff(giver):
    someone, other = giver(), giver()
    in_transaction(lambda: phones._keep(someone.member_id, "86", other.wish["phone"]))
    assert other.give().json["code"] == "phone_taken"
    assert stored(other.member_id) == []
    assert len(pairs(other.member_id)) == 1


def test_a_phone_given_up_may_be_anothers(giver):
    someone, other = giver(), giver()
    someone.give()
    former = someone.wish["phone"]
    assert someone.give(phone=numbers.phone()).status_code == 200
    assert other.give(phone=former).status_code == 200


def test_a_person_has_one_id_number(giver):
    someone = giver()
    someone.give()
    before = stored(someone.member_id)
    refused = someone.give(id_number=numbers.id_number())
    assert (refused.status_code, refused.json["code"]) == (409, "id_number_fixed")
    assert stored(someone.member_id) == before


def test_changes_of_name_and_card_leave_their_history(giver):
    someone = giver()
    someone.give()
    first = service.real_name_of(someone.member_id)
    old_card = someone.wish["bank_card"]
    new_card = {"number": numbers.card()}
    someone.give(name="王晓明", bank_card=new_card)
    second = service.real_name_of(someone.member_id)
    assert (first.name, second.name) == ("王小明", "王晓明")
    assert second.card_changed_at > first.card_changed_at
    assert second.confirmed_at > first.confirmed_at
    assert second.card_last_four == new_card["number"][-4:]
    assert first.card_index != second.card_index
    kept = [row for row in stored(someone.member_id) if "replaced_at" in row]
    assert len(kept) == 4
    other = giver()
    assert other.give(bank_card=old_card).json["code"] == "card_taken"  # it still is that person's


def test_a_corrected_bank_name_is_no_change_of_card(giver):
    someone = giver()
    someone.give()
    before = service.real_name_of(someone.member_id)
    number = someone.wish["bank_card"]["number"]
    answer = someone.give(bank_card={"number": number, "bank_name": "中国工商银行"})
    assert answer.json["bank_card"]["bank_name"] == "中国工商银行"
    assert service.real_name_of(someone.member_id) == before


def test_without_a_card_the_present_one_stays(giver):
    someone = giver()
    someone.give()
    before = service.real_name_of(someone.member_id)
    assert someone.give(bank_card=None).status_code == 200
    assert service.real_name_of(someone.member_id) == before


def test_who_gave_nothing_has_no_real_name(giver):
    someone = giver()
    assert service.real_name_of(someone.member_id) is None
    assert someone.shown().status_code == 404
    someone.give(bank_card=None)
    told = service.real_name_of(someone.member_id)
    assert (told.name, told.card_last_four, told.card_index) == ("王小明", None, None)


def test_a_merge_takes_the_real_name_along_and_its_undoing_brings_it_back(giver):
    someone, twin = giver(), member()
    someone.give()
    told = service.real_name_of(someone.member_id)
    merge_id = in_transaction(lambda: service.merge_pasts(someone.member_id, twin, {}))
    assert service.real_name_of(twin) == service.real_name_of(someone.member_id) == told
    in_transaction(lambda: service.undo(merge_id, twin, "认错人"))
    assert service.real_name_of(someone.member_id) == told
    assert service.real_name_of(twin) is None
    assert someone.give().status_code == 200


def test_two_people_by_law_do_not_become_one(giver):
    someone, other = giver(), giver()
    someone.give()
    other.give()
    before = stored(someone.member_id), stored(other.member_id)
    with pytest.raises(service.CannotMerge):
        in_transaction(lambda: service.merge_pasts(someone.member_id, other.member_id, {}))
    assert (stored(someone.member_id), stored(other.member_id)) == before


def test_nobody_tries_out_whose_numbers_are_known_here(giver):
    owner, someone = giver(), giver()
    owner.give()
    known = owner.wish["id_number"]
    assert {someone.give(id_number=known).status_code for _ in range(20)} == {409}
    refused = someone.give(id_number=numbers.id_number())
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert stored(someone.member_id) == []
    assert giver().give().status_code == 200
