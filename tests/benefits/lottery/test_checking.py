"""What a stranger can check with public data only, by the program in docs/lottery.md."""

from __future__ import annotations

import copy
import json
import logging

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from app.benefits.lottery import service
from app.benefits.lottery.models import LotteryDraw, LotterySeed
from app.core.db import db, in_transaction, read
from tests.benefits.lottery.games import (
    close,
    consolation,
    draw,
    everything_public,
    lottery,
    player,
    prize,
    rules,
    stranger,
)
from tests.benefits.stage import Stage


@pytest.fixture
def stage(client, context):
    return Stage(client)


@pytest.fixture
def played(client, stage):
    """A lottery of which prizes ran out, and who drew with what answer."""
    wish = rules(
        prize(800, 2, 500_000),
        prize(500, 3, 300_000),
        consolation=consolation(100, 1),
        most_per_purchase=6,
    )
    campaign_id, store_id = lottery(client, wish), stage.store()
    receipts, people = {}, []
    for _ in range(2):
        member = stage.member()
        people.append(member)
        stage.buy(member, 60_000, store_id)
        for _ in range(6):
            _, told = draw(stage, member, campaign_id)
            receipts[told["number"]] = told["head"]
    return campaign_id, receipts, people


def test_a_stranger_recomputes_every_draw_from_public_data(client, played, monkeypatch):
    campaign_id, receipts, _ = played
    close(monkeypatch, campaign_id)
    shown, draws = everything_public(client, campaign_id)
    assert stranger()(shown, draws, receipts) == "12 draws follow from the seed and the rules"


@pytest.mark.parametrize("lie", ["prize", "nonce", "order", "left out", "seed", "rules", "receipt"])
def test_a_stranger_notices_every_lie(client, played, monkeypatch, lie):
    campaign_id, receipts, _ = played
    close(monkeypatch, campaign_id)
    shown, draws = copy.deepcopy(everything_public(client, campaign_id))
    if lie == "prize":
        draws[4]["prize"] = 1 if draws[4]["prize"] != 1 else 2
    elif lie == "nonce":
        draws[4]["nonce"] = "0" * 16
    elif lie == "order":
        draws[3], draws[4] = draws[4] | {"number": 4}, draws[3] | {"number": 5}
        receipts = {}
    elif lie == "left out":
        del draws[-1]
    elif lie == "seed":
        shown["seed"] = "22" * 32
    elif lie == "rules":
        shown["rules"]["prizes"][0]["stock"] = 3
    else:
        receipts[6] = "0" * 64
    with pytest.raises(AssertionError):
        stranger()(shown, draws, receipts)


def test_the_seed_is_told_when_no_draw_can_be_made_and_not_before(client, played, monkeypatch):
    campaign_id, _, _people = played
    seed = in_transaction(lambda: service.seed_of(campaign_id))
    place = f"/api/v1/lotteries/{campaign_id}"
    before = [client.get(place), client.get(f"{place}/draws"), client.get(f"{place}/draws/1")]
    before.append(client.get("/api/v1/running-campaigns"))
    assert all(answer.status_code == 200 and seed not in answer.text for answer in before)
    assert before[2].json["roll"] is None
    close(monkeypatch, campaign_id)
    assert client.get(place).json["seed"] == seed
    first = client.get(f"{place}/draws/1").json
    assert 0 <= first["roll"] < 1_000_000
    kept = read(
        text("SELECT seed_sealed FROM benefits_lottery_seed WHERE campaign_id = :c"),
        {"c": campaign_id},
    )
    assert seed not in kept[0][0]


def test_public_data_names_nobody(client, played):
    campaign_id, _, people = played
    shown, draws = everything_public(client, campaign_id)
    assert {name for each in draws for name in each} == {"number", "nonce", "prize", "head"}
    told = json.dumps([shown, draws])
    assert not any(str(member) in told for member in people)


@pytest.mark.parametrize("number", ["0", "13", "99999999999999999999"])
def test_a_draw_that_was_not_made_is_unknown(client, played, number):
    assert client.get(f"/api/v1/lotteries/{played[0]}/draws/{number}").status_code == 404


def test_the_seed_is_in_no_log(client, stage, caplog):
    with caplog.at_level(logging.DEBUG):
        campaign_id = lottery(client)
        member, _ = player(stage, stage.store())
        draw(stage, member, campaign_id)
    assert in_transaction(lambda: service.seed_of(campaign_id)) not in caplog.text


def test_neither_a_draw_nor_a_commitment_changes_even_in_the_database(client, played):
    campaign_id = played[0]
    for wrong in (
        update(LotteryDraw).where(LotteryDraw.campaign_id == campaign_id).values(prize=1, picked=1),
        update(LotterySeed).where(LotterySeed.campaign_id == campaign_id).values(commitment="x"),
    ):
        with pytest.raises(DBAPIError, match="stays"):
            in_transaction(lambda wrong=wrong: db.session.execute(wrong))
