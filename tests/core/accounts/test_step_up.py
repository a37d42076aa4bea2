"""Dangerous actions ask for a proof again, and go on as they were once it was given."""

from sqlalchemy import text

from app.core.db import read
from app.core.world import new_id
from tests.core.accounts.conftest import PASSWORD

FUND = {"account": "charity", "amount_fen": 3, "source": "bank_custody"}


def age(holder):
    """Lets the holder have signed in and confirmed a little more than STEP_UP_MINUTES ago."""
    read(
        text(
            "UPDATE core_session SET created_at = created_at - interval '16 min',"
            " confirmed_at = confirmed_at - interval '16 min' WHERE subject_id = :id RETURNING 1"
        ),
        {"id": holder.id},
    )


def fill(holder, key=None):
    return holder.call("POST", "/funds", FUND, **{"Idempotency-Key": key or new_id().hex})


def journals():
    return read(text("SELECT count(*) FROM ledger_journal"))[0][0]


def test_after_the_proof_the_same_request_goes_through(hire):
    holder = hire("finance")
    age(holder)
    key, before = new_id().hex, journals()
    refused = fill(holder, key)
    assert (refused.status_code, refused.json["code"]) == (403, "confirmation_needed")
    assert journals() == before
    proof = {"password": PASSWORD, "totp": holder.code()}
    assert holder.call("POST", "/staff/sessions/confirmation", proof).status_code == 200
    assert fill(holder, key).status_code == 201
    assert journals() == before + 1


def test_what_was_answered_once_is_answered_again_without_a_proof(hire):
    holder = hire("finance")
    key = new_id().hex
    done = fill(holder, key)
    age(holder)
    again = fill(holder, key)
    assert (again.status_code, again.json) == (201, done.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert fill(holder).json["code"] == "confirmation_needed"


def test_what_is_not_dangerous_needs_no_proof(hire):
    holder = hire("finance")
    age(holder)
    assert holder.call("GET", "/funds").status_code == 200


def test_the_description_says_which_actions_ask_for_it(app):
    paths = app.spec["paths"]
    assert paths["/api/v1/treasury"]["post"]["x-step-up"] is True
    assert paths["/api/v1/members/{member_id}/real-name/reveal"]["post"]["x-step-up"] is True
    assert paths["/api/v1/merchants"]["post"]["x-step-up"] is False
