"""The command `policy simulate`: past sales under a draft, in the foreground."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask import Flask
from flask.cli import AppGroup
from pydantic import ValidationError

from app.alliance.policies.simulation import results, running
from app.alliance.policies.simulation.routes import wish
from app.alliance.policies.simulation.schemas import SimulationRequest
from app.alliance.policies.wording import PARTIES
from app.alliance.rules import Party
from app.core.db import in_transaction
from app.core.errors import AppError
from app.core.units import yuan
from app.core.world import SYSTEM_ID

policy = AppGroup("policy", help="Split policies.")
DAY = click.DateTime(["%Y-%m-%d"])


def install(app: Flask) -> None:
    """Registers the commands on the application."""
    app.cli.add_command(policy)


@policy.command("simulate")
@click.option("--from", "first", type=DAY, required=True, help="First business day (Beijing).")
@click.option("--to", "last", type=DAY, required=True, help="Last business day, included.")
@click.option("--draft", type=click.UUID, help="A draft's id.")
@click.option("--policy", "version", type=click.UUID, help="A version's id.")
@click.option(
    "--file",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy as JSON: name, shares_bp, fallbacks, one_person_one_share.",
)
@click.option("--csv", "target", type=click.Path(dir_okay=False, path_type=Path),
              help="Write all lines of --kind to this file.")  # fmt: skip
@click.option("--kind", type=click.Choice(["party", "seller", "earner"]), default="earner")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def simulate(
    first: Any,
    last: Any,
    draft: UUID | None,
    version: UUID | None,
    source: Path | None,
    target: Path | None,
    kind: results.Kind,
    as_json: bool,
) -> None:
    """Replay past sales under a policy and compare everybody before and after. Nothing is posted.

    Exit 1 if a sale comes out otherwise than posted under its own policy, or nothing can be done.
    """
    asked = _asked(first.date(), last.date(), draft, version, source)
    try:
        simulation_id = in_transaction(lambda: running.ask(wish(asked), SYSTEM_ID).id)
    except AppError as error:
        click.echo(json.dumps({"error": error.code, "detail": error.detail or error.title}))
        raise SystemExit(1) from None
    while running.advance(simulation_id):
        _tell(simulation_id)
    shown = in_transaction(lambda: results.whole(running.find(simulation_id)))
    if target is not None:
        with target.open("wb") as file:
            file.writelines(results.table(simulation_id, kind))
    click.echo(json.dumps(shown, default=str, ensure_ascii=False) if as_json else _readable(shown))
    if shown["own_different_count"]:
        raise SystemExit(1)


def _asked(
    first: date, last: date, draft: UUID | None, version: UUID | None, source: Path | None
) -> SimulationRequest:
    try:
        written = json.loads(source.read_text()) if source else None
        return SimulationRequest(
            first_day=first, last_day=last, draft_id=draft, policy_id=version, policy=written
        )
    except (ValidationError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _tell(simulation_id: UUID) -> None:
    row = in_transaction(lambda: results.head(running.find(simulation_id)))
    click.echo(f"\r{row['done_count']}/{row['sale_count']}", err=True, nl=False)


def _readable(shown: dict[str, Any]) -> str:
    lines = [
        f"{shown['done_count']} sales, {shown['changed_count']} divided otherwise, "
        f"{shown['undistributed_count']} not distributed yet, "
        f"{shown['own_different_count']} unlike their own postings",
        f"{'':24}{'posted':>16}{'simulated':>16}{'difference':>16}",
    ]
    for line in shown["parties"]:
        name = PARTIES[Party(line["party"])][1].removeprefix("the ")[:23]
        before = line["before_fen"] - line["before_refunded_fen"]
        after = line["after_fen"] - line["after_refunded_fen"]
        amounts = (yuan(before), yuan(after), yuan(line["difference_fen"]))
        lines.append(f"{name:24}" + "".join(f"{amount:>16}" for amount in amounts))
    return "\n".join(lines)
