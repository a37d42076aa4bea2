"""A newcomer gets into the demo's consoles without an authenticator app."""

from __future__ import annotations

import json
import shlex
import subprocess

import pyotp

from launcher import logins

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def account(username, role):
    return {"username": username, "roles": [role], "password": "geheim", "totp_secret": SECRET}


def test_every_account_is_listed_with_the_code_of_that_moment():
    facts = {
        "staff": {"operator": account("operator", "operator")},
        "merchants": {"tea": {"owner": account("tea-owner", "merchant_owner")}, "closed": {}},
    }
    code = pyotp.TOTP(SECRET).at(1_000_000)
    assert list(logins.rows(facts, 1_000_000)) == [
        ("operator", "operator", "geheim", code),
        ("tea-owner", "merchant_owner", "geheim", code),
    ]


def test_a_folder_on_which_nothing_runs_is_said(tmp_path, capsys):
    assert logins.main([str(tmp_path)]) == 1
    (tmp_path / "demo.json").write_text(json.dumps({"staff": {}, "merchants": {}}))
    assert logins.main([str(tmp_path)]) == 1
    assert "./run" in capsys.readouterr().out


def test_the_command_that_is_printed_has_all_it_needs(tmp_path):
    command = shlex.split(logins.command(tmp_path / "some folder"))
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert f"nothing runs on {tmp_path / 'some folder'}" in ended.stdout
