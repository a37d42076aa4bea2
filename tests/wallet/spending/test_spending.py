"""Funds pay recipients against receipts, by two people; what was wrong is undone in the open."""

from datetime import timedelta
from hashlib import sha256
from itertools import count

import pytest
from sqlalchemy import text

from app.core.db import db, in_transaction, read
from app.core.world import PLATFORM_ID, beijing_day, new_id, now, start_of_beijing_day
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.reconciliation import books
from app.wallet.reconciliation.bank_statements import read_statement
from app.wallet.reconciliation.bills import Bill
from app.wallet.spending import months
from app.wallet.treasury import Fund
from tests.wallet.people import headers, member, moved, staff_headers
from tests.wallet.racing import at_once

pytestmark = pytest.mark.usefixtures("context")
NUMBERS = count(1)
SCHOOL = "91350100M000100Y43"  # the example of GB 32100


def pdf():
    return b"%PDF-1.7 " + new_id().bytes


def filled(client, fund="charity", amount_fen=50_000):
    wish = {"account": fund, "amount_fen": amount_fen}
    assert (
        client.post("/api/v1/funds", json=wish, headers=staff_headers("finance")).status_code == 201
    )
    while ledger.fold_and_seal():
        pass


def recipient(client, fund="charity", **more):
    wish = {
        "fund": fund,
        "name": "山村小学",
        "registration_number": SCHOOL,
        "purpose": "图书",
    } | more
    answer = client.post("/api/v1/recipients", json=wish, headers=staff_headers("operator"))
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def handed_in(client, content=None):
    content = content or pdf()
    answer = client.post("/api/v1/receipts", data=content, headers=staff_headers("finance"))
    assert answer.status_code == 201, answer.json
    assert answer.json["sha256"] == sha256(content).hexdigest()
    return answer.json["sha256"]


def wish(client, recipient_id, fund="charity", amount_fen=12_300, **more):
    number = next(NUMBERS)
    return {
        "fund": fund,
        "recipient_id": recipient_id,
        "amount_fen": amount_fen,
        "purpose": "三年级图书 200 册",
        "receipt_number": f"PJ{number:06}",
        "receipt_sha256": more.pop("receipt_sha256", None) or handed_in(client),
        "bank_reference": f"BK{new_id().hex[:12]}",
        "paid_on": "2026-11-20",
    } | more


def asked(client, body, mine=None):
    return client.post("/api/v1/spendings", json=body, headers=mine or staff_headers("finance"))


def step(client, spending_id, path, body, mine=None):
    address = f"/api/v1/spendings/{spending_id}{path}"
    return client.post(address, json=body, headers=mine or staff_headers("finance"))


def agree(client, spending_id, path="/decision", mine=None):
    return step(client, spending_id, path, {"is_approved": True}, mine)


def spent(client, fund="charity", amount_fen=12_300, **more):
    """A spending that two people have booked."""
    made = asked(client, wish(client, recipient(client, fund), fund, amount_fen, **more))
    assert made.status_code == 201, made.json
    answer = agree(client, made.json["id"])
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.parametrize("fund", ["charity", "campaign_fund", "operations"])
def test_each_fund_pays_from_the_bank_when_a_second_person_agrees(client, fund):
    filled(client, fund)
    body = wish(client, recipient(client, fund), fund)
    mine = staff_headers("finance")
    made = asked(client, body, mine)
    assert (made.status_code, made.json["status"], made.json["journal_id"]) == (
        201,
        "requested",
        None,
    )
    own = agree(client, made.json["id"], mine=mine | {"Idempotency-Key": "own"})
    assert (own.status_code, own.json["code"]) == (403, "second_person_needed")
    assert not moved(Account[fund.upper()], made.json["id"])
    answer = agree(client, made.json["id"])
    assert (answer.status_code, answer.json["status"]) == (200, "paid")
    assert moved(Account[fund.upper()], made.json["id"]) == -12_300
    assert moved(Account.BANK_CUSTODY, made.json["id"]) == 12_300
    again = agree(client, made.json["id"])
    assert (again.status_code, again.json["code"]) == (409, "spending_decided")
    assert (again.json["status"], again.json["spending_status"]) == (409, "paid")
    assert moved(Account[fund.upper()], made.json["id"]) == -12_300


