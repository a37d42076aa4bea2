"""Runs beside each other, and runs that are killed: each sale is settled exactly once."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import text

from app.alliance import distribution
from app.alliance.settlement import runs, settling
from app.core.db import db, in_transaction, read
from app.core.timetable import Unfinished
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.settlement.books import later, lines_of, statements_of
from tests.processes import in_child

pytestmark = pytest.mark.usefixtures("context")
SALES = 4


@pytest.fixture
def shops(client):
    """Six shops with four sales each, all due a month from now."""
    with later():
        runs.run()  # nothing of other tests is in the way
    payer = world.rich(10_000_000)
    found = [world.shop() for _ in range(6)]
    for shop in found:
        for number in range(SALES):
            world.paid(client, payer, shop, 1_000 + number)
    distribution.fold()
    db.session.remove()
    return found


def assert_settled_once(shops):
    for shop in shops:
        statements = statements_of(shop)
        subjects = Counter(
            (line["kind"], line["subject_id"])
            for statement in statements
            for line in lines_of(statement)
        )
        assert len(subjects) == SALES
        assert set(subjects.values()) == {1}
        assert [each.number for each in statements] == list(range(1, len(statements) + 1))
        paid = sum(each.total_fen for each in statements)
        assert paid == world.balance(shop.merchant_id, Account.AVAILABLE) == 900 + 901 + 902 + 903
        assert world.balance(shop.merchant_id, Account.PENDING) == 0


def test_sixty_four_runs_at_once_settle_each_sale_once(app, shops):
    barrier = Barrier(64)

    def work(_):
        with app.app_context():
            barrier.wait(30)
            done = runs.run()
            return len(done.issued) if done else 0

    with later(), ThreadPoolExecutor(64) as pool:
        issued = list(pool.map(work, range(64)))
    assert sum(issued) == len(shops)
    assert_settled_once(shops)


def test_processes_beside_each_other_share_the_work(shops):
    gate = multiprocessing.Event()

    def work():
        gate.wait(10)
        runs.run()

    with later():
        children = [in_child(work) for _ in range(4)]
        gate.set()
        assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 4
    assert_settled_once(shops)


def test_a_run_killed_in_the_midst_leaves_nothing_half_settled(shops, monkeypatch):
    posted, count = multiprocessing.Event(), Counter()
    real_post = settling.ledger.post_if_funded
    ours = {shop.merchant_id for shop in shops}

    def post_and_hang(journals):
        found = real_post(journals)
        count["posted"] += journals[0].legs[0].owner_id in ours
        if count["posted"] == 3:
            posted.set()
            time.sleep(60)
        return found

    with later():
        with monkeypatch.context() as patch:
            patch.setattr(settling.ledger, "post_if_funded", post_and_hang)
            pid = in_child(runs.run)
            assert posted.wait(20)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        half = [len(statements_of(shop)) for shop in sorted(shops, key=lambda s: s.merchant_id)]
        assert half == [1, 1, 0, 0, 0, 0]
        for shop in shops:
            is_settled = bool(statements_of(shop))
            assert (world.balance(shop.merchant_id, Account.AVAILABLE) > 0) == is_settled
        killed = in_transaction(lambda: runs.latest()[0])
        assert runs.view(killed)["status"] == "running"
        with time_machine.travel(now() + timedelta(seconds=runs.SILENT_SECONDS + 1)):
            assert runs.view(killed)["status"] == "interrupted"
        deadline = time.monotonic() + 10  # until PostgreSQL has noticed and let go of its locks
        while time.monotonic() < deadline and not all(statements_of(shop) for shop in shops):
            runs.run()
    assert_settled_once(shops)


def test_refunds_beside_settlements_end_exact(app, client, shops):
    ids = read(
        text("SELECT id, merchant_id FROM alliance_sale WHERE merchant_id = ANY(:shops)"),
        {"shops": [shop.merchant_id for shop in shops]},
    )
    while distribution.distribute():
        pass
    distribution.fold()
    with later():
        chosen = [row for row in ids if row.id.int % 2]
        wishes = [(row.id, _owner(shops, row.merchant_id)) for row in chosen]

        def refund(wish):
            path, headers = f"/api/v1/payments/{wish[0]}/refunds", wish[1]
            return app.test_client().post(path, json={"amount_fen": 100}, headers=headers)

        def settle(_):
            with app.app_context():
                runs.run()

        with ThreadPoolExecutor(12) as pool:
            answers = pool.map(refund, wishes)
            list(pool.map(settle, range(4)))
            assert {answer.status_code for answer in answers} <= {201, 503}
        runs.run()
        for shop in shops:
            statements = statements_of(shop)
            opening = 0
            for each in statements:
                assert each.opening_fen == opening
                opening = each.closing_fen
                net = sum(line["net_fen"] for line in lines_of(each))
                assert each.opening_fen + net == each.total_fen + each.closing_fen
            assert sum(each.sale_count for each in statements) == SALES


def _owner(shops, merchant_id):
    return next(world.owner_headers(shop) for shop in shops if shop.merchant_id == merchant_id)


def test_staff_see_how_far_a_run_has_got(client, shops):
    finance = world.staff_headers("finance")
    with later():
        answer = client.post("/api/v1/settlements/run", headers=world.staff_headers("finance"))
        run = answer.json["run"]
        assert run["status"] == "finished"
        assert run["merchant_count"] == run["done_count"] >= len(shops)  # others may wait
        assert run["issued_count"] == len(answer.json["settlements"]) == len(shops)
    shown = client.get(f"/api/v1/settlements/runs/{run['id']}", headers=finance)
    assert shown.json == run
    listed = client.get("/api/v1/settlements/runs", headers=finance).json["runs"]
    assert listed[0] == run
    assert client.get(
        f"/api/v1/settlements/runs/{run['id']}", headers=world.owner_headers(shops[0])
    ).status_code == 403  # fmt: skip


@pytest.fixture
def no_run_before(context):
    """Runs that tests before have killed are none of this test's to go on with."""
    ended = text("UPDATE alliance_settlement_run SET finished_at = now() WHERE finished_at IS NULL")
    in_transaction(lambda: db.session.execute(ended))


