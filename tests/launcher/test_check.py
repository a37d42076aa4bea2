"""What ./test runs at the same time: all of it is shown, counted, and ended with it."""

import pytest

from launcher import check
from launcher.stopping import Stopped, Stopping


@pytest.fixture
def stopping(monkeypatch):
    monkeypatch.setattr("signal.signal", lambda *_: None)  # pytest keeps its own
    return Stopping()


def test_what_runs_beside_is_shown_whole_when_it_has_ended(tmp_path, stopping, capfd):
    refused = check.Beside(["calendar", "no-such-year"], {}, tmp_path / "refused.log")
    shown = check.Beside(["calendar", "1999"], {}, tmp_path / "shown.log")

    assert capfd.readouterr().out == ""
    assert shown.finish(stopping) == 0
    assert "December" in capfd.readouterr().out
    assert refused.finish(stopping) != 0
    assert "no-such-year" in capfd.readouterr().out


def test_what_runs_beside_ends_with_the_rest(tmp_path, stopping):
    server = check.Beside(["http.server", "0", "--bind", "127.0.0.1"], {}, tmp_path / "log")
    stopping._ask(15, None)

    with pytest.raises(Stopped):
        server.finish(stopping)

    assert server._child.returncode is not None
    server.end()


def test_what_starts_products_runs_once_and_beside_the_others():
    assert all((check.ROOT / path).exists() for path in check.PRODUCTS)
    assert [f"--ignore={path}" for path in check.PRODUCTS] == check.WITHOUT_PRODUCTS
