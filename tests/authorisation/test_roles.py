"""Each caller asks each route: the table says who may, and what was refused changed nothing."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from app.core.auth import NotAllowed, NotSignedIn
from app.core.db import read
from app.core.world import new_id
from tests.alliance import shop as world
from tests.authorisation import table
from tests.authorisation.digest import changed, digest

LINES = table.lines()
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture(scope="module")
def headers(app):
    """A session of each kind of caller, none of whom owns anything."""
    with app.app_context():
        shop = world.shop()
        place = {"merchant_id": shop.merchant_id, "store_ids": frozenset([shop.store_id])}
        of = {"merchant_owner": {"merchant_id": shop.merchant_id}, "cashier": place}
        found = {role: world.staff_headers(role, **of.get(role, {})) for role in table.ROLES}
        return found | {"nobody": {}, "member": world.headers(world.member())}


def address(rule: str) -> str:
    """The route's address for things that do not exist."""
    filled = re.sub(r"<uuid:[^<>]+>", str(new_id()), rule)
    filled = re.sub(r"<int:[^<>]+>", "2027", filled)
    filled = re.sub(r"<any\(([a-z]+)[^<>]*>", r"\1", filled)
    filled = re.sub(r"<string\(length=32\):[^<>]+>", "0" * 32, filled)
    return re.sub(r"<[^<>]+>", "x", filled)


@pytest.mark.parametrize("caller", table.CALLERS)
def test_who_may_not_call_is_refused_before_anything_else_and_changes_nothing(
    app, client, headers, caller
):
    before, wrong = digest(), []
    for name, (method, rule, _) in table.routes(app).items():
        if LINES[name].admits(caller):
            continue
        answer = client.open(address(rule), method=method, headers=headers[caller])
        expected = (401, "not_signed_in") if caller == "nobody" else (403, "not_allowed")
        if (answer.status_code, (answer.json or {}).get("code")) != expected:
            wrong.append((name, answer.status_code))
    assert wrong == []
    assert changed(before) == []


@pytest.mark.parametrize("caller", table.CALLERS)
def test_who_may_call_is_let_in(app, headers, caller):
    """The decision alone is asked: what the view then does is for its own tests."""
    wrong = []
    for name, (method, rule, _) in table.routes(app).items():
        if not LINES[name].admits(caller):
            continue
        sent = {"method": method, "headers": headers[caller]}
        with app.test_request_context(address(rule), **sent):
            try:
                app.preprocess_request()
            except (NotSignedIn, NotAllowed) as refusal:
                wrong.append((name, refusal.code))
    assert wrong == []


def test_each_refused_action_of_staff_leaves_one_record(app, client, headers):
    """Whatever the route: nobody has to remember to record."""
    wrong = []
    for name, (method, rule, _) in table.routes(app).items():
        is_action = method != "GET" and rule.startswith(table.PREFIX)
        if not is_action or LINES[name].admits("runner"):
            continue
        answer = client.open(address(rule), method=method, headers=headers["runner"])
        found = recorded(answer.headers["X-Request-Id"])
        if found != [(name.replace(table.PREFIX, ""), "refused", "not_allowed")]:
            wrong.append((name, found))
    assert wrong == []


def recorded(request_id: str) -> list[tuple[str, ...]]:
    rows = text("SELECT action, outcome, code FROM core_audit WHERE request_id = :id")
    return [tuple(row) for row in read(rows, {"id": request_id})]
