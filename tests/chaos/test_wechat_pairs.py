"""The table of faults and operations leaves nothing out, and a run notices what goes wrong."""

from types import SimpleNamespace

import pytest

from chaos import wechat_run
from chaos.wechat_pairs import Pair, everything
from chaos.wechat_people import Answers
from sandbox.fault_kinds import KINDS
from sandbox.faults import Faults
from sandbox.state import State

# What no operation of the product meets yet: it reads no bills, shares no profits, takes no payment
# codes, and no page logs in by the web.
NOT_MET = {
    "bill_omit",
    "bill_add",
    "bill_alter",
    "sharing_fail",
    "sharing_return_fail",
    "payer_declined",
    "snapshot_user",
    "snapshot_user_unflagged",
}


def test_every_kind_of_fault_strikes_an_operation():
    struck = {wish["kind"] for pair in everything() for wish in pair.wishes}
    assert struck == set(KINDS) - NOT_MET


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
    assert left_out == {"sale, asked", "refund, asked", "withdrawal, asked"}


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
