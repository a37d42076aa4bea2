"""Sixty-four who decide at the same moment: one end, each fen once. RACE_ROUNDS: how often."""

import os
from uuid import UUID

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.withdrawals import batches, payouts
from app.wallet.withdrawals import requests as withdrawals
from app.wechat import client as wechat
from tests.wallet.people import earned, headers, member, platform, purse, staff_headers
from tests.wallet.racing import at_once
from tests.wallet.withdrawals.test_tax import commission, paid

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = "/api/v1/withdrawals"
CLIENTS, ROUNDS = 64, int(os.environ.get("RACE_ROUNDS", "1"))


def reviewed(client, amount_fen=30_000):
    member_id = member()
    earned(member_id, amount_fen)
    answer = client.post(ADDRESS, json={"amount_fen": amount_fen}, headers=headers(member_id))
    assert answer.json["status"] == "reviewing"
    return member_id, UUID(answer.json["id"])


@pytest.mark.parametrize("_", range(ROUNDS))
def test_paid_against_failed_is_one_end_and_the_other_is_counted(app, client, _):
    member_id, withdrawal_id = reviewed(client)
    client.post(f"{ADDRESS}/{withdrawal_id}/approve", headers=staff_headers("reviewer"))
    while batches.send_due():
        pass
    _, order = in_transaction(lambda: payouts._begin(withdrawal_id))
    operating = platform(Account.WECHAT_OPERATING)

    def tell(number):
        told = {"out_bill_no": order.number, "transfer_amount": order.transfer_fen}
        status = wechat.transfer_status(told | {"state": ("SUCCESS", "FAIL")[number % 2]})
        with app.app_context():
            in_transaction(lambda: payouts.note_transfer(status, is_confirmed=True))

    at_once(tell, CLIENTS)
    row = in_transaction(lambda: withdrawals.withdrawal(withdrawal_id))
    assert row.state in ("paid", "returned")
    assert row.contradictions == CLIENTS // 2
    is_paid = row.state == "paid"
    assert purse(member_id, Account.WITHDRAWING) == 0
    assert purse(member_id, Account.REBATE) == (0 if is_paid else 30_000)
    assert platform(Account.WECHAT_OPERATING) - operating == (30_000 if is_paid else 0)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_tax_is_given_back_once_however_many_ask(app, client, _):
    member_id = member()
    earned(member_id, 99_999)
    with commission(member_id, 99_999):
        found = client.post(ADDRESS, json={"amount_fen": 99_999}, headers=headers(member_id)).json
    client.post(f"{ADDRESS}/{found['id']}/approve", headers=staff_headers("finance"))
    paid(found["id"])
    in_transaction(lambda: ledger.fold_and_seal(10_000))
    who = [staff_headers("finance") for _ in range(8)]

    def give_back(number):
        address = f"{ADDRESS}/{found['id']}/tax-reversal"
        mine = who[number % 8] | {"Idempotency-Key": new_id().hex}
        return app.test_client().post(address, json={"reason": "误扣"}, headers=mine).status_code

    answers = at_once(give_back, CLIENTS)
    assert sorted(set(answers)) == [200, 409]
    assert answers.count(200) == 1
    assert purse(member_id, Account.REBATE) == found["tax_fen"]
