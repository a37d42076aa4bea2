"""Service messages: to whom agreed and is meant, once each, reviewed, paused, stopped, and told."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.alliance.distribution import distribute
from app.alliance.levels import service as levels
from app.core.db import db, in_transaction, read
from app.core.world import new_id, now
from app.ledger.service import Account
from app.notices import outgoing, preferences
from app.notices.mailings import consents, running, segments
from tests.alliance import shop as world

pytestmark = pytest.mark.usefixtures("context")
OWN = "/api/v1/me/service-messages"


@pytest.fixture(autouse=True)
def alone(context):
    """Nobody else agrees and no other message waits: what earlier tests left is taken away."""
    for table in ("notices_mailing_consent", "notices_mailing"):
        read(text(f"DELETE FROM {table} RETURNING 1"))


def agreeing(shop=None, prepaid_fen=0):
    """A member who agreed to service messages."""
    member_id = world.member(world.brought_by_store(shop) if shop else None)
    if prepaid_fen:
        world.give(member_id, Account.PREPAID_PRINCIPAL, prepaid_fen)
    in_transaction(lambda: consents.give(member_id, consents.VERSION, "mini_program"))
    return member_id


def written(client, headers=None, **segment):
    wish = {"title": "周末", "text": "周末储值满五百元送八十元", "segment": segment}
    headers = headers or world.staff_headers("operator")
    answer = client.post("/api/v1/mailings", json=wish, headers=headers)
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def shown(client, mailing_id, headers=None):
    headers = headers or world.staff_headers("operator")
    return client.get(f"/api/v1/mailings/{mailing_id}", headers=headers).json


def do(client, mailing_id, what, headers=None, **wish):
    headers = headers or world.staff_headers("operator")
    return client.post(f"/api/v1/mailings/{mailing_id}/{what}", json=wish or None, headers=headers)


def let_go(client, mailing_id, headers=None):
    moment = (now() - timedelta(seconds=1)).isoformat()
    return do(client, mailing_id, "review", headers, starts_at=moment)


def worked():
    while running.work():
        pass
    running.work()


def told(mailing_id):
    found = text("SELECT member_id, state FROM notices_notice WHERE event = :e")
    return {row.member_id: row.state for row in read(found, {"e": f"mailing:{mailing_id}"})}


def sent(client, **segment):
    """A message that was counted, reviewed and queued."""
    mailing_id = written(client, **segment)
    worked()
    assert let_go(client, mailing_id).status_code == 200
    worked()
    return mailing_id


def test_only_who_agreed_is_counted_and_written_to_once(client, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    agreed, silent = {agreeing() for _ in range(5)}, world.member()
    mailing_id = written(client)
    worked()
    assert (shown(client, mailing_id)["state"], shown(client, mailing_id)["counted"]) == (
        "counted",
        5,
    )
    assert told(mailing_id) == {}
    let_go(client, mailing_id)
    worked()
    worked()
    found = shown(client, mailing_id)
    assert (found["state"], found["queued"]) == ("done", 5)
    assert set(told(mailing_id)) == agreed
    assert silent not in told(mailing_id)
    assert found["results"] == {"queued": 5}


def test_a_batch_that_broke_off_is_done_again_and_nobody_is_written_to_twice(client, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    agreed = {agreeing() for _ in range(4)}
    mailing_id = written(client)
    worked()
    let_go(client, mailing_id)
    running.work()
    breaks = iter([True])
    go_on = running._go_on

    def broken(row, found):
        go_on(row, found)
        if next(breaks, False):
            raise RuntimeError("killed before the commit")

    monkeypatch.setattr(running, "_go_on", broken)
    with pytest.raises(RuntimeError):
        running.work()
    assert len(told(mailing_id)) == 2
    worked()
    assert set(told(mailing_id)) == agreed
    assert shown(client, mailing_id)["queued"] == 4


def test_the_writer_does_not_review_and_a_rejected_one_never_goes(client):
    agreeing()
    writer = world.staff_headers("operator")
    mailing_id = written(client, writer)
    early = let_go(client, mailing_id)
    assert (early.status_code, early.json["code"]) == (409, "mailing_not_in_state")
    worked()
    own = let_go(client, mailing_id, writer)
    assert (own.status_code, own.json["code"]) == (403, "second_person_needed")
    assert do(client, mailing_id, "review", reason="措辞不当").json["state"] == "rejected"
    worked()
    assert told(mailing_id) == {}
    assert let_go(client, mailing_id).json["code"] == "mailing_not_in_state"


def test_it_waits_for_its_moment(client):
    agreeing()
    mailing_id = written(client)
    worked()
    later = (now() + timedelta(hours=1)).isoformat()
    for impossible in ("0001-01-01T00:00:00+14:00", "2026-11-22T00:00:00", "soon"):
        assert do(client, mailing_id, "review", starts_at=impossible).status_code == 422
    assert do(client, mailing_id, "review", starts_at=later).json["state"] == "scheduled"
    worked()
    assert told(mailing_id) == {}


def test_pausing_resuming_and_stopping(client, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)
    for _ in range(3):
        agreeing()
    mailing_id = written(client)
    worked()
    let_go(client, mailing_id)
    running.work()
    assert do(client, mailing_id, "pause").json["state"] == "paused"
    worked()
    assert len(told(mailing_id)) == 1
    assert do(client, mailing_id, "resume").json["state"] == "scheduled"
    running.work()
    assert len(told(mailing_id)) == 2
    stopped = do(client, mailing_id, "stop", reason="写错了").json
    assert (stopped["state"], stopped["results"]) == ("stopped", {"skipped": 2})
    worked()
    assert len(told(mailing_id)) == 2
    assert do(client, mailing_id, "resume").json["code"] == "mailing_not_in_state"


def test_segments_are_met_at_their_borders(client):
    home, other = world.shop(), world.shop()
    poor, rich, away = agreeing(home), agreeing(home, 10_000), agreeing(other, 10_000)
    world.paid(client, rich, home, 1_000)
    everyone = [poor, rich, away]

    def meant(**segment):
        return set(in_transaction(lambda: segments.chosen(everyone, segment)))

    assert meant() == set(everyone)
    assert meant(home_store_ids=[str(home.store_id)]) == {poor, rich}
    assert meant(bought_within_days=1) == {rich}
    assert meant(bought_within_days=1, category_code="no_such") == set()
    assert meant(not_bought_within_days=1) == {poor, away}
    assert meant(prepaid_at_least_fen=9_000) == {rich, away}
    assert meant(prepaid_at_least_fen=9_001) == {away}
    assert meant(prepaid_at_most_fen=0) == {poor}


def test_a_level_is_a_segment_too(client):
    shop = world.shop()
    reached, fresh = agreeing(shop, 10_000), agreeing(shop)
    new = levels.NewLevel("银卡", "Silver", 1, 90, 0, 1)
    level_id = in_transaction(lambda: levels.add(new, new_id()).id)
    sale = world.paid(client, reached, shop, 10_000)
    while distribute():
        pass
    earlier = text(
        "UPDATE alliance_sale SET distributed_at = now() - interval '40 days' WHERE id = :s"
    )
    in_transaction(lambda: db.session.execute(earlier, {"s": sale["id"]}).close())

    def meant(**segment):
        return in_transaction(lambda: segments.chosen([reached, fresh], segment))

    assert meant(level_ids=[str(level_id)]) == [reached]
    assert meant(level_ids=[str(new_id())]) == []
    in_transaction(lambda: levels.end(level_id))
    assert meant(level_ids=[str(level_id)]) == []


def test_a_merchant_proposes_to_its_own_members_and_sees_no_small_numbers(client):
    shop, other = world.shop(), world.shop()
    mine, theirs = world.owner_headers(shop), world.owner_headers(other)
    agreeing(shop), agreeing(other)
    mailing_id = written(client, mine)
    worked()
    found = shown(client, mailing_id, mine)
    assert found["segment"]["home_store_ids"] == [str(shop.store_id)]
    assert (found["state"], found["counted"]) == ("counted", None)
    assert shown(client, mailing_id)["counted"] == 1
    assert client.get(f"/api/v1/mailings/{mailing_id}", headers=theirs).status_code == 404
    listed = client.get("/api/v1/mailings", headers=theirs).json["mailings"]
    assert mailing_id not in {each["id"] for each in listed}
    assert let_go(client, mailing_id, mine).status_code == 403
    wish = {
        "title": "x",
        "text": "给别人的会员",
        "segment": {"home_store_ids": [str(other.store_id)]},
    }
    assert client.post("/api/v1/mailings", json=wish, headers=mine).status_code == 404


def test_agreeing_and_withdrawing_are_kept_with_the_version_and_stop_what_waits(client):
    member_id = world.member()
    mine = world.headers(member_id)
    assert client.get(OWN, headers=mine).json["is_consented"] is False
    old = client.put(OWN, json={"is_consented": True, "version": "2020-01"}, headers=mine)
    assert (old.status_code, old.json["code"]) == (409, "mailing_consent_outdated")
    wish = {"is_consented": True, "version": consents.VERSION}
    assert client.put(OWN, json=wish, headers=mine).json["is_consented"]
    mailing_id = sent(client)
    assert client.put(OWN, json={"is_consented": False}, headers=mine).json["is_consented"] is False
    notice = text("SELECT id FROM notices_notice WHERE event = :e")
    notice_id = read(notice, {"e": f"mailing:{mailing_id}"})[0].id
    outgoing.send({"notice_id": str(notice_id)})
    assert told(mailing_id) == {member_id: "skipped"}
    kept = text("SELECT version, withdrawn_at FROM notices_mailing_consent WHERE member_id = :m")
    rows = read(kept, {"m": member_id})
    assert [row.version for row in rows] == [consents.VERSION]
    assert rows[0].withdrawn_at is not None
    assert client.put(OWN, json=wish).status_code == 401


def test_who_declines_everything_in_the_chat_gets_no_message_either(client):
    member_id = agreeing()
    in_transaction(lambda: preferences.decline_all(member_id))
    mailing_id = sent(client)
    found = text("SELECT id FROM notices_notice WHERE event = :e")
    outgoing.send({"notice_id": str(read(found, {"e": f"mailing:{mailing_id}"})[0].id)})
    assert told(mailing_id) == {member_id: "skipped"}


@pytest.mark.parametrize(
    "wish",
    [
        {"title": "x", "text": "短"},
        {"title": "x", "text": "足够长的文字", "segment": {"category_code": "food"}},
        {"title": "x", "text": "足够长的文字", "segment": {"bought_within_days": 0}},
        {"title": "x", "text": "足够长的文字", "segment": {"member_id": str(new_id())}},
    ],
)
def test_what_is_not_a_message_is_refused(client, wish):
    answer = client.post("/api/v1/mailings", json=wish, headers=world.staff_headers("operator"))
    assert answer.status_code == 422
    assert read(text("SELECT count(*) FROM notices_mailing"))[0][0] == 0


def test_only_the_operator_and_merchants_write_messages(client):
    for headers in (world.headers(world.member()), world.staff_headers("cashier")):
        wish = {"title": "x", "text": "足够长的文字"}
        assert client.post("/api/v1/mailings", json=wish, headers=headers).status_code == 403
    assert db.session.execute(text("SELECT count(*) FROM notices_mailing")).scalar() == 0
