"""What differs is resolved once: by asking WeChat, by booking it, or by explaining it."""

import csv
import io
import json
from datetime import timedelta

import pytest

from app.core.db import db, in_transaction
from app.core.world import PLATFORM_ID, new_id, number_of
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet.reconciliation.bills import Bill
from app.wallet.reconciliation.models import ReconciliationLine
from app.wallet.reconciliation.reading import LINE_FIELDS, as_csv
from app.wallet.reconciliation.resolving import recheck_open
from tests.ledger.books import journal, leg, post
from tests.wallet.people import headers, member, platform, purse, staff_headers
from tests.wallet.racing import at_once
from tests.wallet.reconciliation.bill_days import Day, begun, open_lines, pass_until, run
from tests.wallet.reconciliation.bill_writer import payment, trade_bill

LINES = "/api/v1/reconciliation/lines"
BASIC = "bill:fundflowbill BASIC"


@pytest.fixture
def day(sandbox, work) -> Day:
    work()
    return begun(sandbox)


def resolve(client, line, action, mine=None, reason="as told by WeChat's staff"):
    wish = {"action": action, "reason": reason}
    return client.post(
        f"{LINES}/{line.id}/resolve", json=wish, headers=mine or staff_headers("finance")
    )


def watched():
    return ledger.balances(PLATFORM_ID, with_unfolded=True)


def moved(before):
    after = watched()
    found = {account: after[account].balance_fen - before[account].balance_fen for account in after}
    return {account.label: amount for account, amount in found.items() if amount}


def following(day: Day) -> Day:
    return Day(day.sandbox, day.day + timedelta(days=1))


def only(lines, **wanted):
    (found,) = [
        line for line in lines if all(getattr(line, key) == value for key, value in wanted.items())
    ]
    return found


def test_a_payment_that_nothing_told_of_is_credited_by_asking_wechat(day, client):
    day.sandbox.fault("drop", "notify:TRANSACTION.SUCCESS")
    phone, _ = day.top_up(10_000)
    found = day.compared()
    assert [(line.bill, line.result) for line in found] == [
        ("trade", "state_differs"),
        ("basic", "state_differs"),
        ("basic", "state_differs"),
    ]
    assert purse(phone.member_id, Account.PREPAID_PRINCIPAL) == 0
    answer = resolve(client, found[0], "ask")
    assert answer.status_code == 200, answer.json
    assert not answer.json["is_open"]
    assert [step["action"] for step in answer.json["steps"]] == ["ask", "matched_later"]
    assert purse(phone.member_id, Account.PREPAID_PRINCIPAL) == 10_000
    assert open_lines(day.day) == []
    assert following(day).compared() == []
    assert ledger.verify().findings == []


def test_what_its_own_record_will_book_is_not_booked_for_a_line(day, client):
    day.sandbox.fault("drop", "notify:TRANSACTION.SUCCESS")
    phone, _ = day.top_up(10_000)
    line = only(day.compared(), bill="basic", their_fen=10_000)
    before = watched()
    for action in ("suspense", "bank", "operations", "fee"):
        answer = resolve(client, line, action)
        assert (answer.status_code, answer.json["code"]) == (
            409,
            "reconciliation_action_not_possible",
        )
    assert answer.json["actions"] == ["ask", "explained"]
    assert moved(before) == {}
    assert resolve(client, line, "ask").status_code == 200
    assert purse(phone.member_id, Account.PREPAID_PRINCIPAL) == 10_000
    assert moved(before)["wechat_takings"] == -10_000 + 60