def test_nothing_is_asked_for_without_its_receipt_or_for_a_closed_recipient(client):
    to = recipient(client)
    missing = asked(client, wish(client, to, receipt_sha256="0" * 64))
    assert (missing.status_code, missing.json["code"]) == (409, "receipt_missing")
    other_fund = asked(client, wish(client, to, "operations"))
    assert (other_fund.status_code, other_fund.json["code"]) == (409, "recipient_closed")
    closed = client.post(f"/api/v1/recipients/{to}/close", headers=staff_headers("operator"))
    assert closed.json["closed_at"]
    refused = asked(client, wish(client, to))
    assert (refused.status_code, refused.json["code"]) == (409, "recipient_closed")
    assert asked(client, wish(client, str(new_id()))).status_code == 404
    shown = client.get("/api/v1/spendings?limit=100", headers=staff_headers("finance")).json
    assert to not in {each["recipient_id"] for each in shown["spendings"]}


@pytest.mark.parametrize("same", ["receipt_sha256", "receipt_number", "bank_reference"])
def test_a_receipt_and_a_bank_payment_stand_in_one_spending(client, same):
    to = recipient(client)
    first = wish(client, to)
    assert asked(client, first).status_code == 201
    second = wish(client, to) | {same: first[same]}
    refused = asked(client, second)
    assert (refused.status_code, refused.json["code"]) == (409, "spending_booked")


def test_a_rejected_request_posts_nothing_and_frees_its_receipt(client):
    body = wish(client, recipient(client))
    made = asked(client, body).json
    answer = step(client, made["id"], "/decision", {"is_approved": False})
    assert (answer.json["status"], answer.json["journal_id"]) == ("rejected", None)
    assert not moved(Account.CHARITY, made["id"])
    assert asked(client, body).status_code == 201


def test_no_fund_pays_more_than_it_holds(client):
    held = ledger.balances(PLATFORM_ID)[Account.CHARITY].balance_fen
    filled(client, "operations", held + 1)  # so that the bank holds it
    made = asked(client, wish(client, recipient(client), amount_fen=held + 1)).json
    refused = agree(client, made["id"])
    assert (refused.status_code, refused.json["code"]) == (409, "insufficient_funds")
    assert not moved(Account.CHARITY, made["id"])
    assert not moved(Account.BANK_CUSTODY, made["id"])


def test_a_spending_is_undone_by_two_people_with_a_reason_and_its_receipt_is_free(client):
    filled(client)
    paid = spent(client)
    mine = staff_headers("finance")
    reason = {"reason": "银行退回，户名有误"}
    assert step(client, paid["id"], "/undo", reason, mine).json["status"] == "undoing"
    own = agree(client, paid["id"], "/undo/decision", mine | {"Idempotency-Key": "own"})
    assert (own.status_code, own.json["code"]) == (403, "second_person_needed")
    assert moved(Account.CHARITY, paid["id"]) == -12_300
    refused = step(client, paid["id"], "/undo/decision", {"is_approved": False})
    assert refused.json["status"] == "paid"
    assert step(client, paid["id"], "/undo", reason, staff_headers("finance")).status_code == 200
    answer = agree(client, paid["id"], "/undo/decision")
    assert (answer.status_code, answer.json["status"]) == (200, "undone")
    assert moved(Account.CHARITY, paid["id"]) == 0
    assert moved(Account.BANK_CUSTODY, paid["id"]) == 0
    assert step(client, paid["id"], "/undo", reason).json["code"] == "spending_decided"
    shown = client.get("/api/v1/public/funds/charity").json["spendings"]
    told = next(each for each in shown if each["id"] == paid["id"])
    assert told["undo_reason"] == reason["reason"]
    again = {name: paid[name] for name in ("receipt_number", "receipt_sha256", "bank_reference")}
    assert asked(client, wish(client, paid["recipient_id"]) | again).status_code == 201


def test_deciding_at_once_posts_once(app, client):
    filled(client)
    made = asked(client, wish(client, recipient(client))).json
    many = [staff_headers("finance") for _ in range(6)]
    statuses = at_once(
        lambda number: agree(app.test_client(), made["id"], mine=many[number]).status_code, 6
    )
    assert sorted(statuses) == [200, 409, 409, 409, 409, 409]
    assert moved(Account.CHARITY, made["id"]) == -12_300


@pytest.mark.parametrize("content", [b"", b"MZ program", b"<svg onload=x>", b"%PD"])
def test_a_receipt_is_a_pdf_or_a_picture(client, content):
    answer = client.post("/api/v1/receipts", data=content, headers=staff_headers("finance"))
    assert (answer.status_code, answer.json["code"]) == (422, "receipt_unreadable")


def test_a_receipt_is_given_back_as_it_came_to_staff_only_and_not_without_end(client):
    content = pdf() + b"x" * 200_000
    address = f"/api/v1/receipts/{handed_in(client, content)}"
    answer = client.get(address, headers=staff_headers("operator"))
    assert (answer.data, answer.mimetype) == (content, "application/pdf")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(address, headers=headers(member())).status_code == 403
    assert client.get(address).status_code == 401
    large = client.post(
        "/api/v1/receipts", data=b"%PDF-" + bytes(5 * 1024 * 1024), headers=staff_headers("finance")
    )
    assert (large.status_code, large.json["code"]) == (413, "too_large")


