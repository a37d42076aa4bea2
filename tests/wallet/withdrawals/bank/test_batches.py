"""Bank batches: two people, one file, each answer once, money to the fen."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, new_id, now
from app.ledger.service import Account
from app.wallet import signals
from app.wallet.errors import NoBankAccount
from app.wallet.withdrawals import batches as sending
from app.wallet.withdrawals import requests, review
from app.wallet.withdrawals.payees import BankAccount, OwnerKind, Payee, Source
from tests.ledger.books import journal, leg, post
from tests.wallet.people import member, platform, purse, staff_headers
from tests.wallet.racing import at_once

ACCOUNT = BankAccount("联惠面馆有限公司", "6222020200112233", "工商银行")
SWAPPED = {}  # by merchant: what the account is now


@pytest.fixture(autouse=True)
def accounts(context):
    """Everybody here has a bank account; the bank holds enough. Nothing waits from before."""
    with signals.bank_account_asked.connected_to(lambda owner_id: SWAPPED.get(owner_id, ACCOUNT)):
        post(
            journal(
                leg(PLATFORM_ID, Account.SUSPENSE, 10_000_000),
                leg(PLATFORM_ID, Account.BANK_CUSTODY, -10_000_000),
            )
        )
        yield


@dataclass
class Owed:
    """A merchant with a withdrawal that the bank is to pay."""

    merchant_id: UUID
    withdrawal_id: UUID
    number: str

    def holds(self, account: Account) -> int:
        return purse(self.merchant_id, account)


def owed(amount_fen=15_000) -> Owed:
    merchant_id, contact = new_id(), member()
    post(
        journal(
            leg(merchant_id, Account.AVAILABLE, amount_fen),
            leg(PLATFORM_ID, Account.SUSPENSE, -amount_fen),
        )
    )
    payee = Payee(OwnerKind.MERCHANT, merchant_id, contact, True, "bank_file")

    def work():
        row = requests.request(payee, Source.AVAILABLE, amount_fen, principal_id=contact)
        if row.state == "reviewing":
            review.approve_withdrawal(row.id, new_id())
        return row.id, row.bill_number

    withdrawal_id, number = in_transaction(work)
    return Owed(merchant_id, withdrawal_id, number)


def call(client, path, wish=None, who=None):
    headers = who or staff_headers("finance")
    return client.post(f"/api/v1/bank-batches{path}", json=wish, headers=headers)


def prepared(client):
    answer = call(client, "")
    assert answer.status_code == 201, answer.json
    return answer.json


def exported(client):
    batch = prepared(client)
    assert call(client, f"/{batch['id']}/approve").status_code == 200
    answer = call(client, f"/{batch['id']}/export")
    assert answer.status_code == 200
    return batch["id"], answer.get_data(as_text=True)


def rows(content):
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))[1:]


def told(content, *outcomes):
    lines = [
        f"{row[0]},{row[6]},{row[4]},{outcome},"
        for row, outcome in zip(rows(content), outcomes, strict=True)
    ]
    return {"content": "序号,商户单号,金额,结果,原因\n" + "\n".join(lines)}


def answered_by_two(client, batch_id, wish):
    """What two people of finance took in, one after the other; what the second was answered."""
    found = [call(client, f"/{batch_id}/results", wish) for _ in range(2)]
    assert [one.status_code for one in found] == [200, 200], found[-1].json
    return found[-1].json


def state(withdrawal_id):
    return in_transaction(lambda: requests.withdrawal(withdrawal_id).state)


def test_two_people_hand_out_one_file_and_its_answers_end_each_payment(client):
    first, second = owed(), owed(12_345)
    sending.send_due()
    assert state(first.withdrawal_id) == "approved"
    custody = platform(Account.BANK_CUSTODY)
    batch_id, content = exported(client)
    found = rows(content)
    assert [row[6] for row in found] == [first.number, second.number]
    assert [row[1:5] for row in found] == [
        [ACCOUNT.holder, ACCOUNT.number, ACCOUNT.bank, "150.00"],
        [ACCOUNT.holder, ACCOUNT.number, ACCOUNT.bank, "123.45"],
    ]
    answer = answered_by_two(client, batch_id, told(content, "成功", "失败"))
    assert (answer["noted"], answer["waiting"], answer["unmatched"]) == (2, [], [])
    assert [state(each.withdrawal_id) for each in (first, second)] == ["paid", "returned"]
    assert (first.holds(Account.WITHDRAWING), first.holds(Account.AVAILABLE)) == (0, 0)
    assert (second.holds(Account.WITHDRAWING), second.holds(Account.AVAILABLE)) == (0, 12_345)
    assert platform(Account.BANK_CUSTODY) == custody + 15_000
    again = call(client, f"/{batch_id}/results", told(content, "成功", "失败"))
    assert again.json["noted"] == 2
    assert platform(Account.BANK_CUSTODY) == custody + 15_000


def test_nobody_approves_their_own_batch_and_a_file_is_handed_out_once(client):
    waiting = owed()
    who = staff_headers("finance")
    batch = call(client, "", who=who).json
    mine = {**who, "Idempotency-Key": new_id().hex}
    refused = call(client, f"/{batch['id']}/approve", who=mine)
    assert (refused.status_code, refused.json["code"]) == (403, "second_person_needed")
    early = call(client, f"/{batch['id']}/export")
    assert (early.status_code, early.json["code"]) == (409, "bank_batch_not_ready")
    assert state(waiting.withdrawal_id) == "approved"
    old = staff_headers("finance")
    with time_machine.travel(now() + timedelta(minutes=16), tick=True):
        assert _unproven(client, batch["id"], "approve", old) == "prepared"
    call(client, f"/{batch['id']}/approve")
    with time_machine.travel(now() + timedelta(minutes=16), tick=True):
        assert _unproven(client, batch["id"], "export", old) == "approved"
    statuses = at_once(lambda _: _export(client.application, batch["id"]), 6)
    assert sorted(statuses) == [200] + [409] * 5
    shown = client.get(f"/api/v1/bank-batches/{batch['id']}", headers=staff_headers("finance")).json
    assert (shown["state"], len(shown["file_hash"])) == ("exported", 64)
    answered_by_two(client, batch["id"], {"content": _failed(waiting)})


def _unproven(client, batch_id, step, who):
    """The batch's state after somebody who did not prove lately who they are was refused."""
    answer = call(client, f"/{batch_id}/{step}", who={**who, "Idempotency-Key": new_id().hex})
    assert (answer.status_code, answer.json["code"]) == (403, "confirmation_needed")
    return client.get(f"/api/v1/bank-batches/{batch_id}", headers=who).json["state"]


