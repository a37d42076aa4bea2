"""Commands of the ground floor."""

import re

import pyotp

from app.core.world import new_id, now

PASSWORD = "a long enough password"


def create(app, username, *arguments, password=PASSWORD):
    command = ["staff", "create", username, "--password", password, *arguments]
    return app.test_cli_runner().invoke(args=command)


def test_the_first_operator_is_made_on_the_command_line(app, client):
    username = f"operator-{new_id().hex}"
    made = create(app, username, "--role", "operator", "--role", "finance")
    assert made.exit_code == 0
    secret = re.search(r"secret=([A-Z2-7]+)", made.output).group(1)
    code = pyotp.TOTP(secret).at(now())
    body = {"username": username, "password": PASSWORD, "totp": code}
    answer = client.post("/api/v1/staff/sessions", json=body)
    assert answer.status_code == 201
    assert answer.json["roles"] == ["finance", "operator"]


def test_weak_passwords_taken_names_and_unknown_roles_are_refused(app):
    username = f"operator-{new_id().hex}"
    assert create(app, username, "--role", "operator", password="short").exit_code == 1
    assert create(app, username, "--role", "emperor").exit_code == 2
    assert create(app, username, "--role", "operator").exit_code == 0
    assert create(app, username, "--role", "operator").exit_code == 1


def test_draining_ends_when_nothing_is_due(app):
    assert app.test_cli_runner().invoke(args=["ops", "drain", "--timeout", "90"]).exit_code == 0
