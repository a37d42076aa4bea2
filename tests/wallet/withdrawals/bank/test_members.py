"""Members whom the bank pays, where they may choose it: to their own card, and to no other."""

from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.config import settings
from app.core.db import db, in_transaction, read
from app.core.world import PLATFORM_ID, new_id
from app.ledger.service import Account
from app.members.real_name import service as real_names
from app.wallet.errors import ChannelNotOffered
from app.wallet.withdrawals import review
from app.wallet.withdrawals.channels.channel import ChannelName
from app.wallet.withdrawals.channels.choosing import offered, with_choice
from app.wallet.withdrawals.payees import OwnerKind, Payee
from tests.ledger.books import journal, leg, post
from tests.members.real_name import numbers
from tests.wallet.people import earned, headers, member, moved, purse, staff_headers
from tests.wallet.withdrawals.bank.test_batches import answered_by_two, call, exported, rows, told

BANK, WECHAT = ChannelName.BANK_FILE, ChannelName.WECHAT_TRANSFER


@pytest.fixture(autouse=True)
def allowed(context, monkeypatch):
    """Members may choose the bank, which holds enough. Nothing waits from before."""
    monkeypatch.setattr(settings(), "withdrawal_choices", {"member": {"bank_file"}})
    before = text(
        "UPDATE wallet_withdrawal SET channel = 'wechat_transfer' WHERE state = 'approved'"
    )
    in_transaction(lambda: db.session.execute(before))
    post(
        journal(
            leg(PLATFORM_ID, Account.SUSPENSE, 10_000_000),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, -10_000_000),
        )
    )


def named(member_id, card=None, **changed):
    """Gives the member a real name with a card."""
    wish = numbers.wish(**changed)
    number = card or wish["bank_card"]["number"]
    bank = wish["bank_card"]["bank_name"]
    given = (wish["name"], wish["id_number"], wish["phone"], number, bank, "2026-11", "test")
    real_names.give(member_id, real_names.Given(*given))
    return wish


@pytest.fixture
def earner():
    """A member with rebate and a card; (id, what they gave)."""
    member_id = member()
    earned(member_id, 20_000)
    return member_id, named(member_id)


def ask(client, member_id, channel="bank_file", **more):
    wish = {"amount_fen": 15_000} | ({"channel": channel} if channel else {}) | more
    return client.post("/api/v1/withdrawals", json=wish, headers=headers(member_id))


def asked_and_reviewed(client, member_id):
    """The card is new: a reviewer looks at it, by the rule that does so for every channel."""
    asked = ask(client, member_id)
    assert (asked.status_code, asked.json["status"]) == (201, "reviewing"), asked.json
    identity = UUID(asked.json["id"])
    in_transaction(lambda: review.approve_withdrawal(identity, new_id()))
    return asked


def shown(client, member_id, withdrawal_id):
    return client.get(f"/api/v1/withdrawals/{withdrawal_id}", headers=headers(member_id)).json


def test_a_member_is_paid_to_their_own_card(client, earner):
    member_id, given = earner
    asked = asked_and_reviewed(client, member_id)
    assert asked.json["channel"] == "bank_file"
    batch_id, content = exported(client)
    (line,) = rows(content)
    assert line[1:6] == ["王小明", given["bank_card"]["number"], "中国建设银行", "150.00", "返利"]
    answer = call(client, f"/{batch_id}/results", told(content, "成功"))
    assert (answer.json["noted"], answer.json["unmatched"]) == (1, [])
    assert shown(client, member_id, asked.json["id"])["status"] == "paid"
    assert (purse(member_id, Account.WITHDRAWING), purse(member_id, Account.REBATE)) == (0, 5_000)
    identity = UUID(asked.json["id"])
    assert moved(Account.BANK_CUSTODY, identity) == 15_000
    assert moved(Account.WECHAT_OPERATING, identity) == 0


def test_who_takes_the_file_is_on_record_with_each_member(client, earner):
    member_id, _ = earner
    asked_and_reviewed(client, member_id)
    batch_id, _ = exported(client)
    record = "SELECT fields, reason FROM members_reveal WHERE member_id = :m"
    (found,) = read(text(record), {"m": member_id})
    assert found.fields == ["bank_file", "card_number", "name"]
    assert found.reason == f"bank batch {batch_id}"


def test_a_card_that_was_changed_after_the_request_is_not_paid(client, earner):
    member_id, given = earner
    asked = asked_and_reviewed(client, member_id)
    named(member_id, numbers.card(), id_number=given["id_number"], phone=given["phone"])
    batch_id, content = exported(client)
    assert rows(content) == []
    after = shown(client, member_id, asked.json["id"])
    assert after["status"] == "cancelled"
    assert (purse(member_id, Account.WITHDRAWING), purse(member_id, Account.REBATE)) == (0, 20_000)
    record = text("SELECT 1 FROM members_reveal WHERE member_id = :m")
    assert read(record, {"m": member_id}) == []
    lines = client.get(f"/api/v1/bank-batches/{batch_id}", headers=staff_headers("finance")).json
    assert [line["state"] for line in lines["lines"]] == ["left_out"]


def test_a_payment_that_the_members_bank_sends_back_is_rebate_again_once(client, earner):
    member_id, _ = earner
    asked_and_reviewed(client, member_id)
    batch_id, content = exported(client)
    for outcome in ("成功", "退回"):
        answered_by_two(client, batch_id, told(content, outcome))
    assert purse(member_id, Account.REBATE) == 20_000


def test_without_a_card_or_without_being_allowed_nothing_is_held(client, earner, monkeypatch):
    nameless = member()
    earned(nameless, 20_000)
    refused = ask(client, nameless)
    assert (refused.status_code, refused.json["code"]) == (409, "no_bank_account")
    assert purse(nameless, Account.REBATE) == 20_000
    monkeypatch.setattr(settings(), "withdrawal_choices", {})
    member_id, _ = earner
    refused = ask(client, member_id)
    assert (refused.status_code, refused.json["code"]) == (409, "channel_not_offered")
    assert refused.json["channels"] == ["wechat_transfer"]
    assert ask(client, member_id, "by pigeon").status_code == 422
    assert purse(member_id, Account.REBATE) == 20_000


def test_the_quote_says_what_may_be_chosen_and_no_choice_stays_wechat(client, earner):
    member_id, _ = earner
    query = {"amount_fen": 15_000}
    quote = client.get(
        "/api/v1/me/withdrawal-quote", query_string=query, headers=headers(member_id)
    )
    assert quote.json["channels"] == ["wechat_transfer", "bank_file"]
    assert ask(client, member_id, None).json["channel"] == "wechat_transfer"


def test_what_finance_chose_for_a_merchant_is_not_the_owners_to_choose():
    chosen = Payee(OwnerKind.MERCHANT, new_id(), None, True, BANK)
    assert offered(chosen) == [BANK]
    with pytest.raises(ChannelNotOffered):
        with_choice(chosen, WECHAT)
    assert with_choice(chosen, BANK).channel == BANK
