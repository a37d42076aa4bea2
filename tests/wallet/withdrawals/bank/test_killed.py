"""Killed -9 at any commit, a bank batch pays nobody twice and loses nobody's money."""

import pytest

from app.core.db import in_transaction
from app.core.world import new_id
from app.ledger.service import Account
from app.wallet.withdrawals.bank import answers, batches
from tests.processes import killed_at_commit
from tests.wallet.people import moved
from tests.wallet.withdrawals.bank.test_batches import (
    accounts,
    answered_by_two,
    call,
    owed,
    rows,
    state,
    told,
)

__all__ = ["accounts"]
SIDES = pytest.mark.parametrize("side", ["before", "after"])


def approved(client):
    batch_id = call(client, "").json["id"]
    assert call(client, f"/{batch_id}/approve").status_code == 200
    return batch_id


def unit(work, *arguments):
    return lambda: in_transaction(lambda: work(*arguments))


def held(waiting):
    return [waiting.holds(account) for account in (Account.AVAILABLE, Account.WITHDRAWING)]


@SIDES
def test_a_withdrawal_is_in_one_batch(client, side):
    waiting = owed()
    killed_at_commit(unit(batches.prepare, new_id()), side)
    again = call(client, "")
    assert again.status_code == (409 if side == "after" else 201)
    assert state(waiting.withdrawal_id) == "approved"
    assert held(waiting) == [0, 15_000]


@SIDES
def test_a_file_that_got_lost_was_never_at_the_bank(client, side):
    waiting = owed()
    batch_id = approved(client)
    killed_at_commit(unit(batches.export, batches.UUID(batch_id), new_id()), side)
    answer = call(client, f"/{batch_id}/export")
    if side == "before":  # nothing was handed out: now it is
        assert [row[6] for row in rows(answer.get_data(as_text=True))] == [waiting.number]
        return
    assert (answer.status_code, answer.json["code"]) == (409, "bank_batch_not_ready")
    lost = f"序号,商户单号,金额,结果,原因\n1,{waiting.number},150.00,失败,文件遗失"
    assert answered_by_two(client, batch_id, {"content": lost})["noted"] == 1
    assert state(waiting.withdrawal_id) == "returned"
    assert held(waiting) == [15_000, 0]


@SIDES
@pytest.mark.parametrize("outcome", ["成功", "失败"])
def test_the_banks_answer_is_taken_in_once(client, side, outcome):
    waiting = owed()
    batch_id = approved(client)
    content = call(client, f"/{batch_id}/export").get_data(as_text=True)
    answer = told(content, outcome)
    if outcome == "失败":  # the first of two people; the second one's process is killed
        assert len(call(client, f"/{batch_id}/results", answer).json["waiting"]) == 1
    killed_at_commit(
        unit(answers.take_in, batches.UUID(batch_id), answer["content"], new_id()), side
    )
    assert (state(waiting.withdrawal_id) == "sending") == (side == "before")
    for _ in range(2):
        assert call(client, f"/{batch_id}/results", answer).json["noted"] == 1
    is_paid = outcome == "成功"
    assert held(waiting) == ([0, 0] if is_paid else [15_000, 0])
    assert moved(Account.BANK_CUSTODY, waiting.withdrawal_id) == (15_000 if is_paid else 0)