def test_a_fee_that_differs_is_booked_once_and_the_next_day_agrees(day, client):
    day.top_up(1_000)
    day.sandbox.fault("bill_alter", BASIC, line=1)
    fee = only(day.compared(), part="movement")
    assert (fee.their_fen, fee.our_fen) == (-7, -6)
    before, mine = watched(), staff_headers("finance")
    answers = [resolve(client, fee, "fee", mine) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert moved(before) == {"wechat_takings": 1, "channel_fee": -1}
    again = resolve(client, fee, "fee")
    assert (again.status_code, again.json["code"]) == (409, "reconciliation_line_not_open")
    assert moved(before) == {"wechat_takings": 1, "channel_fee": -1}
    assert resolve(client, only(open_lines(day.day)), "explained").status_code == 200
    assert open_lines(day.day) == []
    assert following(day).compared() == []


def test_a_payment_of_nobody_is_booked_into_suspense(day, client, work):
    day.top_up(1_000)
    day.sandbox.fault("bill_add", BASIC)
    extra = only(day.compared(), result="missing_here")
    work()  # operations may cover the fee: not within what is watched
    before = watched()
    assert resolve(client, extra, "suspense").status_code == 200
    assert moved(before) == {"wechat_takings": -1_000, "suspense": 1_000}
    shown = client.get("/api/v1/suspense", headers=staff_headers("finance")).json["items"]
    (item,) = [row for row in shown if row["number"] == extra.reference]
    assert item["amount_fen"] == 1_000
    address = f"/api/v1/suspense/{item['id']}/resolve"

    def send(way):
        wish = {"way": way, "reason": "nobody has paid this"}
        return client.post(address, json=wish, headers=staff_headers("finance"))

    assert send("order").json["code"] == "suspense_not_assignable"
    assert send("refund").status_code == 200
    assert send("operations").json["code"] == "suspense_resolved"
    work()  # WeChat knows no such payment
    assert [step["action"] for step in send("operations").json["steps"]] == [
        "refund", "refund_refused", "operations",
    ]  # fmt: skip
    assert moved(before) == {"wechat_takings": -1_000, "operations": 1_000}


def test_two_lines_of_one_payment_are_two_amounts(day, client):
    _, order_id = day.top_up(1_000)
    day.sandbox.fault("bill_add", BASIC, number=number_of(order_id))
    extra = only(day.compared(), result="missing_here")
    assert resolve(client, extra, "suspense").status_code == 200
    twin = {"bucket": 0, "id": new_id(0), "run_id": extra.run_id, "place": 99}
    columns = [column.name for column in ReconciliationLine.__table__.columns]
    values = {name: getattr(extra, name) for name in columns} | twin
    in_transaction(lambda: db.session.execute(ReconciliationLine.__table__.insert(), values))
    in_transaction(recheck_open)
    again = only(open_lines(day.day), result="missing_here")
    before = watched()
    assert resolve(client, again, "suspense").status_code == 200
    assert moved(before) == {"wechat_takings": -1_000, "suspense": 1_000}


def test_many_people_at_once_book_a_line_once(day, client, app):
    pass_until(day.sandbox, day.day, 12)
    day.sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 500})
    line = only(day.compared(), bill="operation")
    assert (
        "ask"
        not in client.get(f"{LINES}/{line.id}", headers=staff_headers("finance")).json["actions"]
    )
    before, many = watched(), [staff_headers("finance") for _ in range(8)]

    def book(number):
        return resolve(app.test_client(), line, "bank", many[number]).status_code

    assert sorted(at_once(book, 8)) == [200] + [409] * 7
    assert moved(before) == {"wechat_operating": -500, "bank_custody": 500}


def test_money_moved_by_the_bank_is_booked_and_the_next_day_agrees(day, client):
    pass_until(day.sandbox, day.day, 12)
    day.sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 7_000})
    line = only(day.compared(), bill="operation")
    assert line.result == "missing_here"
    before = watched()
    assert resolve(client, line, "bank").status_code == 200
    assert moved(before) == {"wechat_operating": -7_000, "bank_custody": 7_000}
    assert following(day).compared() == []


def test_money_that_staff_moved_and_booked_agrees_by_itself(day, client):
    pass_until(day.sandbox, day.day, 12)
    day.sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 8_000})
    post(
        journal(
            leg(PLATFORM_ID, Account.WECHAT_OPERATING, -8_000),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, 8_000),
            kind="treasury_transfer",
        )
    )
    assert day.compared() == []
    assert run(day.day, Bill.OPERATION).matched == 1


def test_a_booking_that_was_reversed_is_not_taken_for_what_a_line_shows(day, client):
    pass_until(day.sandbox, day.day, 12)
    day.sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 6_000})
    hold(Account.BANK_CUSTODY, 6_000)
    hold(Account.WECHAT_OPERATING, 0)
    wish = {"from": "bank_custody", "to": "wechat_operating", "amount_fen": 6_000}
    made = client.post("/api/v1/treasury", json=wish, headers=staff_headers("finance")).json
    assert made["status"] == "booked"
    address = f"/api/v1/treasury/bookings/{made['id']}/reversal"
    undone = client.post(address, json={"reason": "重复"}, headers=staff_headers("finance")).json
    assert undone["reversal_status"] == "booked"
    line = only(day.compared(), bill="operation", result="missing_here")
    assert (line.their_fen, line.record_id) == (6_000, None)
    assert resolve(client, line, "bank").status_code == 200


