"""The command line of ./run and the variables it hands on."""

import socket

import pytest

from launcher import options
from launcher.environment import Addresses, product_environment, server_environment
from launcher.errors import CannotStart

ADDRESSES = Addresses("http://web", "http://sandbox", "postgresql://db", "redis://store")


@pytest.mark.parametrize("text", ["0", "65536", "-1", "eighty", "８０", ""])
def test_a_port_out_of_range_is_not_understood(tmp_path, text, capsys):
    with pytest.raises(SystemExit):
        options.read([f"--port={text}"], tmp_path)

    assert "is not a port from 1 to 65535" in capsys.readouterr().err


def test_campaigns_are_left_out_of_the_demo_only_where_that_is_asked_for(tmp_path):
    assert not options.read([], tmp_path).bare
    assert options.read(["--bare"], tmp_path).bare


def test_the_data_folder_defaults_to_one_beside_the_code(tmp_path):
    assert options.read([], tmp_path).data == tmp_path / ".data"


def test_a_port_somebody_listens_on_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]

        with pytest.raises(CannotStart, match=f"Port {number} is in use"):
            options.require_free(number)

    options.require_free(number)


def test_given_variables_win_over_computed_and_those_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "config").mkdir()
    settings = "SECRET_KEY=from-file\nBASE_URL=from-file\nWECHAT_OA_TOKEN=from-file\n"
    (tmp_path / "config" / "development.env").write_text(settings)
    for name in ("SECRET_KEY", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WECHAT_OA_TOKEN", "given")

    found = product_environment(tmp_path, tmp_path / "data", ADDRESSES)

    assert found["SECRET_KEY"] == "from-file"
    assert found["BASE_URL"] == "http://web"
    assert found["WECHAT_OA_TOKEN"] == "given"
    assert found["CLOCK_URL"] == "http://sandbox/__ctl/clock"


def test_the_servers_get_none_of_the_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a secret")

    assert "a secret" not in server_environment().values()
