"""Who may call a route in general gets nothing of what is another's, and changes nothing of it."""

from __future__ import annotations

import pytest

from app.core.world import new_id
from tests.authorisation import alliance, table
from tests.authorisation.cases import CASES, ELSEWHERE
from tests.authorisation.digest import changed, digest

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(scope="module")
def a(app):
    with app.app_context():
        yield alliance.settled(app.test_client())


def ask(a, case, caller):
    method = case.route.split(" ")[0]
    headers = a.who[caller] | {"Idempotency-Key": new_id().hex}
    return a.client.open(case.address(a), method=method, json=case.wish(a), headers=headers)


def test_each_narrowed_route_has_a_case():
    narrowed = {line.name for line in table.lines().values() if line.narrowed}
    of_one = {name for name in narrowed if "{" in name}
    shown = {case.route for case in CASES}
    missing = of_one - shown - ELSEWHERE.keys()
    assert sorted(missing) == [], "add a case to tests/authorisation/cases.py"
    assert sorted((shown | ELSEWHERE.keys()) - narrowed) == []


def test_no_list_tells_others_what_is_mine(a, app):
    """Asked plainly, and asked for my merchant and store by their ids."""
    found, told, paths = [], {"own": 0, "others": 0}, app.spec["paths"]
    lists = [line for line in table.lines().values() if line.narrowed and "{" not in line.path]
    for line in lists:
        # The log tells who asked for what, so the ids that its readers' own staff named.
        if line.method != "GET" or "/audit" in line.path:
            continue
        mine = {name: a.ids[name] for name in asked_by_id(paths[line.path])}
        own = "member" if "own" in line.narrowed else "owner"
        told["own"] += bool(ids_in(a, line, own, {}))
        for caller in foreign(line):
            for query in ({}, mine):
                if known := ids_in(a, line, caller, query):
                    found.append(f"{line.name} {query} {caller}: {known}")
                told["others"] += 1
    assert found == [], "\n".join(found)
    assert told["own"] > 12, "the owners' own lists are empty: nothing is shown"


def asked_by_id(operations):
    names = {each["name"] for each in operations["get"].get("parameters", [])}
    return names & {"merchant_id", "store_id"}


def foreign(line):
    members = ["other_member"] if line.admits("member") else []
    owners = ["other_owner"] if line.admits("merchant_owner") else []
    cashiers = ["other_cashier", "sibling_cashier"] if line.admits("cashier") else []
    return members + owners + cashiers


def ids_in(a, line, caller, query):
    """Which of the alliance's things an answer names that are none of the caller's."""
    answer = a.client.get(line.path, query_string=query, headers=a.who[caller])
    common = {"merchant_id"} if caller == "sibling_cashier" else set()
    shown = answer.text if answer.status_code == 200 else ""
    return sorted(name for name, value in a.ids.items() if value in shown and name not in common)


def test_nobody_gets_at_what_is_anothers_and_its_owner_does(a):
    before, wrong = digest(), []
    for case in CASES:
        for caller in case.foreign:
            answer = ask(a, case, caller)
            if answer.status_code not in (403, 404):
                wrong.append(f"{case.route} {caller}: {answer.status_code} {answer.json}")
    assert wrong == [], "\n".join(wrong)
    assert changed(before) == []
    for case in CASES:
        answer = ask(a, case, case.owner)
        if answer.status_code in (401, 403, 404, 422) or answer.status_code > 503:
            wrong.append(f"{case.route} {case.owner}: {answer.status_code} {answer.json}")
    assert wrong == [], "\n".join(["refused to the owner, so that nothing is shown:", *wrong])