def _failed(waiting):
    return f"序号,商户单号,金额,结果,原因\n1,{waiting.number},150.00,失败,账号不符"


def _export(app, batch_id):
    with app.app_context():
        who = staff_headers("finance")
        address = f"/api/v1/bank-batches/{batch_id}/export"
        return app.test_client().post(address, headers=who).status_code


def test_a_payment_sent_back_later_is_its_owners_again_once(client):
    paid = owed()
    batch_id, content = exported(client)
    call(client, f"/{batch_id}/results", told(content, "成功"))
    custody = platform(Account.BANK_CUSTODY)
    for _ in range(2):
        answer = answered_by_two(client, batch_id, told(content, "退回"))
        assert (answer["noted"], answer["unmatched"]) == (1, [])
    assert paid.holds(Account.AVAILABLE) == 15_000
    assert platform(Account.BANK_CUSTODY) == custody - 15_000
    assert state(paid.withdrawal_id) == "paid"


def test_what_fits_nothing_is_listed_and_changes_nothing(client):
    waiting = owed()
    batch_id, content = exported(client)
    wrong = "\n".join(
        [
            f"1,{waiting.number},150.01,成功,",
            "1,another,150.00,成功,",
            f"9,{waiting.number},150.00,成功,",
            "x,y",
        ]
    )
    wish = {"content": f"序号,商户单号,金额,结果,原因\n{wrong}"}
    answer = call(client, f"/{batch_id}/results", wish).json
    assert (answer["noted"], answer["waiting"]) == (0, [])
    unmatched = [(one["place"], one["serial"], one["reason"]) for one in answer["unmatched"]]
    assert unmatched == [
        (2, 1, "number_or_amount_differs"),
        (3, 1, "number_or_amount_differs"),
        (4, 9, "not_sent"),
        (5, None, "other_count_of_values"),
    ]
    assert (state(waiting.withdrawal_id), waiting.holds(Account.WITHDRAWING)) == ("sending", 15_000)
    call(client, f"/{batch_id}/results", told(content, "成功"))
    late = answered_by_two(client, batch_id, told(content, "失败"))
    assert (late["noted"], late["waiting"]) == (0, [])
    assert [each["reason"] for each in late["unmatched"]] == ["ended_otherwise"]
    assert state(waiting.withdrawal_id) == "paid"


