"""The table of faults and operations leaves nothing out, and a run notices what goes wrong."""

import re
from types import SimpleNamespace

import pytest

from chaos import wechat_run
from chaos.wechat_pairs import everything
from chaos.wechat_people import Answers
from chaos.wechat_table import Pair
from sandbox.fault_kinds import KINDS
from sandbox.faults import Faults
from sandbox.state import State
from tests.conftest import ROOT

# What the product calls, but people of the run do not, and why.
NOT_IN_THE_TABLE = {
    "/cgi-bin/clear_quota": "typed by an operator",
    "/cgi-bin/openapi/quota/get": "typed by an operator",
    "/cgi-bin/menu/get": "once after a deployment; see tests/notices/test_menu_publishing.py",
    "/cgi-bin/menu/create": "the same",
    "/cgi-bin/menu/delete": "no room asks for it yet",
    "/v3/security/echo": "part of an operator's check-up",
    "/cgi-bin/showqrcode": "no room asks for it: codes are drawn from the ticket's address",
    "/cgi-bin/user/get": "no room asks for it yet",
    "/cgi-bin/user/info/batchget": "a month after a follow; see tests/members/test_asking_again.py",
    "/sns/userinfo": "no room asks for it: the login tells the unionid, names are not wanted",
    "/wxa/checksession": "no room asks for it: session keys are not kept",
    "/wxa/getpaidunionid": "no room asks for it yet",
    "/wxa/msg_sec_check": "no room asks for it yet",
    "/wxa/media_check_async": "no room asks for it yet",
    "/wxa/sec/order/notify_confirm_receive": "for parcels only, which nobody sends yet",
    "/wxa/sec/order/is_trade_managed": "once a day by each process; a failure is the report's",
}
ONLY_IN_THE_WHOLE_RUN = {
    "basic bill",
    "bill's file",
    "certificates",
    "follower, asked",
    "fund bill",
    "link",
    "mini subscription",
    "page signature",
    "phone number",
    "refund, asked",
    "sale, asked",
    "scheme",
    "shipping, asked",
    "split",
    "split, asked",
    "split, receiver",
    "split, rest asked",
    "split, rest freed",
    "split taken back",
    "split taken back, asked",
    "trade bill",
    "web login, asked",
    "web login, consent",
    "withdrawal back",
    "withdrawal, asked",
}
CALLED = re.compile(r'"(/(?:cgi-bin|sns|wxa|v3)/[a-z0-9_/]+)"')


def test_every_kind_of_fault_strikes_an_operation():
    struck = {wish["kind"] for pair in everything() for wish in pair.wishes}
    assert struck == set(KINDS)


def test_every_call_of_the_product_is_struck_or_left_out_for_a_reason():
    sources = (ROOT / "app" / "wechat").glob("*.py")
    called = {path for source in sources for path in CALLED.findall(source.read_text("utf-8"))}
    matches = [wish["match"] for pair in everything() for wish in pair.wishes]
    struck = {path for path in called if any(path in match for match in matches)}
    assert called - struck == set(NOT_IN_THE_TABLE)


def test_every_wish_is_one_the_sandbox_grants(tmp_path):
    faults = Faults(State(tmp_path))
    for pair in everything():
        for wish in pair.wishes:
            assert faults.plan(wish | {"seed": "1:1"}).kind == wish["kind"]


def test_no_pair_is_there_twice():
    lines = [(pair.operation, pair.name, str(pair.wishes)) for pair in everything()]
    assert len(lines) == len(set(lines)) > 300


def test_the_short_form_has_every_operation():
    short = {pair.operation for pair in everything() if pair.is_short}
    left_out = {pair.operation for pair in everything()} - short
    assert left_out == ONLY_IN_THE_WHOLE_RUN


class Sandbox:
    """Answers as a sandbox whose faults strike, or not."""

    def __init__(self, strikes):
        self.strikes = strikes

    def ask(self, method, path, fields=None):
        if path == "pushes":
            return {"pushes": [], "notices": []}
        if method == "POST":
            return {"id": "f1"}
        struck = [{"fault": "f1"}] if self.strikes else []
        return {"struck": struck, "faults": [{"id": "f1", "kind": "drop"}]}


class Deed:
    def __init__(self, stage):
        self.end = stage.end

    def start(self):
        pass

    def look(self):
        return self.end


@pytest.fixture
def play(monkeypatch):
    monkeypatch.setattr(wechat_run, "STRIKE_SECONDS", 0.1)
    monkeypatch.setattr(wechat_run, "END_SECONDS", 0.1)

    def once(end, strikes=True):
        stage = SimpleNamespace(
            sandbox=Sandbox(strikes), end=end, advance=lambda _: None, answers=Answers()
        )
        run = wechat_run.Run(stage, 1)
        run.go([Pair("sale", Deed, ({"kind": "drop"},), ("paid",))])
        return run.outcomes[0].problem

    return once


def test_a_pair_that_ends_right_passes(play):
    assert play("paid") == ""


def test_a_pair_that_ends_otherwise_or_not_at_all_fails(play):
    assert "'cancelled'" in play("cancelled")
    assert "'nothing'" in play(None)


def test_a_fault_that_does_not_strike_fails_its_pair(play):
    assert play("paid", strikes=False) == "did not strike: drop"


def test_a_busy_answer_is_polite_only_with_retry_after():
    answers = Answers([("GET /a", 503, "2"), ("GET /b", 503, None), ("GET /c", 500, "2")])
    assert answers.impolite() == ["GET /b: 503", "GET /c: 500"]
