"""Drafts, publishing by two, the schedule, and the version that each sale keeps."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.alliance import distribution, terms
from app.core.config import settings
from app.core.db import in_transaction, read
from app.core.world import new_id, now
from tests.alliance import shop as world

API = "/api/v1/policies"
SHARES = {"consumer": 4_000, "recommender": 2_000, "charity": 4_000}
OTHER = {"consumer": 1_000, "recommender": 2_000, "charity": 7_000}


@pytest.fixture
def author(context):
    return world.staff_headers("operator")


@pytest.fixture
def reviewer(context):
    return world.staff_headers("finance")


def family():
    return f"方案 {new_id()}"


def drafted(client, who, name, shares=SHARES, **more):
    body = {"name": name, "shares_bp": shares, **more}
    answer = client.post(f"{API}/drafts", json=body, headers=who)
    assert answer.status_code == 201, answer.json
    return answer.json


def publish(client, who, draft, **more):
    body = {"revision": draft["revision"], **more}
    return client.post(f"{API}/drafts/{draft['id']}/publish", json=body, headers=who)


def published(client, author, reviewer, name, shares=SHARES, **more):
    answer = publish(client, reviewer, drafted(client, author, name, shares), **more)
    assert answer.status_code == 201, answer.json
    return answer.json


def code_of(answer):
    return answer.status_code, answer.json["code"]


def counts():
    tables = ("alliance_policy", "alliance_policy_draft", "alliance_policy_release")
    return [world.count(table) for table in tables]


def shop_with(policy_id):
    merchant_id = world.merchant()
    contract_id = world.contract(merchant_id, UUID(policy_id))
    return world.Shop(merchant_id, world.store(merchant_id), UUID(policy_id), contract_id)


def policy_of(sale):
    rows = read(text("SELECT policy_id FROM alliance_sale WHERE id = :id"), {"id": sale["id"]})
    return str(rows[0][0])


def test_a_draft_is_written_changed_and_published_by_somebody_else(client, author, reviewer):
    name = family()
    draft = drafted(client, author, name, {"consumer": 4_000})
    assert [fault["code"] for fault in draft["faults"]] == ["shares_sum"]
    assert code_of(publish(client, reviewer, draft)) == (422, "policy_unusable")
    body = {"name": name, "shares_bp": SHARES, "note": "第一版", "revision": 1}
    place = f"{API}/drafts/{draft['id']}"
    changed = client.put(place, json=body, headers=author).json
    assert (changed["revision"], changed["faults"], changed["note"]) == (2, [], "第一版")
    before = counts()
    assert code_of(publish(client, reviewer, draft)) == (409, "policy_draft_changed")
    assert code_of(publish(client, author, changed)) == (403, "second_person_needed")
    assert counts() == before
    done = publish(client, reviewer, changed).json
    assert (done["version"], done["status"], done["shares_bp"]) == (1, "in_force", SHARES)
    assert done["published_by"] != done["created_by"]
    assert sum(each["amount_fen"] for each in done["totals"]) == 10_000
    assert code_of(publish(client, reviewer, changed)) == (409, "policy_draft_closed")
    assert code_of(client.put(place, json=body, headers=author)) == (409, "policy_draft_closed")
    assert client.get(place, headers=author).json["policy_id"] == done["id"]


def test_whoever_once_wrote_in_a_draft_does_not_publish_it(client, author, context):
    second, third = world.staff_headers("operator"), world.staff_headers("operator")
    draft = drafted(client, author, family())
    body = {"name": draft["name"], "shares_bp": OTHER, "revision": 1}
    draft = client.put(f"{API}/drafts/{draft['id']}", json=body, headers=second).json
    for who in (author, second):
        assert code_of(publish(client, who, draft)) == (403, "second_person_needed")
    assert publish(client, third, draft).status_code == 201


def test_a_discarded_draft_is_closed(client, author, reviewer):
    draft = drafted(client, author, family())
    place = f"{API}/drafts/{draft['id']}"
    gone = client.post(f"{place}/discard", json={"revision": 1}, headers=author).json
    assert gone["status"] == "discarded"
    assert code_of(publish(client, reviewer, gone)) == (409, "policy_draft_closed")


def test_a_scheduled_version_counts_from_its_moment_and_sales_keep_theirs(client, author, reviewer):
    name = family()
    first = published(client, author, reviewer, name)
    shop, payer = shop_with(first["id"]), world.rich()
    since = now() + timedelta(hours=3)
    in_beijing = (since + timedelta(hours=8)).replace(tzinfo=None, microsecond=0)
    second = published(
        client, author, reviewer, name, OTHER, takes_effect_at=in_beijing.isoformat()
    )
    assert second["status"] == "scheduled"
    assert second["takes_effect_in_beijing"] == in_beijing.isoformat(sep=" ")
    early = world.paid(client, payer, shop, 10_000)
    with time_machine.travel(since + timedelta(seconds=1), tick=False):
        late = world.paid(client, payer, shop, 10_000)
        shown = client.get(f"{API}?name={name}", headers=world.staff_headers("support")).json
    statuses = {each["version"]: each["status"] for each in shown["policies"]}
    assert (policy_of(early), policy_of(late)) == (first["id"], second["id"])
    assert statuses == {1: "superseded", 2: "in_force"}
    assert distribution.distribute_sale(UUID(late["id"]))
    assert policy_of(early) == first["id"]


def test_a_scheduled_version_is_withdrawn_and_never_counts(client, author, reviewer):
    name = family()
    first = published(client, author, reviewer, name)
    shop, payer = shop_with(first["id"]), world.rich()
    since = now() + timedelta(hours=3)
    second = published(client, author, reviewer, name, OTHER, takes_effect_at=since.isoformat())
    place = f"{API}/{second['id']}/withdraw"
    gone = client.post(place, json={"reason": "误排"}, headers=reviewer).json
    assert (gone["status"], gone["withdrawal_reason"]) == ("withdrawn", "误排")
    again = client.post(place, json={"reason": "x"}, headers=reviewer)
    assert code_of(again) == (409, "policy_not_scheduled")
    with time_machine.travel(since + timedelta(seconds=1), tick=False):
        assert policy_of(world.paid(client, payer, shop, 100)) == first["id"]
    contract = {
        "merchant_id": str(shop.merchant_id),
        "policy_id": second["id"],
        "concession_bp": 800,
        "starts_on": "2020-01-01",
    }
    answer = client.post("/api/v1/contracts", json=contract, headers=author)
    assert code_of(answer) == (409, "policy_withdrawn")


def test_what_counts_already_or_is_named_by_a_contract_is_not_withdrawn(client, author, reviewer):
    name = family()
    first = published(client, author, reviewer, name)
    since = (now() + timedelta(hours=3)).isoformat()
    second = published(client, author, reviewer, name, OTHER, takes_effect_at=since)
    shop_with(second["id"])
    for policy, code in ((first, "policy_not_scheduled"), (second, "policy_in_use")):
        place = f"{API}/{policy['id']}/withdraw"
        answer = client.post(place, json={"reason": "x"}, headers=reviewer)
        assert code_of(answer) == (409, code)
        assert client.get(f"{API}/{policy['id']}", headers=author).json["withdrawn_at"] is None


@pytest.mark.parametrize(
    "moment", ["2020-01-01T00:00:00Z", "2199-01-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59Z"]
)
def test_versions_take_effect_neither_in_the_past_nor_out_of_sight(
    client, author, reviewer, moment
):
    draft = drafted(client, author, family())
    before = counts()
    answer = publish(client, reviewer, draft, takes_effect_at=moment)
    assert answer.status_code == 422
    assert answer.json["code"] in {"policy_effect_invalid", "invalid_request"}
    assert counts() == before


def test_two_versions_of_a_family_do_not_begin_at_one_moment(client, author, reviewer):
    name, since = family(), (now() + timedelta(days=1)).isoformat()
    published(client, author, reviewer, name, takes_effect_at=since)
    draft = drafted(client, author, name, OTHER)
    answer = publish(client, reviewer, draft, takes_effect_at=since)
    assert code_of(answer) == (422, "policy_effect_invalid")


def test_nobody_writes_versions_alone_where_two_are_needed(client, author, monkeypatch):
    monkeypatch.setattr(settings(), "policy_four_eyes", True)
    before = counts()
    body = {"name": family(), "shares_bp": SHARES}
    assert code_of(client.post(API, json=body, headers=author)) == (403, "second_person_needed")
    assert counts() == before


def test_a_policy_above_a_cap_is_refused_with_its_faults(client, author):
    body = {"name": family(), "shares_bp": {"recommender": 5_001, "operations": 4_999}}
    answer = client.post(API, json=body, headers=author)
    assert code_of(answer) == (422, "policy_unusable")
    (fault,) = answer.json["faults"]
    assert (fault["code"], fault["party"]) == ("recommender_above_cap", "recommender")
    assert (fault["found_bp"], fault["allowed_bp"]) == (5_001, 5_000)
    assert "5001" in fault["text"]


def test_the_editor_gets_its_model_and_a_live_example(client, author):
    model = client.get(f"{API}/model", headers=author).json
    assert [each["party"] for each in model["parties"]][:2] == ["consumer", "recommender"]
    assert {each["code"] for each in model["limits"]} >= {"one_level", "no_pay_for_recruiting"}
    before = counts()
    wish = {"shares_bp": SHARES, "amount_fen": 10_010, "concession_bp": 1_000}
    shown = client.post(f"{API}/example", json=wish, headers=author).json
    assert shown["concession_fen"] == 1_001
    cases = {each["case"]: each["shares"] for each in shown["cases"]}
    assert [share["amount_fen"] for share in cases["everybody"]] == [401, 200, 400]
    alone = {share["party"]: share["receiver"] for share in cases["without_recommender"]}
    assert alone["recommender"] == "operations"
    faulty = client.post(f"{API}/example", json={"shares_bp": {"charity": 1}}, headers=author).json
    assert (faulty["cases"], faulty["faults"][0]["code"]) == ([], "shares_sum")
    assert counts() == before


def test_the_database_refuses_to_change_a_release(client, author, reviewer):
    done = published(client, author, reviewer, family())
    for change in (
        "UPDATE alliance_policy_release SET takes_effect_at = now() WHERE policy_id = :id",
        "DELETE FROM alliance_policy_release WHERE policy_id = :id",
    ):
        with pytest.raises(DBAPIError, match="immutable"):
            in_transaction(lambda change=change: read(text(change), {"id": done["id"]}))


def test_only_platform_staff_touch_policies(client, author):
    draft = f"/drafts/{drafted(client, author, family())['id']}"
    policy, revision = {"name": "x", "shares_bp": SHARES}, {"revision": 1}
    owner = world.staff_headers("merchant_owner", merchant_id=new_id())
    for who in (owner, world.headers(world.member())):
        for method, path, body in (
            ("get", "", None), ("get", "/drafts", None), ("get", "/model", None),
            ("post", "/drafts", policy), ("put", draft, policy | revision),
            ("post", f"{draft}/publish", revision), ("post", f"{draft}/discard", revision),
            ("post", f"/{new_id()}/withdraw", {"reason": "x"}), ("post", "/example", policy),
        ):  # fmt: skip
            answer = getattr(client, method)(API + path, headers=who, json=body)
            assert answer.status_code == 403, path


def test_terms_know_the_schedule(client, author, reviewer):
    name = family()
    first = published(client, author, reviewer, name)
    shop = shop_with(first["id"])
    moments = [now() + timedelta(days=day) for day in (2, 1)]
    ids = [
        published(client, author, reviewer, name, takes_effect_at=each.isoformat())["id"]
        for each in moments
    ]
    contract = terms.of_store(shop.store_id).contracts[0]
    seen = [str(contract.policy_at(now() + timedelta(days=day))) for day in (0, 1.5, 2.5)]
    assert seen == [first["id"], ids[1], ids[0]]
