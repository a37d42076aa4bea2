"""Commands of the ground floor: the relay, and finishing what waits."""

from __future__ import annotations

import json
import time

import click
import pyotp
from flask import Flask, current_app
from flask.cli import AppGroup

from app.core import dead_letters, outbox, own_data, staff, timetable
from app.core.accounts import service as accounts
from app.core.audit import recording
from app.core.auth import PLATFORM_ROLES
from app.core.db import in_transaction
from app.core.errors import AppError
from app.core.keys import commands as key_commands
from app.core.keys.columns import sealed
from app.core.models import StaffAccount
from app.core.relay import Relay
from app.core.world import SYSTEM_ID

ROLES = sorted(PLATFORM_ROLES)
SHORTEST_PASSWORD = 12
ops = AppGroup("ops", help="Operations.")
people = AppGroup("staff", help="Staff accounts.")


@ops.command("drain")
@click.option("--timeout", default=60.0, help="Seconds after which to give up.")
def drain(timeout: float) -> None:
    """Do every duty and every due outbox row now; exit 1 if some is still due at the end."""
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        if not timetable.run_all() and not outbox.work_off() and not outbox.is_due():
            return
    raise SystemExit(1)


@ops.command("dead-letters")
def show_dead_letters() -> None:
    """Show how much work failed too often, by reader, as JSON; exit 1 if there is any."""
    found = in_transaction(dead_letters.counts)
    click.echo(json.dumps(found))
    if found:
        raise SystemExit(1)


@ops.command("retry")
@click.argument("reader")
def retry_dead_letters(reader: str) -> None:
    """Try all failed work of one READER again, after its cause is gone."""
    click.echo(in_transaction(lambda: dead_letters.retry_all(reader, SYSTEM_ID)))


@people.command("create")
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.password_option()
def create_staff(username: str, roles: tuple[str, ...], password: str) -> None:
    """Open a staff account of the platform and print its second factor's secret, once."""
    if len(password) < SHORTEST_PASSWORD:
        raise click.ClickException(f"a password has at least {SHORTEST_PASSWORD} characters")
    new = staff.NewStaff(username, password, frozenset(roles))
    try:
        in_transaction(lambda: _create(new))
    except AppError as refusal:
        raise click.ClickException(refusal.title) from refusal
    click.echo(pyotp.TOTP(new.totp_secret).provisioning_uri(name=username, issuer_name="Lianhui"))


@people.command("reset")
@click.argument("username")
@click.option("--reason", required=True, help="Why; it is recorded.")
def reset_staff(username: str, reason: str) -> None:
    """Give USERNAME a new password and second factor, printed once: where nobody else is left to
    do it. It is recorded in the audit log."""
    given = in_transaction(lambda: _reset(username, reason))
    if given is None:
        raise click.ClickException("there is no such account")
    click.echo("\n".join(given))


def _reset(username: str, reason: str) -> tuple[str, str] | None:
    found = staff.principal_named(username)
    if found is None:
        return None
    row = accounts.account(found.id)
    recording.note("flask staff reset", [row.id], {}, reason)
    return accounts.reset_password(row), accounts.reset_factor(row).totp_uri


def _create(new: staff.NewStaff) -> None:
    identity = staff.create(new)
    recording.note("flask staff create", [identity], {"roles": sorted(new.roles)})


def install(app: Flask) -> None:
    """Registers the commands on the application."""
    app.cli.add_command(ops)
    app.cli.add_command(people)
    key_commands.install(app)
    own_data.declare()
    sealed(StaffAccount.totp_secret, staff.totp_context)
    sealed(StaffAccount.totp_next, staff.next_totp_context)

    @app.cli.command("relay")
    def relay() -> None:
        """Run the outbox relay with its timetable in the foreground."""
        Relay(current_app._get_current_object()).run()  # type: ignore[attr-defined]
