"""The seed makes an alliance that works, with funds that are really funded."""

import json

import pytest

from app.core.db import in_transaction
from app.core.world import PLATFORM_ID
from app.ledger import service as ledger
from app.qr import service as qr


@pytest.fixture(scope="module")
def facts(app):
    """What the seed printed. Made once: it takes a second, and these tests only look at it."""
    made = app.test_cli_runner().invoke(args=["seed", "--profile", "test", "--json"])
    assert made.exit_code == 0, made.output
    return json.loads(made.stdout.splitlines()[-1])


def test_it_prints_what_a_program_needs_to_drive_the_product(facts):
    assert set(facts["staff"]) == {"operator", "finance", "reviewer", "support"}
    assert set(facts["merchants"]) == {"tea", "noodles", "books"}
    for merchant in facts["merchants"].values():
        assert merchant["owner"]["totp_secret"]
        assert merchant["cashier"]["password"]


def test_its_codes_lead_to_its_stores(facts, context):
    for merchant in facts["merchants"].values():
        for store in merchant["stores"]:
            assert str(qr.resolve(store["scene"]).subject_id) == store["id"]


def test_its_funds_are_funded(facts, context):
    found = ledger.balances(PLATFORM_ID, with_unfolded=True)
    assert sum(balance.balance_fen for balance in found.values()) <= 0
    assert found[ledger.Account.CAMPAIGN_FUND].balance_fen >= 50_000_00


def test_it_can_be_made_again_for_another_test(app, facts):
    again = app.test_cli_runner().invoke(args=["seed", "--profile", "test", "--json"])
    assert again.exit_code == 0
    assert json.loads(again.stdout.splitlines()[-1])["policy_id"] != facts["policy_id"]


def test_production_refuses_it(app, monkeypatch):
    from config.settings import settings

    monkeypatch.setattr(settings(), "lianhui_env", "production")
    refused = app.test_cli_runner().invoke(args=["seed"])
    assert refused.exit_code == 1
    assert "production" in refused.output


def test_the_demo_is_made_once_and_a_second_time_changes_nothing(app, facts, context):
    before = ledger.balances(PLATFORM_ID, with_unfolded=True)

    again = app.test_cli_runner().invoke(args=["seed", "--profile", "demo", "--json"])

    assert (again.exit_code, again.stdout) == (0, "")
    assert "made once" in again.stderr
    assert ledger.balances(PLATFORM_ID, with_unfolded=True) == before


def test_its_stores_are_on_the_map(facts, context):
    from app.alliance import service as alliance

    near = in_transaction(lambda: alliance.nearest_stores(30.2525, 120.1623, 1_000))
    stores = [store for one in facts["merchants"].values() for store in one["stores"]]
    assert {store["id"] for store in stores} <= {str(store.id) for store in near}