def hold(place, least_fen):
    """The place holds at least so much, whatever other tests have moved away."""
    missing_fen = least_fen + platform(place)
    if missing_fen > 0:
        post(
            journal(
                leg(PLATFORM_ID, Account.SUSPENSE, missing_fen),
                leg(PLATFORM_ID, place, -missing_fen),
            )
        )


def test_large_differences_take_two_people(day, client):
    pass_until(day.sandbox, day.day, 12)
    day.sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 100_000})
    line = only(day.compared(), bill="operation")
    before, first = watched(), staff_headers("finance")
    assert resolve(client, line, "bank", first).json["is_open"]
    first["Idempotency-Key"] = new_id().hex
    refused = resolve(client, line, "bank", first)
    assert (refused.status_code, refused.json["code"]) == (403, "second_person_needed")
    assert resolve(client, line, "operations").json["is_open"]
    assert moved(before) == {}
    assert not resolve(client, line, "operations").json["is_open"]
    assert moved(before) == {"wechat_operating": -100_000, "operations": 100_000}


def test_what_may_not_be_done_changes_nothing(day, client):
    day.top_up(1_000)
    day.sandbox.fault("bill_omit", "bill:tradebill ALL")
    line = only(day.compared())
    before = watched()
    for action in ("bank", "fee", "suspense", "operations", "ask"):
        answer = resolve(client, line, action)
        assert (answer.status_code, answer.json["code"]) == (
            409,
            "reconciliation_action_not_possible",
        )
        assert answer.json["actions"] == ["explained"]
    assert resolve(client, line, "forget").status_code == 422
    for mine in (staff_headers("operator", "reviewer"), headers(member())):
        assert resolve(client, line, "explained", mine).status_code == 403
    keyless = staff_headers("finance")
    del keyless["Idempotency-Key"]
    assert resolve(client, line, "explained", keyless).status_code == 400
    line.id = new_id()
    assert resolve(client, line, "explained").status_code == 404
    assert moved(before) == {}
    assert len(open_lines(day.day)) == 1


def test_finance_reads_runs_and_lines_and_exports_them(day, client):
    day.top_up(1_000)
    day.compared()
    mine = staff_headers("finance")
    runs = client.get("/api/v1/reconciliation/runs", headers=mine).json["runs"]
    assert [(each["bill"], each["matched"], each["open"]) for each in runs[:4]] == [
        ("basic", 2, 0), ("fees", 0, 0), ("operation", 0, 0), ("trade", 1, 0),
    ]  # fmt: skip
    address = f"{LINES}?day={day.day}&open=false"
    shown = client.get(f"{address}&bill=basic", headers=mine).json["lines"]
    assert [line["their_fen"] for line in shown] == [1_000, -6]
    assert client.get(f"{LINES}?day={day.day}", headers=mine).json["lines"] == []
    text = client.get(address.replace("lines?", "lines.csv?"), headers=mine).text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["their_fen"] for row in rows] == ["1000", "1000", "-6"]
    assert client.get(f"{LINES}/{shown[0]['id']}", headers=mine).json["actions"] == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_text_of_a_bill_becomes_a_formula(start):
    row = dict.fromkeys([*LINE_FIELDS, "difference_fen"], None)
    row |= {"description": f"{start}HYPERLINK(1)", "their_fen": -5}
    (shown,) = csv.DictReader(io.StringIO(as_csv([row]).removeprefix("\ufeff"), newline=""))
    assert shown["description"] == f"'{start}HYPERLINK(1)"
    assert shown["their_fen"] == "-5"


def test_the_command_compares_a_day_and_tells_by_its_exit(day, app):
    day.top_up(1_000)
    early = app.test_cli_runner().invoke(args=["reconcile", "--day", str(day.day)])
    assert (early.exit_code, json.loads(early.output)["error"]) == (1, "wechat_refused")
    day.compared()
    good = app.test_cli_runner().invoke(args=["reconcile", "--day", str(day.day)])
    assert (good.exit_code, json.loads(good.output)["open"]) == (0, 0)


def test_the_command_takes_a_bill_from_a_file(day, app, tmp_path):
    file = tmp_path / "bill.csv"
    at = f"{day.day} 10:00:00"
    file.write_text(trade_bill([payment(number=new_id().hex, at=at)]))
    told = app.test_cli_runner().invoke(args=["reconcile", "--statement", str(file)])
    assert (told.exit_code, json.loads(told.output)["open"]) == (1, 1)
    file.write_text("nonsense")
    told = app.test_cli_runner().invoke(args=["reconcile", "--statement", str(file)])
    assert (told.exit_code, json.loads(told.output)["error"]) == (1, "bill_unreadable")
