"""Each fen says where it comes from, to whom it belongs and to nobody else."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from app.alliance import distribution
from app.alliance.debts import note_debtor
from app.core.db import in_transaction
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger import service as ledger
from app.ledger.service import Account, Journal, Leg
from tests.alliance import shop as world

API = "/api/v1"
SHARES = {"consumer": 3_000, "recommender": 3_333, "salesperson": 1_000, "operations": 2_667}


def asked(client, entry_id, who):
    return client.get(f"{API}/entries/{entry_id}/explanation", headers=who)


def told(client, entry_id, who):
    answer = asked(client, entry_id, who)
    assert answer.status_code == 200, answer.json
    return answer.json


def newest(client, member_id, kind):
    lines = client.get(f"{API}/me/statement", headers=world.headers(member_id)).json["lines"]
    return next(line for line in lines if line["kind"] == kind)


@pytest.fixture
def sold(context, client):
    """A member brought by a friend buys for 100.10 yuan; the concession is 10.01."""
    friend = world.member()
    payer = world.rich(introduction=world.brought_by_member(friend))
    shop = world.shop(SHARES)
    body = world.paid(client, payer, shop, 10_010)
    distribution.distribute_sale(UUID(body["id"]))
    return friend, payer, shop, body


def test_a_payer_reads_how_a_purchase_was_paid(sold, client):
    _, payer, _, body = sold
    line = newest(client, payer, "sale")
    found = told(client, line["entry_id"], world.headers(payer))
    assert found["entries"][0]["amount_fen"] == line["amount_fen"] == -10_010
    assert found["subject"] == {"kind": "payment", "id": body["id"]}
    assert found["facts"]["store_name"] == "南门店"
    assert [step["result_fen"] for step in found["steps"]] == [10_010]
    assert "payer_id" not in found["facts"]


def test_shares_are_told_with_rate_base_remainder_and_evidence(sold, client):
    friend, payer, shop, _ = sold
    line = newest(client, friend, "distribution")
    found = told(client, line["entry_id"], world.headers(friend))
    (step,) = found["steps"]
    assert (step["base_fen"], step["rate_bp"], step["result_fen"]) == (1_001, 3_333, 334)
    assert step["remainder"] == 1_001 * 3_333 % 10_000
    assert "补 1 分" in step["text"]
    assert step["result_fen"] == line["amount_fen"]
    assert found["versions"][0]["id"] == str(shop.policy_id)
    assert found["binding"]["recommender_kind"] == "member"
    assert not found["binding"]["is_corrected_since"]
    whole = str(found)
    assert str(payer) not in whole
    assert "南门店" not in whole
    assert str(shop.merchant_id) not in whole
    assert any("33.33 %" in line for line in found["text"])
    assert any("33.33 %" in line for line in found["text_en"])


def test_nobody_reads_of_entries_that_are_not_theirs(sold, client):
    friend, payer, shop, _ = sold
    line = newest(client, friend, "distribution")
    stranger, other = world.member(), world.shop()
    for who in (
        world.headers(stranger),
        world.headers(payer),
        world.owner_headers(shop),
        world.owner_headers(other),
    ):
        answer = asked(client, line["entry_id"], who)
        assert (answer.status_code, answer.json["code"]) == (404, "entry_unknown")
    shown = told(client, line["journal_id"], world.headers(payer))
    assert {entry["owner_id"] for entry in shown["entries"]} == {str(payer)}
    cashier = world.staff_headers("cashier", merchant_id=shop.merchant_id)
    assert asked(client, line["entry_id"], cashier).status_code == 403


def test_a_merchant_reads_concession_and_net_and_not_who_bought(sold, client):
    _, payer, shop, body = sold
    found = told(client, body["journal_id"], world.owner_headers(shop))
    assert [entry["account"] for entry in found["entries"]] == ["pending"]
    results = [step["result_fen"] for step in found["steps"]]
    assert results == [10_010, 1_001, 9_009]
    assert found["entries"][0]["amount_fen"] == results[-1]
    assert str(payer) not in str(found)


def test_the_platform_reads_every_share_and_why_one_went_elsewhere(sold, client):
    friend, payer, _, body = sold
    line = newest(client, friend, "distribution")
    found = told(client, line["journal_id"], world.staff_headers("finance"))
    assert sum(step["result_fen"] for step in found["steps"]) == 0  # the clearing's step too
    assert sum(entry["amount_fen"] for entry in found["entries"]) == 0
    assert any("salesperson" in line and "operations" in line for line in found["text_en"])
    assert found["binding"]["recommender_id"] == str(friend)
    shown = told(client, body["journal_id"], world.staff_headers("operator"))
    assert shown["facts"]["payer_id"] == str(payer)


def test_a_home_store_does_not_learn_by_whose_code_its_customer_came(context, client):
    friend, home = world.member(), world.shop()
    payer = world.rich(introduction=world.Introduction("member", friend, home.store_id, "M-code"))
    body = world.paid(client, payer, world.shop(), 10_000)
    distribution.distribute_sale(UUID(body["id"]))
    line = newest(client, friend, "distribution")
    theirs = told(client, line["journal_id"], world.owner_headers(home))
    assert (theirs["binding"]["as"], theirs["entries"][0]["amount_fen"]) == ("home_store", 150)
    assert not theirs["binding"]["is_corrected_since"]
    assert "M-code" not in str(theirs)
    assert str(friend) not in str(theirs)
    assert told(client, line["entry_id"], world.headers(friend))["binding"]["code"] == "M-code"


def test_what_paid_an_older_debt_is_told_of_either_account(context, client):
    friend, shop = world.member(), world.shop()
    owed = Leg(friend, Account.CLAWBACK_DUE, -100), Leg(PLATFORM_ID, Account.OPERATIONS, 100)
    identity = new_id()
    journal = Journal(identity, "owed", identity, PLATFORM_ID, str(identity), owed)
    in_transaction(lambda: (ledger.post([journal]), note_debtor(friend)))
    body = world.paid(
        client, world.rich(introduction=world.brought_by_member(friend)), shop, 10_000
    )
    distribution.distribute_sale(UUID(body["id"]))
    journal_id = newest(client, friend, "distribution")["journal_id"]
    whole = told(client, journal_id, world.headers(friend))
    assert {entry["account"] for entry in whole["entries"]} == {"clawback_due", "rebate_pending"}
    for found in (whole, *(told(client, e["id"], world.headers(friend)) for e in whole["entries"])):
        moved = sum(entry["amount_fen"] for entry in found["entries"])
        assert sum(step["result_fen"] for step in found["steps"]) == moved


def test_a_member_price_is_told_from_its_list_price(context, client):
    merchant_id, policy_id = world.merchant(), world.policy()
    contract_id = world.contract(merchant_id, policy_id, member_discount_bp=1_000)
    shop = world.Shop(merchant_id, world.store(merchant_id), policy_id, contract_id)
    payer = world.rich()
    body = world.paid(client, payer, shop, 10_000)
    mine = told(client, body["journal_id"], world.headers(payer))
    assert mine["facts"]["discount_fen"] == body["discount_fen"] == 1_000
    assert [step["result_fen"] for step in mine["steps"]] == [10_000, -1_000, 9_000]
    theirs = told(client, body["journal_id"], world.owner_headers(shop))
    assert [step["result_fen"] for step in theirs["steps"]] == [10_000, -1_000, 9_000, 900, 8_100]


def test_a_refund_tells_each_what_it_took_from_them(sold, client):
    friend, payer, shop, body = sold
    for amount_fen in (1_000, 333):
        made = client.post(
            f"{API}/payments/{body['id']}/refunds",
            json={"amount_fen": amount_fen},
            headers=world.staff_headers("operator"),
        )
        assert made.json["status"] == "done"
        for owner in (world.headers(friend), world.owner_headers(shop)):
            found = told(client, made.json["journal_id"], owner)
            moved = sum(entry["amount_fen"] for entry in found["entries"])
            assert moved == sum(step["result_fen"] for step in found["steps"]) < 0
        assert told(client, made.json["journal_id"], world.headers(friend))["facts"] == {}
        mine = told(client, made.json["journal_id"], world.headers(payer))
        assert mine["facts"]["refund_fen"] == amount_fen
    assert mine["facts"]["refunded_before_fen"] == 1_000


def test_released_rebate_names_the_shares_it_was(sold, client):
    friend, *_ = sold
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        while distribution.release():
            pass
        line = newest(client, friend, "rebate_release")
        found = told(client, line["entry_id"], world.headers(friend))
    assert [step["result_fen"] for step in found["steps"]] == [334]


def test_what_is_no_entry_is_unknown_and_never_a_fault(context, client):
    staff = world.staff_headers("operator")
    for name in ("x", str(new_id()), f"{new_id()}-1", f"{new_id()}-99999", "1-2"):
        assert asked(client, name, staff).json["code"] == "entry_unknown"


def test_a_kind_that_no_room_explains_is_still_shown(context, client):
    member = world.member()
    world.give(member, Account.REBATE, 500)
    line = newest(client, member, "given")
    found = told(client, line["entry_id"], world.headers(member))
    assert (found["rule"], found["entries"][0]["amount_fen"]) == ("unknown", 500)


def test_a_reversed_journal_is_told_as_such(context, client):
    member = world.member()
    world.give(member, Account.REBATE, 500)
    line = newest(client, member, "given")
    undone = ledger.reverse(UUID(line["journal_id"]), key=str(new_id()), principal_id=PLATFORM_ID)
    in_transaction(lambda: ledger.post([undone]))
    found = told(client, str(undone.id), world.headers(member))
    assert (found["rule"], found["reverses_id"]) == ("reversed", line["journal_id"])