def test_who_takes_a_withdrawal_back_in_time_is_not_in_the_file(client):
    gone, stays = owed(), owed()
    batch = prepared(client)
    in_transaction(lambda: _cancel(gone.withdrawal_id))
    call(client, f"/{batch['id']}/approve")
    content = call(client, f"/{batch['id']}/export").get_data(as_text=True)
    assert [row[6] for row in rows(content)] == [stays.number]
    assert gone.holds(Account.AVAILABLE) == 15_000
    call(client, f"/{batch['id']}/results", told(content, "成功"))


def test_an_account_swapped_after_the_approval_gets_no_money(client):
    waiting = owed()
    batch = prepared(client)
    (line,) = [one for one in batch["lines"] if one["withdrawal_id"] == str(waiting.withdrawal_id)]
    assert (line["account_last_four"], line["account_since"]) == ("2233", None)
    assert call(client, f"/{batch['id']}/approve").status_code == 200
    SWAPPED[waiting.merchant_id] = BankAccount(ACCOUNT.holder, "6222020200999999", ACCOUNT.bank)
    content = call(client, f"/{batch['id']}/export").get_data(as_text=True)
    assert waiting.number not in content
    shown = client.get(f"/api/v1/bank-batches/{batch['id']}", headers=staff_headers("finance")).json
    (line,) = [one for one in shown["lines"] if one["withdrawal_id"] == str(waiting.withdrawal_id)]
    assert (line["state"], "account was changed" in line["reason"]) == ("left_out", True)
    assert (state(waiting.withdrawal_id), waiting.holds(Account.WITHDRAWING)) == (
        "approved",
        15_000,
    )
    batch_id, content = exported(client)
    assert [row[2] for row in rows(content) if row[6] == waiting.number] == ["6222020200999999"]
    call(client, f"/{batch_id}/results", told(content, *["成功"] * len(rows(content))))
    assert state(waiting.withdrawal_id) == "paid"


def _cancel(withdrawal_id):
    row = requests.lock(withdrawal_id)
    requests.move(row, requests.Step.CANCEL)
    requests.finish(row)


def test_no_batch_takes_more_than_the_bank_holds(client):
    held = -platform(Account.BANK_CUSTODY)
    post(
        journal(
            leg(PLATFORM_ID, Account.BANK_CUSTODY, held - 20_000),
            leg(PLATFORM_ID, Account.SUSPENSE, 20_000 - held),
        )
    )
    first, second = owed(), owed()
    batch = prepared(client)
    assert [line["withdrawal_id"] for line in batch["lines"]] == [str(first.withdrawal_id)]
    refused = call(client, "")
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_to_pay")
    assert second.holds(Account.WITHDRAWING) == 15_000
    db.session.rollback()
    for each in (first, second):
        in_transaction(lambda each=each: _cancel(each.withdrawal_id))


def test_without_a_bank_account_nothing_is_asked_of_the_bank(client):
    with signals.bank_account_asked.muted(), pytest.raises(NoBankAccount):
        owed()
