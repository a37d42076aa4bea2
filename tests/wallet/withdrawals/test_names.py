"""Large withdrawals go to a name WeChat checks; a changed card makes people look."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from app.core.db import in_transaction
from app.core.world import now
from app.ledger.service import Account
from app.members.real_name import service as real_names
from app.wallet.withdrawals import requests as withdrawals
from app.wallet.withdrawals import risk
from config.settings import settings
from tests.members.real_name import numbers
from tests.wallet.people import books, earned, headers, member, purse, staff_headers

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = "/api/v1/withdrawals"


def name(member_id, given="王小明", card=None):
    number = {"id_number": NUMBERS.setdefault(member_id, (numbers.id_number(), numbers.phone()))}
    id_number, phone = number["id_number"]
    real_names.give(
        member_id,
        real_names.Given(given, id_number, phone, card, "建设银行", "2026-11", "mini_program"),
    )


NUMBERS: dict[UUID, tuple[str, str]] = {}


def ask(client, member_id, amount_fen):
    return client.post(ADDRESS, json={"amount_fen": amount_fen}, headers=headers(member_id))


@pytest.fixture
def set_to(monkeypatch):
    def change(**wanted):
        for key, value in wanted.items():
            monkeypatch.setenv(key.upper(), str(value))
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


def test_from_two_thousand_yuan_a_name_is_needed(client, set_to):
    set_to(withdrawal_daily_limit_fen=1_000_000)
    member_id = member()
    earned(member_id, 900_000)
    before = books(member_id)
    refused = ask(client, member_id, 200_000)
    assert (refused.status_code, refused.json["code"]) == (409, "real_name_required")
    assert refused.json["from_fen"] == 200_000
    assert books(member_id) == before
    assert ask(client, member_id, 199_999).status_code == 201
    name(member_id)
    assert ask(client, member_id, 200_000).status_code == 201


def test_a_setting_asks_for_the_name_always(client, set_to):
    set_to(withdrawal_real_name_from_fen=0)
    member_id = member()
    earned(member_id, 50_000)
    assert ask(client, member_id, 10_000).json["code"] == "real_name_required"
    name(member_id)
    assert ask(client, member_id, 10_000).status_code == 201


@pytest.mark.parametrize(("known_to_wechat", "end"), [("王小明", "paid"), ("李雷", "returned")])
def test_wechat_checks_the_name_it_is_given(client, sandbox, work, known_to_wechat, end):
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 200_000})
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone.id}/real-name", {"real_name": known_to_wechat})
    earned(phone.member_id, 200_000)
    name(phone.member_id)
    found = ask(client, phone.member_id, 200_000).json
    for _ in range(2):
        client.post(f"{ADDRESS}/{found['id']}/approve", headers=staff_headers("finance"))
    work()
    mine = headers(phone.member_id)
    shown = client.get(f"{ADDRESS}/{found['id']}", headers=mine).json
    assert shown["status"] == "waiting_confirmation"
    sandbox.confirm(phone, shown["confirmation"]["package"])
    work()
    shown = client.get(f"{ADDRESS}/{found['id']}", headers=mine).json
    assert shown["status"] == end
    assert shown["reason"] == (None if end == "paid" else "NAME_NOT_CORRECT")
    assert purse(phone.member_id, Account.REBATE) == (0 if end == "paid" else 200_000)


@pytest.mark.parametrize(("hours", "is_reviewed"), [(71, True), (73, False)])
def test_a_changed_card_is_a_reason_for_some_days(client, hours, is_reviewed):
    member_id = member()
    earned(member_id, 50_000)
    long_ago = now() - timedelta(days=30)
    with time_machine.travel(long_ago):
        name(member_id, card=numbers.card())
    changed_at = now() - timedelta(hours=hours)
    with time_machine.travel(changed_at):
        name(member_id, card=numbers.card())
    found = ask(client, member_id, 10_000).json
    history = client.get(f"{ADDRESS}/{found['id']}/history", headers=staff_headers("reviewer")).json
    reasons = {one["rule"]: one["figures"] for one in history["risks"]}
    assert ("changed_card" in reasons) == is_reviewed
    if is_reviewed:
        assert history["status"] == "reviewing"
        assert reasons["changed_card"]["changed_at"][:13] == changed_at.isoformat()[:13]


@pytest.mark.parametrize(("hours", "is_reviewed"), [(71, True), (72, False), (None, False)])
def test_a_new_payee_of_a_merchant_is_a_reason_for_some_days(hours, is_reviewed):
    moment = now()
    since = None if hours is None else moment - timedelta(hours=hours)
    long_ago = moment - timedelta(days=30)
    facts = risk.Facts(moment, long_ago, None, 1, 10_000, 1, payee_since=since)
    found = {one.rule: one.figures for one in risk.risks(facts, settings())}
    assert found == ({"new_payee": {"trusted_at": since.isoformat()}} if is_reviewed else {})


def test_every_rule_has_a_title():
    fired = {"new_account", "changed_card", "new_payee", "velocity", "ring"}
    assert set(risk.TITLES) == fired
    assert len(risk.RULES) == len(fired)


def test_a_name_in_clear_is_in_no_representation(client):
    member_id = member()
    earned(member_id, 200_000)
    name(member_id)
    row = in_transaction(lambda: withdrawals.request_withdrawal(member_id, 200_000))
    assert "王小明" not in repr(row.__dict__)
