import json

import pytest

from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.ledger.books import move, post


@pytest.fixture
def command(app, context):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=[str(word) for word in words])


@pytest.fixture
def owner(context):
    owner = new_id()
    post(move(owner, Account.REBATE, 1234))
    while ledger.fold_and_seal():
        pass
    return owner


def test_verify_tells_that_the_books_hold(command, owner, tmp_path):
    anchor = tmp_path / "anchors"
    anchor.write_text(command("audit", "anchor").output)
    answer = command("audit", "verify", "--json", "--anchor", anchor)
    report = json.loads(answer.output)
    assert (answer.exit_code, report["ok"], report["findings"]) == (0, True, [])
    head = json.loads(anchor.read_text())
    assert report["head"] == {"seq": head["seq"], "hash": head["hash"]}
    assert "the books hold" in command("audit", "verify").output


def test_verify_fails_for_another_chain(command, owner, tmp_path):
    anchor = tmp_path / "anchors"
    anchor.write_text(json.dumps({"seq": 1, "hash": "00" * 32}))
    answer = command("audit", "verify", "--json", "--anchor", anchor)
    assert (answer.exit_code, json.loads(answer.output)["ok"]) == (1, False)


@pytest.mark.parametrize("content", ["{", "[]", '{"seq": "x", "hash": ""}', '{"hash": ""}'])
def test_an_unreadable_anchor_is_refused(command, tmp_path, content):
    anchor = tmp_path / "anchors"
    anchor.write_text(content)
    assert command("audit", "verify", "--anchor", anchor).exit_code == 2


def test_export_begins_after_the_given_seal(command, owner):
    head = ledger.anchor()
    lines = [json.loads(line) for line in command("audit", "export").output.splitlines()]
    assert [line["seq"] for line in lines if line["type"] == "seal"] == list(range(1, head.seq + 1))
    last = command("audit", "export", "--since", head.seq - 1).output.splitlines()
    assert [json.loads(line)["seq"] for line in last] == [head.seq] * len(last)
    assert str(owner) in last[-1]
    assert command("audit", "export", "--since", head.seq).output == ""


def test_balance_prints_kinds_and_a_sum_of_nothing(command, owner):
    everything = json.loads(command("ledger", "balance", "--json").output)
    assert everything["sum_fen"] == 0
    mine = json.loads(command("ledger", "balance", "--json", "--owner", owner).output)
    assert mine == {"accounts": {"rebate": 1234}, "sum_fen": 1234}
    early = command("ledger", "balance", "--at", "2020-01-01T00:00:00Z", "--json")
    assert json.loads(early.output) == {"accounts": {}, "sum_fen": 0}
    assert "rebate" in command("ledger", "balance", "--owner", owner).output
    assert command("ledger", "balance", "--at", "yesterday").exit_code == 2
