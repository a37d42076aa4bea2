"""Forms that are drawn from a schema, at the hand of the settings of a lottery with goods."""

from __future__ import annotations

from app.benefits.lottery.schemas import LotterySettings
from app.pages.console import schema_forms

SCHEMA = LotterySettings.model_json_schema()
OFFER = "01890000-0000-7000-8000-000000000001"
TYPED = {
    "organiser": "联惠平台",
    "threshold_fen": "10",
    "prizes.0.name": "保温杯",
    "prizes.0.name_en": "Flask",
    "prizes.0.kind": "goods",
    "prizes.0.value_fen": "50",
    "prizes.0.stock": "3",
    "prizes.0.offer_id": OFFER,
    "prizes.0.odds_ppm": "1000",
    "prizes.1.kind": "money",
    "consolation.kind": "money",
}


def read(app, **differs):
    with app.test_request_context("/", method="POST", data=TYPED | differs):
        return schema_forms.read(SCHEMA)


def test_goods_with_their_offer_are_read_and_empty_prizes_left_out(app):
    said = LotterySettings.model_validate(read(app))
    assert [(each.kind, str(each.offer_id)) for each in said.prizes] == [("goods", OFFER)]
    assert (said.prizes[0].value_fen, said.consolation) == (5_000, None)


def test_a_consolation_that_was_begun_goes_on_as_it_was_typed(app):
    assert read(app, **{"consolation.name": "水"})["consolation"] == {"name": "水", "kind": "money"}


def test_goods_are_told_in_words_and_drawn_to_be_changed(app):
    with app.test_request_context("/"):
        said = LotterySettings.model_validate(read(app)).model_dump(mode="json")
        told = dict(schema_forms.told(SCHEMA, said))
        drawn = {each.name: each for each in schema_forms.inputs(SCHEMA, said)}
    assert told["奖品"].startswith("奖品名称 保温杯，")
    assert "奖品种类 实物（商品）" in told["奖品"]
    assert OFFER in told["奖品"]
    assert told["安慰奖，可不设"] is None
    row = {each.name: each.value for each in drawn["prizes"].children[0]}
    assert (row["prizes.0.kind"], row["prizes.0.offer_id"]) == ("goods", OFFER)
