"""The conformance command: what it checks holds, and it notices what does not."""

from __future__ import annotations

import pytest

from sandbox import conformance, conformance_vectors
from sandbox.conformance_checks import CHECKS
from sandbox.conformance_desk import Desk
from tests.sandbox.conftest import ACCOUNTS


@pytest.fixture
def desk(sandbox, key_folder):
    return Desk(sandbox.url, ACCOUNTS, key_folder)


@pytest.mark.parametrize(("fact", "sentence", "work"), CHECKS, ids=[row[1] for row in CHECKS])
def test_the_sandbox_behaves_as_wechat_is_known_to(desk, fact, sentence, work):
    work(desk)


def test_every_published_vector_is_checked():
    assert set(conformance_vectors.read()) == set(conformance_vectors.CHECKS)
    assert [problem for _, _, problem in conformance.vectors()] == [""] * 6


@pytest.mark.parametrize("name", sorted(conformance_vectors.CHECKS))
def test_an_altered_vector_does_not_hold(name):
    vector = conformance_vectors.read()[name]
    wrong = {"clear": {"openId": "x"}} if name == "encrypted_data" else {"signature": "0" * 40}
    with pytest.raises(AssertionError):
        conformance_vectors.CHECKS[name](vector | wrong)


def test_a_sandbox_that_misbehaves_is_noticed(desk, sandbox):
    sandbox.control("/faults", {"kind": "html_page", "match": "api:POST /v3/", "count": 0})
    problems = {fact for fact, _, problem in conformance.protocol(desk) if problem}
    assert {"D1", "D5", "D9"} <= problems
    assert "B1" not in problems


def test_the_command_runs_a_sandbox_of_its_own_and_prints_a_table(capsys):
    assert conformance.main([]) == 0
    shown = capsys.readouterr().out
    assert f"{len(CHECKS) + 6} of {len(CHECKS) + 6} hold" in shown
    assert "FAIL" not in shown


def test_a_missing_account_is_named(capsys, monkeypatch):
    monkeypatch.delenv("WECHAT_PAY_MCH_ID", raising=False)
    with pytest.raises(SystemExit) as stopped:
        conformance.main(["--base", "http://127.0.0.1:9"])
    assert stopped.value.code == 2
    assert "WECHAT_PAY_MCH_ID" in capsys.readouterr().err
