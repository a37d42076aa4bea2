"""Whoever leaves is forgotten (WeChat fact A6): canaries are looked for in every table and log."""

import runpy
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.core import crypto, outbox
from app.core.db import db, in_transaction
from app.core.models import AnsweredRequest
from app.core.world import now
from app.ledger.service import Account
from app.members import service as members
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.browser import Browser
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.conftest import ROOT
from tests.notices.traces import Seals, found

pytestmark = pytest.mark.usefixtures("context")
WRITTEN = "我叫王小明,住在南门街"

ADDRESS = {"name": "诸葛孔明", "phone": "13800007351", "address": "南阳市卧龙岗路 7351 号"}
KEPT_ANSWERS = "migrations/versions/*_kept_answers.py"


@pytest.fixture
def seals(monkeypatch):
    yield Seals(monkeypatch)
    crypto._ring.cache_clear()


@pytest.fixture
def known(person, funded, seals, sandbox, client):
    """Somebody of whom everything is known that a member can tell; (person, canaries)."""
    someone = person()
    phone = someone.phone
    someone.does("follow", scene=qr.token_of("S", world.shop().store_id))
    someone.does("text", content=WRITTEN)
    someone.does("text", content="余额")
    Browser(sandbox, phone).log_in(consent="true")
    code = sandbox.act(phone, "login")["code"]
    session = client.post("/api/v1/sessions", json={"code": code}).json
    work_off()
    who = {"Authorization": f"Bearer {session['token']}"}
    sandbox.act(phone, "privacy")
    wish = {"code": sandbox.act(phone, "phone-number")["code"], "consent": True}
    in_transaction(lambda: db.session.execute(text("DELETE FROM members_phone")))
    assert client.post("/api/v1/me/phone", json=wish, headers=who).status_code == 201
    canaries = [phone["openid"], phone["unionid"], phone["number"], WRITTEN]
    return someone, canaries


def work_off():
    while outbox.work_off():
        pass


def test_after_an_unfollow_nothing_tells_who_it_was(known, seals, capfd):
    someone, canaries = known
    assert found(seals.of(canaries)) != []  # the canaries were there
    someone.does("unfollow")
    work_off()
    assert found(canaries) == []
    assert found(seals.of(canaries)) == []
    told = capfd.readouterr()
    assert [each for each in canaries if each in told.out + told.err] == []


def test_a_letter_that_comes_after_the_leave_is_not_kept_either(known, seals, sandbox, writer):
    someone, canaries = known
    letter = writer()
    letter.openid = someone.phone["openid"]
    someone.does("unfollow")
    work_off()
    sent_at = int((now() - timedelta(minutes=1)).timestamp())
    letter.sends("text", Content=WRITTEN, MsgId="90071992547409", CreateTime=sent_at)
    work_off()
    assert found(canaries) == []
    assert found(seals.of(canaries)) == []


def test_who_comes_back_is_the_same_member_with_binding_and_wallet(known):
    someone, _ = known
    member_id = someone.member_id
    binding, gold = members.binding(member_id), world.balance(member_id, Account.EXPERIENCE)
    someone.does("unfollow")
    work_off()
    assert members.openid_of(member_id, "wxdev0fa0000000001") is None
    someone.does("follow", scene=qr.token_of("S", world.shop().store_id))
    work_off()
    assert someone.member_id == member_id
    assert members.binding(member_id) == binding
    assert world.balance(member_id, Account.EXPERIENCE) == gold
    assert members.openid_of(member_id, "wxdev0fa0000000001") == someone.phone["openid"]


def test_where_an_order_goes_and_its_code_stand_nowhere_in_clear(client):
    buyer, offer = world.rich(), stall.displayed(client, world.shop())
    shipped = market.placed(client, buyer, (offer, 1), delivery="shipment", receiver=ADDRESS)
    assert market.pay(client, buyer, shipped).status_code == 201
    assert market.look(client, buyer, shipped)["receiver"] == ADDRESS
    code = market.bought(client, buyer, world.shop())["pickup_code"]
    market.act(client, shipped, "cancel", world.headers(buyer))
    assert found([*ADDRESS.values(), code]) == []


def test_what_answers_kept_of_it_before_is_taken_out(client):
    buyer, offer = world.rich(), stall.displayed(client, world.shop())
    who = world.headers(buyer)
    wish = {"items": [{"offer_id": offer["id"], "quantity": 1}]}
    first = client.post(market.ORDERS, json=wish, headers=who)
    (order,) = first.json["orders"]
    assert market.act(client, order, "cancel", world.headers(buyer)).status_code == 200
    told = {"receiver": ADDRESS, "pickup_code": "735173517351"}
    in_transaction(lambda: _keeps(buyer, told))
    assert found(["735173517351"]) == ["core_request"]
    (step,) = ROOT.glob(KEPT_ANSWERS)
    steps = runpy.run_path(str(step))
    in_transaction(lambda: [db.session.execute(text(steps[x])) for x in ("ORDERS", "PLACED")])
    assert found([*ADDRESS.values(), told["pickup_code"]]) == []
    assert client.post(market.ORDERS, json=wish, headers=who).json == first.json


def _keeps(buyer, told):
    """Lets the buyer's kept answers be as they were before."""
    rows = db.session.scalars(select(AnsweredRequest).where(AnsweredRequest.principal_id == buyer))
    for row in rows.all():
        orders = [each | told for each in row.body.get("orders", [])]
        row.body = row.body | ({"orders": orders} if orders else told)