@pytest.mark.usefixtures("no_run_before")
def test_the_timetables_run_goes_on_slice_by_slice_and_is_one_run(shops, monkeypatch):
    monkeypatch.setattr(runs, "SLICE_SECONDS", 0)
    before = in_transaction(lambda: {row.id for row in runs.latest()})
    with later():
        done = [runs.run_duty()]
        while isinstance(done[-1], Unfinished):
            done.append(runs.run_duty())
        assert runs.run_duty() == 0
    assert len(done) > len(shops)  # one merchant in a slice, and one that finds nobody left
    assert sum(done) == len(shops)
    new = in_transaction(lambda: [runs.view(row) for row in runs.latest() if row.id not in before])
    # Merchants that wait, as other tests left them, begin a run that issues nothing.
    (run,) = [each for each in new if each["issued_count"]]
    assert (run["status"], run["issued_count"]) == ("finished", len(shops))
    assert run["merchant_count"] == run["done_count"]
    assert_settled_once(shops)


@pytest.mark.usefixtures("no_run_before")
def test_a_merchant_who_cannot_be_settled_keeps_no_slice_from_the_others(shops, monkeypatch):
    first = min(shop.merchant_id for shop in shops)
    real, tried = settling.settle, Counter()

    def settle(merchant_id, *rest):
        tried[merchant_id] += 1
        if merchant_id == first:
            raise RuntimeError("its books are odd")
        return real(merchant_id, *rest)

    monkeypatch.setattr(settling, "settle", settle)
    monkeypatch.setattr(runs, "SLICE_SECONDS", 0)
    with later():
        while isinstance(runs.run_duty(), Unfinished):
            pass
        assert tried[first] == 1
        assert [len(statements_of(shop)) for shop in shops if shop.merchant_id != first] == [1] * 5
        monkeypatch.setattr(settling, "settle", real)
        runs.run()
    assert_settled_once(shops)


def test_a_run_that_is_out_of_time_leaves_the_rest_to_the_next(shops):
    with later():
        first = runs.run(seconds=0)
        assert first is not None
        assert first.done_count < len(shops)
        runs.run()
    assert_settled_once(shops)
