"""Clicks: through which doors, counted once, by whom not, and for how long they are kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from app.alliance import service as alliance
from app.benefits.promotion import clicks
from app.core.db import in_transaction, read
from app.core.world import new_id, now
from app.members import service as members
from app.notices import glances
from app.qr import service as qr
from app.wechat.client import Message
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.benefits.promotion.programme import click, link, move_clicks, programme

OFFICIAL = "wxdev0fa0000000001"


def counted(member_id):
    rows = read(
        text("SELECT link_id FROM benefits_promotion_click WHERE member_id = :m"), {"m": member_id}
    )
    return [str(row.link_id) for row in rows]


def test_the_same_link_again_within_a_minute_is_one_click(context, client):
    made = link(programme(client), world.member())
    customer = world.member()
    for _ in range(3):
        assert click(client, customer, made["token"])["is_counted"]
    assert len(counted(customer)) <= 2  # a minute may have begun meanwhile
    move_clicks(customer, timedelta(hours=1))
    before = len(counted(customer))
    click(client, customer, made["token"])
    assert len(counted(customer)) == before + 1


def test_a_scanned_code_is_a_click_and_binds_nobody(context, client):
    made = link(programme(client), world.member())
    openid = f"o{new_id().hex[:27]}"

    def came():
        return alliance.join(OFFICIAL, openid, None, "scan", made["token"], now())

    joined = in_transaction(came)
    assert (joined.is_new, counted(joined.member_id)) == (True, [made["id"]])
    bound = in_transaction(lambda: members.binding(joined.member_id))
    assert bound.recommender_kind == "platform"
    in_transaction(came)
    assert in_transaction(lambda: members.binding(joined.member_id)) == bound


def test_who_is_bound_stays_bound_after_a_click(context, client):
    friend, recommender = world.member(), world.member()
    openid = f"o{new_id().hex[:27]}"
    token = qr_of(recommender)
    joined = in_transaction(lambda: alliance.join(OFFICIAL, openid, None, "scan", token, now()))
    made = link(programme(client), friend)
    in_transaction(lambda: alliance.join(OFFICIAL, openid, None, "scan", made["token"], now()))
    bound = in_transaction(lambda: members.binding(joined.member_id))
    assert (bound.recommender_id, counted(joined.member_id)) == (recommender, [made["id"]])


def qr_of(member_id):
    return in_transaction(lambda: qr.issue(qr.Kind.MEMBER, member_id))


def test_a_look_does_not_answer_the_scan_of_a_promotion(context, client):
    made = link(programme(client), world.member())
    openid = f"o{new_id().hex[:27]}"
    joined = in_transaction(lambda: alliance.join(OFFICIAL, openid, None, "scan", None, now()))
    in_transaction(lambda: members.note_follow(joined.member_id, OFFICIAL, openid, now()))
    scans = [_scan(openid, made["token"]), _scan(openid, qr_of(world.member()))]
    promotion, friend = glances.scans("scan", scans)
    assert promotion is None
    assert friend is not None


def _scan(openid, scene):
    return Message(
        app_id=OFFICIAL,
        original_id="gh_1",
        openid=openid,
        kind="event",
        event="scan",
        event_key=scene,
        scene=scene,
        content="",
        message_id="",
        created_at=now(),
        fields={},
    )


def test_ones_own_link_and_closed_ones_do_not_count(context, client):
    of, friend, customer = programme(client), world.member(), world.member()
    tea = stall.displayed(client, of.shop)
    own = link(of, friend)
    product = link(of, friend, offer_id=tea["id"])
    assert not click(client, friend, own["token"])["is_counted"]
    answer = client.post(f"/api/v1/offers/{tea['id']}/pause", headers=world.owner_headers(of.shop))
    assert answer.status_code == 200, answer.json
    told = click(client, customer, product["token"])
    assert (told["is_counted"], told["closed_because"]) == (False, "withdrawn")
    assert counted(friend) == counted(customer) == []


def test_old_clicks_are_deleted(context, client):
    made = link(programme(client), world.member())
    old, young = world.member(), world.member()
    for each in (old, young):
        click(client, each, made["token"])
    move_clicks(old, clicks.KEPT + timedelta(minutes=1))
    move_clicks(young, clicks.KEPT - timedelta(hours=1))
    assert clicks.clear_old() >= 1
    assert (counted(old), counted(young)) == ([], [made["id"]])
