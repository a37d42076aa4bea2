"""The API does what its description says, also when it is asked nonsense."""

from __future__ import annotations

import os
import uuid

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate

from app.core import auth
from app.core.auth import Principal
from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, new_id, now
from app.members.service import Introduction, register

EXAMPLES = int(os.environ.get("NONSENSE_EXAMPLES", "6"))  # chaos/nonsense: many
PROBLEM = "application/problem+json"


def _tokens(principal):
    """Makes a new token each time: among what is tried are ways to sign out."""
    return lambda: in_transaction(lambda: auth.open_session(principal)).token


@pytest.fixture(scope="module")
def tokens(app):
    """Makes bearer tokens of a member, of the platform's staff and of nobody."""
    with app.app_context():
        introduction = Introduction("platform", PLATFORM_ID)
        openid = uuid.uuid4().hex
        joined = in_transaction(
            lambda: register("wxdevmini000000001", openid, None, "test", introduction, now())
        )
        yield {
            "member": _tokens(Principal("member", joined.member_id, frozenset({"member"}))),
            "staff": _tokens(Principal("staff", new_id(), auth.PLATFORM_ROLES)),
            "nobody": lambda: "nonsense",
        }


def operations(app):
    description = schemathesis.openapi.from_wsgi("/openapi.json", app)
    return [found.ok() for found in description.get_all_operations()]


def test_the_description_is_valid_openapi(app):
    validate(app.spec)


@pytest.mark.slow
def test_nonsense_is_refused_and_never_a_fault(app, tokens):
    for operation in operations(app):
        ask_nonsense(operation, tokens)


def ask_nonsense(operation, tokens):
    """Each piece of nonsense once from everybody; of nobody, one piece shows what he is told."""
    callers = {who: tokens[who]() for who in ("nobody", "member", "staff")}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy())
    def ask(case):
        for token in callers.values():
            check(operation, case, token)
        callers.pop("nobody", None)

    ask()


def check(operation, case, token):
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
    answer = case.call(headers=headers)
    if answer.status_code < 400:
        return
    assert answer.headers["content-type"][0].startswith(PROBLEM), operation.label
    code = answer.json()["code"]
    # Nothing listens where WeChat would be; whatever else is a 5xx would be a fault of ours.
    assert answer.status_code < 500 or code == "wechat_unavailable", case.as_curl_command()
