"""What a stranger can check with public data only, by the program in docs/lottery.md."""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import replace

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from app.benefits import registry
from app.benefits.lottery import service
from app.benefits.lottery.models import LotteryDraw, LotterySeed
from app.benefits.lottery.schemas import LotterySettings
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


def lies(shown, draws, receipts):
    """Everything that could be said wrongly, each with its name."""
    other = 1 if draws[4]["prize"] != 1 else 2
    moved = [*draws[:3], draws[4] | {"number": 4}, draws[3] | {"number": 5}, *draws[5:]]
    prizes = [shown["rules"]["prizes"][0] | {"stock": 3}, *shown["rules"]["prizes"][1:]]
    yield "prize", shown, [*draws[:4], draws[4] | {"prize": other}, *draws[5:]], {}
    yield "nonce", shown, [*draws[:4], draws[4] | {"nonce": "0" * 16}, *draws[5:]], {}
    yield "order", shown, moved, {}
    yield "left out", shown, draws[:-1], {}
    yield "seed", shown | {"seed": "22" * 32}, draws, {}
    yield "rules", shown | {"rules": shown["rules"] | {"prizes": prizes}}, draws, {}
    yield "receipt", shown, draws, receipts | {6: "0" * 64}


def test_a_stranger_recomputes_every_draw_and_notices_every_lie(client, played, monkeypatch):
    campaign_id, receipts, _ = played
    close(monkeypatch, campaign_id)
    shown, draws = everything_public(client, campaign_id)
    check = stranger()
    assert check(shown, draws, receipts) == "12 draws follow from the seed and the rules"
    unnoticed = []
    for name, *told in lies(shown, draws, receipts):
        with contextlib.suppress(AssertionError):
            check(*told)
            unnoticed.append(name)
    assert unnoticed == []


def test_the_seed_is_told_when_no_draw_can_be_made_and_not_before(client, played, monkeypatch):
    campaign_id, _, _people = played
    seed = in_transaction(lambda: service.seed_of(campaign_id))
    place = f"/api/v1/lotteries/{campaign_id}"
    before = [client.get(place), client.get(f"{place}/draws"), client.get(f"{place}/draws/1")]
    before.append(client.get("/api/v1/running-campaigns"))
    assert all(answer.status_code == 200 and seed not in answer.text for answer in before)
    assert before[2].json["roll"] is None
    close(monkeypatch, campaign_id, minutes=9)  # some clock may be late, some draw under way
    assert client.get(place).json["seed"] is None
    close(monkeypatch, campaign_id)
    assert client.get(place).json["seed"] == seed
    first = client.get(f"{place}/draws/1").json
    assert 0 <= first["roll"] < 1_000_000
    kept = read(
        text("SELECT seed_sealed FROM benefits_lottery_seed WHERE campaign_id = :c"),
        {"c": campaign_id},
    )
    assert seed not in kept[0][0]


def test_a_setting_of_a_later_version_changes_no_published_rules(client, stage):
    class Later(LotterySettings):
        """With one more setting."""

        colour: str = "red"

    campaign_id = lottery(client)
    place = f"/api/v1/lotteries/{campaign_id}"
    before, kind = client.get(place).json, registry.benefits()["lottery"]
    registry.benefits()["lottery"] = replace(kind, settings=Later)
    try:
        assert client.get(place).json == before
    finally:
        registry.benefits()["lottery"] = kind


def test_public_data_names_nobody_and_no_draw_that_was_not_made(client, played):
    campaign_id, _, people = played
    shown, draws = everything_public(client, campaign_id)
    assert {name for each in draws for name in each} == {"number", "nonce", "prize", "head"}
    told = json.dumps([shown, draws])
    assert not any(str(member) in told for member in people)
    for number in ("0", "13", "99999999999999999999"):
        place = f"/api/v1/lotteries/{campaign_id}/draws/{number}"
        assert client.get(place).status_code == 404


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
