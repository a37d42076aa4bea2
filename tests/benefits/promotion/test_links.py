"""Links: for what, by whom, and their doors."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.alliance import service as alliance
from app.core.db import in_transaction
from app.members import service as members
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.benefits.promotion.programme import API, ask_link, link, operate, programme
from tests.benefits.stage import draft


@pytest.fixture(scope="module")
def running(app):
    with app.app_context():
        return programme(app.test_client())


def refused(answer):
    return answer.status_code, answer.json["code"]


def test_one_link_for_a_member_and_a_thing_with_one_token_for_every_door(context, running):
    friend = world.member()
    first, again = link(running, friend), link(running, friend)
    assert first["id"] == again["id"]
    token = first["token"]
    assert qr.resolve(token) == qr.Scene(qr.Kind.PROMOTION, UUID(first["id"]))
    assert first["page"].endswith(f"/api/v1/oauth/start?scene={token}")
    assert first["poster"] == f"/api/v1/codes/{token}/poster.png"
    assert (first["title"], first["closed_because"]) == ("南门店", None)
    other = link(running, world.member())
    assert other["id"] != first["id"]


def test_a_product_and_a_content_can_be_promoted(context, running):
    friend = world.member()
    tea = stall.displayed(running.client, running.shop, title="明前龙井")
    product = link(running, friend, offer_id=tea["id"])
    assert (product["title"], product["offer_id"]) == ("明前龙井", tea["id"])
    text = link(running, friend, content="spring")
    assert (text["title"], text["subject"]) == ("春季新品", "content")


def test_a_poster_says_what_is_promoted(context, running):
    made = link(running, world.member(), content="spring")
    scene = qr.resolve(made["token"])
    answers = in_transaction(lambda: qr.caption_asked.send(scene.kind, subject_id=scene.subject_id))
    (caption,) = [answer for _, answer in answers if answer is not None]
    assert (caption.title, caption.line) == ("春季新品", "好友推荐 · 微信扫码查看")


def test_everybody_who_has_a_link_sees_what_it_is_about_and_not_whose(context, client, running):
    token = link(running, world.member(), content="spring")["token"]
    told = client.get(f"{API}/promotions/{token}")
    assert (told.status_code, told.json["text"]) == (200, "当季鲜茶，到店品尝。")
    assert not any("promoter" in name or "member" in name for name in told.json)


@pytest.mark.parametrize("kind", ["unknown", "of_a_store", "without_form"])
def test_tokens_of_other_kinds_are_no_promotions(context, client, running, kind):
    token = {
        "unknown": qr.token_of(qr.Kind.PROMOTION, uuid4()),
        "of_a_store": qr.token_of(qr.Kind.STORE, running.shop.store_id),
        "without_form": "nothing",
    }[kind]
    assert refused(client.get(f"{API}/promotions/{token}")) == (404, "promotion_link_unknown")


def test_what_the_programme_does_not_promote_is_refused(context, client, running):
    friend, foreign = world.member(), world.shop()
    paused = stall.displayed(client, running.shop)
    stopped = client.post(
        f"{API}/offers/{paused['id']}/pause", headers=world.owner_headers(running.shop)
    )
    assert stopped.status_code == 200, stopped.json
    for what in (
        {"store_id": str(foreign.store_id)},
        {"store_id": str(uuid4())},
        {"offer_id": stall.displayed(client, foreign)["id"]},
        {"offer_id": paused["id"]},
        {"content": "autumn"},
    ):
        assert refused(ask_link(running, friend, **what)) == (422, "promotion_unfit")
    answer = client.get(f"{API}/me/promotion-links", headers=world.headers(friend))
    assert answer.json == {"links": [], "next": None}


@pytest.mark.parametrize(
    "what",
    [{"store_id": "x"}, {"content": "Not A Key"}, {"content": "a", "offer_id": str(UUID(int=1))}],
)
def test_a_link_names_exactly_one_thing_in_its_form(context, running, what):
    assert ask_link(running, world.member(), **what).status_code == 422


def test_who_belongs_to_the_merchant_cannot_promote_it(context, client):
    of = programme(client)
    owner = world.member()
    in_transaction(lambda: alliance.add_contact(of.shop.merchant_id, owner))
    assert refused(ask_link(of, owner)) == (403, "self_promotion")


def test_who_may_not_recommend_may_not_promote(context, running):
    banned = world.member()
    in_transaction(
        lambda: members.decide_authorisation("member", banned, "suspended", "刷单", uuid4())
    )
    assert refused(ask_link(running, banned))[1] == "recommending_suspended"


def test_there_are_links_for_running_programmes_only(context, client):
    of, friend = programme(client), world.member()
    old = link(of, friend)
    operate(of, "pause", reason="盘点")
    assert refused(ask_link(of, world.member())) == (409, "campaign_not_running")
    shown = client.get(f"{API}/promotions/{old['token']}").json
    assert (shown["closed_because"], shown["closed_text"]) == (
        "not_running",
        "活动未开始、已暂停或已结束",
    )
    assert link(of, friend)["id"] == old["id"]
    foreign = {"campaign_id": str(uuid4()), "store_id": str(of.shop.store_id)}
    answer = client.post(f"{API}/promotion-links", json=foreign, headers=world.headers(friend))
    assert refused(answer) == (404, "campaign_unknown")


def test_a_link_is_told_to_its_promoter_only(context, client, running):
    friend = world.member()
    made = link(running, friend)
    address = f"{API}/promotion-links/{made['id']}"
    own = client.get(address, headers=world.headers(friend))
    assert (own.status_code, own.json["clicks"]) == (200, 0)
    other = client.get(address, headers=world.headers(world.member()))
    assert refused(other) == (404, "promotion_link_unknown")


def test_a_programme_is_published_only_for_what_is_the_merchants(context, client):
    shop, foreign = world.shop(), world.shop()
    wish = {"commission_bp": 500, "cap_fen": 100, "window_days": 15}
    wrong = wish | {"store_ids": [str(foreign.store_id)]}
    dear = wish | {"cap_fen": 1_001}
    for settings, code in ((wrong, "promotion_unfit"), (dear, "promotion_unfunded")):
        body = draft(
            "promotion",
            settings,
            budget_fen=1_000,
            funder="offer_budget",
            merchant_id=str(shop.merchant_id),
        )
        made = client.post(f"{API}/campaigns", json=body, headers=world.owner_headers(shop))
        assert made.status_code == 201, made.json
        path = f"{API}/campaigns/{made.json['id']}/publish"
        assert refused(client.post(path, headers=world.staff_headers("operator")))[1] == code


@pytest.mark.parametrize(
    "differs",
    [
        {"commission_bp": 0},
        {"commission_bp": 5_001},
        {"window_days": 91},
        {"cap_fen": 0},
        {"subjects": []},
        {"subjects": ["store", "store"]},
        {"subjects": ["content"]},
        {"contents": [{"key": "a", "title": "甲", "text": "乙"}]},
        {"subjects": ["content"],
         "contents": [{"key": "a", "title": "甲", "text": "乙", "link": "http://x.example"}]},
    ],
)  # fmt: skip
def test_settings_without_sense_are_refused(context, client, differs):
    shop = world.shop()
    settings = {"commission_bp": 500, "cap_fen": 100, "window_days": 15} | differs
    body = draft(
        "promotion",
        settings,
        budget_fen=1_000,
        funder="offer_budget",
        merchant_id=str(shop.merchant_id),
    )
    answer = client.post(f"{API}/campaigns", json=body, headers=world.owner_headers(shop))
    assert refused(answer) == (422, "invalid_request")