def test_a_recipient_has_a_registration_number_with_a_right_check_digit(client):
    wrong = {
        "fund": "charity",
        "name": "甲",
        "registration_number": SCHOOL[:-1] + "4",
        "purpose": "图书",
    }
    answer = client.post("/api/v1/recipients", json=wrong, headers=staff_headers("operator"))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_only_finance_spends_and_only_the_operator_keeps_recipients(client):
    to = recipient(client)
    body = wish(client, to)
    for mine in (staff_headers("operator", "support"), headers(member())):
        assert asked(client, body, mine).status_code == 403
    own = {"fund": "charity", "name": "甲", "registration_number": SCHOOL, "purpose": "图书"}
    assert (
        client.post("/api/v1/recipients", json=own, headers=staff_headers("finance")).status_code
        == 403
    )
    assert client.get("/api/v1/spendings").status_code == 401


def test_everybody_sees_what_was_given_with_its_receipt_and_no_staff(client):
    filled(client)
    paid = spent(client, amount_fen=777)
    shown = client.get("/api/v1/public/funds/charity").json
    told = next(each for each in shown["spendings"] if each["id"] == paid["id"])
    assert told == {
        "id": paid["id"],
        "recipient": "山村小学",
        "amount_fen": 777,
        "purpose": "三年级图书 200 册",
        "paid_on": "2026-11-20",
        "receipt_number": paid["receipt_number"],
        "receipt_sha256": paid["receipt_sha256"],
        "undone_at": None,
        "undo_reason": None,
    }
    assert paid["requested_by"] not in str(shown)
    older = client.get(f"/api/v1/public/funds/charity?before={paid['id']}").json["spendings"]
    assert paid["id"] not in {each["id"] for each in older}
    assert client.get("/api/v1/public/funds/operations").status_code == 404


def test_months_are_closed_once_and_tell_what_came_in_and_what_was_spent(client, monkeypatch):
    """Other tests' clocks are months ahead, and the duty may have closed months by them."""
    in_transaction(lambda: db.session.execute(text("DELETE FROM wallet_fund_month")))
    filled(client, "charity", 5_000)
    spent(client, amount_fen=1_234)
    undone = spent(client, amount_fen=55)["id"]
    step(client, undone, "/undo", {"reason": "重复登记"})
    agree(client, undone, "/undo/decision")
    begin = start_of_beijing_day(beijing_day(now()).replace(day=1))
    before = ledger.balance_at(PLATFORM_ID, Account.CHARITY, begin)
    later = (begin + timedelta(days=75)).replace(day=10)  # the tenth, a little over two months on
    monkeypatch.setattr(months, "now", lambda: later - timedelta(days=31))
    months.close_due()
    monkeypatch.setattr(months, "now", lambda: later)
    assert months.close_due() == len(Fund)
    assert months.close_due() == 0
    closed = {row.month: row for row in in_transaction(lambda: months.summary(Fund.CHARITY).months)}
    ours = closed[beijing_day(begin)]
    total = read(text("SELECT sum(amount_fen) FROM wallet_spending WHERE fund = 'charity'"
                      " AND status IN ('paid', 'undoing')"))[0][0]  # fmt: skip
    assert (ours.opening_fen, ours.out_fen) == (before, total)
    end = start_of_beijing_day(months._month_after(ours.month))
    changed = ledger.change(PLATFORM_ID, Account.CHARITY, begin, end)
    assert ours.in_fen == changed + total
    assert ours.closing_fen == before + changed
    following = closed[months._month_after(ours.month)]
    assert following.opening_fen == ours.closing_fen
    shown = client.get("/api/v1/public/funds/charity").json["months"]
    assert [row["month"] for row in shown[:2]] == [str(following.month), str(ours.month)]


def test_the_bank_finds_the_payment_by_its_reference_whenever_it_was_booked(client):
    filled(client)
    paid = spent(client)
    head = "交易时间,流水号,收入金额,支出金额,余额,对方户名,摘要,商户单号\n"
    line = f"2026-01-02 10:00:05,{paid['bank_reference']},,123.00,9.00,山村小学,捐赠,\n"
    lines = read_statement(head + line)
    known = in_transaction(lambda: books.known_movements(Bill.BANK, lines))
    assert known[0] is not None
    assert (str(known[0].id), known[0].parts) == (paid["journal_id"], (-12_300,))
