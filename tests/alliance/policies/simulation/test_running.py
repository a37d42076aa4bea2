"""Real sales under a draft: what was posted, what would be, and that nothing is."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import text

from app.alliance import distribution
from app.alliance.policies.simulation import running
from app.core import outbox
from app.core.db import in_transaction, read
from app.core.world import new_id
from tests.alliance import shop as world

API = "/api/v1/policies/simulations"
DRAFT = {"consumer": 5_000, "salesperson": 1_000, "charity": 4_000}
AMOUNTS = (10_000, 3_333, 7, 250_01, 99)


@pytest.fixture(scope="module")
def day():
    """A day on which nothing else was ever sold."""
    return datetime(2031, 3, 5, 4, 0, tzinfo=UTC) + timedelta(days=new_id().int % 1_000)


@pytest.fixture
def finance(context):
    return world.staff_headers("finance")


@pytest.fixture(scope="module")
def sold(app, day):
    """Five sales at two shops by a member whom somebody brought; two partly refunded, one not
    distributed."""
    client = app.test_client()
    with app.app_context(), time_machine.travel(day, tick=False):
        friend, home = world.member(), world.shop()
        salesperson = in_transaction(lambda: world.alliance.add_salesperson("阿明").id)
        shops = [world.shop(salesperson_id=salesperson), world.shop(is_one=False)]
        binding = world.Introduction("member", friend, home.store_id, "scene")
        payer = world.rich(introduction=binding)
        sales = [
            world.paid(client, payer, shops[number % 2], fen) for number, fen in enumerate(AMOUNTS)
        ]
        for sale in sales[:-1]:
            distribution.distribute_sale(UUID(sale["id"]))
        for sale, fen in ((sales[0], 1_234), (sales[1], 3_333), (sales[0], 1)):
            made = client.post(
                f"/api/v1/payments/{sale['id']}/refunds",
                json={"amount_fen": fen},
                headers=world.staff_headers("operator"),
            )
            assert made.json["status"] == "done", made.json
    return shops, sales, payer, friend, home


def asked(client, who, day, **under):
    shown = (day + timedelta(hours=8)).date().isoformat()
    body = {"first_day": shown, "last_day": shown, **under}
    answer = client.post(API, json=body, headers=who)
    assert answer.status_code == 202, answer.json
    return answer.json["id"]


def finished(client, who, simulation_id):
    while running.advance(UUID(simulation_id)):
        pass
    return client.get(f"{API}/{simulation_id}", headers=who).json


def drafted(shares):
    return {"name": "草案", "shares_bp": shares}


def test_the_published_policy_reproduces_what_it_posted(sold, client, finance, day):
    shops, sales, *_ = sold
    for shop in shops:
        done = finished(client, finance, asked(client, finance, day, policy_id=str(shop.policy_id)))
        assert (done["status"], done["sale_count"], done["done_count"]) == ("done", 5, 5)
        assert (done["own_different_count"], done["own_different_fen"]) == (0, 0)
        assert (done["undistributed_count"], done["changed_count"]) == (1, 0)
        assert {line["difference_fen"] for line in done["parties"]} == {0}
        assert done["gains"] == done["losses"] == []
    sums = {line["party"]: line["before_fen"] for line in done["parties"]}
    assert sums == posted(sales)
    assert sum(sums.values()) == done["concession_fen"]


def posted(sales):
    rows = read(
        text("SELECT receiver, owner_id, amount_fen FROM alliance_share WHERE sale_id = ANY(:ids)"),
        {"ids": [UUID(sale["id"]) for sale in sales]},
    )
    found = Counter()
    for row in rows:
        found[row.receiver] += row.amount_fen
    return dict(found)


def test_a_draft_is_compared_for_every_party_seller_and_earner(sold, client, finance, day):
    shops, _, payer, friend, _ = sold
    books = world.books().sums
    simulation = asked(client, finance, day, policy=drafted(DRAFT))
    done = finished(client, finance, simulation)
    assert (done["own_different_count"], done["changed_count"]) == (0, 4)
    parties = {line["party"]: line for line in done["parties"]}
    before, after = (
        sum(line[name] for line in parties.values()) for name in ("before_fen", "after_fen")
    )
    assert before == after == done["concession_fen"]
    assert parties["recommender"]["after_fen"] == 0
    gainer, loser = done["gains"][0], done["losses"][0]
    assert (gainer["subject_id"], loser["subject_id"]) == (str(payer), str(friend))
    assert gainer["difference_fen"] > 0 > loser["difference_fen"]
    sellers = client.get(f"{API}/{simulation}/lines?kind=seller", headers=finance).json["lines"]
    assert {line["subject_id"] for line in sellers} == {str(shop.merchant_id) for shop in shops}
    assert sum(line["after_fen"] for line in sellers) == done["concession_fen"]
    assert world.books().sums == books


def test_a_simulation_in_small_parts_comes_to_the_same(sold, client, finance, day, monkeypatch):
    whole = finished(client, finance, asked(client, finance, day, policy=drafted(DRAFT)))
    monkeypatch.setattr(running, "BATCH", 2)
    simulation = asked(client, finance, day, policy=drafted(DRAFT))
    for _ in range(7):
        running.advance(UUID(simulation))
    half = client.get(f"{API}/{simulation}", headers=finance).json
    assert half["status"] == "running"
    pieces = finished(client, finance, simulation)
    for name in ("parties", "gains", "losses", "concession_fen", "done_count"):
        assert pieces[name] == whole[name]


def test_a_worker_finishes_what_was_asked(sold, client, finance, day):
    simulation = asked(client, finance, day, policy=drafted(DRAFT))
    running.work({"simulation_id": simulation})
    assert client.get(f"{API}/{simulation}", headers=finance).json["status"] == "done"
    assert outbox.readers()["alliance.simulate"].event == running.DUE
    running.work({"simulation_id": simulation})  # again changes nothing
    assert client.get(f"{API}/{simulation}", headers=finance).json["done_count"] == 5


def test_all_lines_are_a_table_for_spreadsheets(sold, client, finance, day):
    simulation = asked(client, finance, day, policy=drafted(DRAFT))
    finished(client, finance, simulation)
    answer = client.get(f"{API}/{simulation}/lines.csv?kind=earner", headers=finance)
    rows = answer.data.decode("utf-8-sig").splitlines()
    lines = client.get(f"{API}/{simulation}/lines?kind=earner", headers=finance).json["lines"]
    assert len(rows) == len(lines) + 1
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_only_so_many_run_at_once_and_one_can_be_cancelled(sold, client, finance, day):
    running_now = [asked(client, finance, day, policy=drafted(DRAFT)) for _ in range(3)]
    body = {"first_day": "2031-01-01", "last_day": "2031-01-01", "policy": drafted(DRAFT)}
    count = world.count("alliance_policy_simulation")
    answer = client.post(API, json=body, headers=finance)
    assert (answer.status_code, answer.json["code"]) == (409, "policy_simulations_busy")
    assert world.count("alliance_policy_simulation") == count
    for each in running_now:
        done = client.post(f"{API}/{each}/cancel", headers=finance).json
        assert done["status"] == "cancelled"
        assert not running.advance(UUID(each))
        again = client.post(f"{API}/{each}/cancel", headers=finance)
        assert again.json["code"] == "policy_simulation_closed"


@pytest.mark.parametrize(
    "body",
    [
        {"first_day": "2031-01-02", "last_day": "2031-01-01", "policy": drafted(DRAFT)},
        {"first_day": "2001-01-01", "last_day": "2031-01-01", "policy": drafted(DRAFT)},
        {"first_day": "2031-01-01", "last_day": "2031-01-01"},
        {"first_day": "2031-01-01", "last_day": "2031-01-01", "policy": drafted({"charity": 1})},
        {"first_day": "0001-01-01", "last_day": "0001-01-01", "policy": drafted(DRAFT)},
    ],
)
def test_what_cannot_be_simulated_is_refused(client, finance, body):
    count = world.count("alliance_policy_simulation")
    assert client.post(API, json=body, headers=finance).status_code == 422
    assert world.count("alliance_policy_simulation") == count


def test_only_operators_and_finance_simulate(sold, client, context, day):
    shown = (day + timedelta(hours=8)).date().isoformat()
    body = {"first_day": shown, "last_day": shown, "policy": drafted(DRAFT)}
    owner = world.staff_headers("merchant_owner", merchant_id=new_id())
    for who in (owner, world.staff_headers("support"), world.headers(world.member())):
        assert client.post(API, json=body, headers=who).status_code == 403
        assert client.get(f"{API}/{new_id()}", headers=who).status_code == 403
        assert client.get(f"{API}/{new_id()}/lines.csv", headers=who).status_code == 403


def test_the_command_compares_and_says_so(sold, app, day, tmp_path):
    source, target = tmp_path / "policy.json", tmp_path / "lines.csv"
    source.write_text(json.dumps(drafted(DRAFT)))
    shown = (day + timedelta(hours=8)).date().isoformat()
    arguments = ["policy", "simulate", "--from", shown, "--to", shown, "--file", str(source)]
    ended = app.test_cli_runner().invoke(args=[*arguments, "--json", "--csv", str(target)])
    assert ended.exit_code == 0, ended.output
    found = json.loads(ended.stdout)
    assert (found["done_count"], found["own_different_count"]) == (5, 0)
    assert len(target.read_text("utf-8-sig").splitlines()) > 2
    plain = app.test_cli_runner().invoke(args=arguments)
    assert "charity" in plain.stdout
    source.write_text("{}")
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 1


def test_old_simulations_are_cleared(sold, client, finance, day):
    simulation = asked(client, finance, day, policy=drafted(DRAFT))
    finished(client, finance, simulation)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=91), tick=False):
        while running.clear_old():
            pass
    assert client.get(f"{API}/{simulation}", headers=finance).status_code == 404
