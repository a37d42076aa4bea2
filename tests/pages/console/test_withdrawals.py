"""Withdrawals at the console: why they are reviewed, two people, once, and nobody else."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
import time_machine

from app.core.world import new_id, now
from app.ledger.service import Account
from config.settings import settings
from tests.pages.console.visitors import PASSWORD, hidden, hiddens
from tests.wallet.people import earned, headers, member, purse
from tests.wallet.withdrawals.bank.test_batches import (  # noqa: F401  # everybody has an account
    accounts,
    owed,
    state,
    told,
)

pytestmark = pytest.mark.usefixtures("context")


def asked(client, amount_fen):
    """A member's request, and who they are."""
    member_id = member()
    earned(member_id, 3_000_000)
    wish = {"amount_fen": amount_fen}
    answer = client.post("/api/v1/withdrawals", json=wish, headers=headers(member_id))
    assert answer.json["status"] == "reviewing", answer.json
    return UUID(answer.json["id"]), member_id


def test_a_large_one_takes_two_people_and_a_double_click_counts_once(client, visitor):
    withdrawal_id, _ = asked(client, settings().withdrawal_four_eyes_fen)
    address = f"/console/withdrawals/{withdrawal_id}"
    first = visitor("finance")
    first.see("/console/withdrawals", "提现审核", str(withdrawal_id), "需两人")
    page = first.see(address, "大额提现须两名工作人员", "没有触发风险规则")
    key = hidden(page, "key")
    for _ in range(2):
        assert first.post(f"{address}/approve", key=key).status_code == 303
    page = first.see(address, "您已同意", "已记录您的同意", "首位同意")
    assert f'action="{address}/approve"' not in page
    again = first.post(f"{address}/approve", key=new_id().hex)
    assert again.status_code == 403
    assert "须由另一名工作人员复核" in again.text
    assert state(withdrawal_id) == "reviewing"
    second = visitor("reviewer")
    second.see(address, "已有 1 人同意")
    second.do(f"{address}/approve")
    second.see(address, "已批准", "待付出")
    assert state(withdrawal_id) == "approved"


def test_a_rejection_wants_a_reason_and_gives_the_money_back(client, visitor):
    withdrawal_id, member_id = asked(client, 90_000)
    address = f"/console/withdrawals/{withdrawal_id}"
    person = visitor("reviewer")
    person.see(address)
    refused = person.post(f"{address}/reject", reason="")
    assert refused.status_code == 422
    assert "填写不符合要求" in refused.text
    assert state(withdrawal_id) == "reviewing"
    person.do(f"{address}/reject", reason="资料<不>符")
    page = person.see(address, "已驳回", "资料&lt;不&gt;符")
    assert "批准" not in page.split("<main")[1].split("经过")[0]
    assert purse(member_id, Account.REBATE) == 3_000_000


def test_others_see_no_withdrawals_and_change_none(client, visitor):
    withdrawal_id, _ = asked(client, 90_000)
    address = f"/console/withdrawals/{withdrawal_id}"
    for role in ("operator", "support", "cashier"):
        person = visitor(role)
        assert "/console/withdrawals" not in person.get("/console").text
        for path in ("/console/withdrawals", address, "/console/bank-batches", "/console/taxes"):
            assert person.get(path).status_code == 403, (role, path)
        person.get("/console/sessions")
        for step in ("approve", "reject", "conclude", "tax-reversal"):
            assert person.post(f"{address}/{step}", reason="x").status_code == 403
    stranger = visitor("reviewer")
    stranger.see(address)
    assert stranger.post(f"{address}/approve", csrf="x").status_code == 403
    assert state(withdrawal_id) == "reviewing"


def test_a_batch_goes_to_the_bank_by_two_people_and_its_answer_is_taken_in(visitor):
    waiting = owed()
    first, second = visitor("finance"), visitor("finance")
    first.see("/console/bank-batches", "银行代付批次")
    address = first.do("/console/bank-batches/prepare").location
    page = first.see(address, "您生成了此批次", str(waiting.withdrawal_id), "¥150.00")
    assert "复核通过" not in page
    assert first.post(f"{address}/approve").status_code == 403
    second.see(address, "复核通过")
    second.do(f"{address}/approve")
    first.see(address, "导出银行文件")
    file = first.post(f"{address}/export")
    assert file.mimetype == "text/csv"
    assert "attachment" in file.headers["Content-Disposition"]
    assert first.post(f"{address}/export").status_code == 409
    first.see(address, "已送银行")
    content = file.get_data(as_text=True)
    outcomes = ["成功"] * (len(content.strip().splitlines()) - 1)
    first.do(f"{address}/results", **told(content, *outcomes))
    first.see(address, "已付出", "已登记")
    assert state(waiting.withdrawal_id) == "paid"
    _see_what_is_not_noted(first, second, address, content)
    assert purse(waiting.merchant_id, Account.AVAILABLE) == 15_000


def _see_what_is_not_noted(first, second, address, content):
    """A payment that came back, told by one and by another; the file outlives the proof."""
    back = told(content, *["退回"] * (len(content.strip().splitlines()) - 1))["content"]
    wish = {"content": f"{back}\n999,x,1.00,成功,"}
    first.get(address)
    page = first.post(f"{address}/results", **wish)
    assert page.status_code == 200
    for shown in ("等待另一名财务导入同样的结果", "此批次没有送出这一行", ">999<", "¥150.00"):
        assert shown in page.text, shown
    second.see("/console/bank-batches", address, shown="pending")
    second.see(address, "等待另一名财务", "退回")
    with time_machine.travel(now() + timedelta(minutes=16), tick=True):
        file = (BytesIO(back.encode()), "answer.csv")
        asked = second.post(f"{address}/results", file=file, key=new_id().hex)
        assert asked.status_code == 403
        kept = dict(hiddens(asked.text))
        assert kept["content"].split() == back.split()
        proof = {"password": PASSWORD, "totp": second.code()}
        second.post("/console/confirm", **kept, **proof)
        assert second.post(f"{address}/results", **kept).status_code == 303
    first.see(address, "付后退汇")


def test_tax_is_listed_by_month_and_its_payment_is_booked_once(visitor):
    person = visitor("finance")
    person.see("/console/taxes", "代扣税款")
    person.see("/console/taxes", "没有代扣税款", month="2020-01")
    assert person.get("/console/taxes", month="x").status_code == 422
    person.see("/console/taxes")
    wrong = person.post("/console/taxes/payments", amount_fen="十元", receipt="R-1")
    assert wrong.status_code == 422
    assert "填写不符合要求" in wrong.text
    assert 'value="十元"' in wrong.text
