"""Commands of the books: `audit verify`, `audit export`, `audit anchor`, `ledger balance`.

Verifying and anchoring cover the audit log of staff (`app/core/audit`) as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask import Flask
from flask.cli import AppGroup

from app.core.audit import reading, sealing
from app.core.world import now
from app.ledger import audit as books
from app.ledger import export as copies

audit = AppGroup("audit", help="Checking the books.")
ledger = AppGroup("ledger", help="Reading the books.")


def as_json(function: Callable[..., None]) -> Callable[..., None]:
    """The option --json of a command."""
    return click.option("--json", "as_json", is_flag=True, help="Machine-readable.")(function)


@audit.command("verify")
@as_json
@click.option(
    "--anchor",
    "anchor_file",
    type=click.Path(exists=True, path_type=Path),
    help="File with one output of `audit anchor` a line, kept outside the database.",
)
def verify(as_json: bool, anchor_file: Path | None) -> None:  # fmt: skip
    """Check every sum, every balance and both hash chains; exit 1 if anything does not hold."""
    anchors = _lines(anchor_file)
    report = books.verify([books.Anchor(int(each["seq"]), each["hash"]) for each in anchors])
    actions = _verify_actions(anchors)
    report.findings += [books.Finding(*each) for each in actions.findings]
    if as_json:
        told = {name: value for name, value in asdict(actions).items() if name != "findings"}
        click.echo(json.dumps({**report.as_dict(), "actions": told}))
    else:
        click.echo(f"{report.journals} journals, {report.entries} entries, {report.sealed} sealed")
        click.echo(f"{actions.records} actions of staff, {actions.sealed} sealed")
        for finding in report.findings:
            click.echo(f"not so: {finding.check} ({finding.where})")
        click.echo("the books hold" if report.ok else "the books do not hold")
    if not report.ok:
        raise SystemExit(1)


def _verify_actions(anchors: Sequence[dict[str, Any]]) -> sealing.Chain:
    known = [each for each in anchors if each.get("actions_seq")]
    with books.snapshot() as connection:
        wanted = {int(each["actions_seq"]): str(each["actions_hash"]) for each in known}
        return sealing.inspect(connection, wanted)


@audit.command("anchor")
def anchor() -> None:
    """Print the heads of both chains, journals and actions of staff, as JSON, to be kept outside
    the database."""
    head = books.anchor()
    if head is None:
        raise click.ClickException("nothing has been sealed yet")
    with books.snapshot() as connection:
        actions = sealing.head(connection) or (None, None)
    told = {"seq": head.seq, "hash": head.hash}
    click.echo(json.dumps({**told, "actions_seq": actions[0], "actions_hash": actions[1]}))


@audit.command("export")
@click.option("--since", default=0, help="The last seal (seq) already exported.")
def export(since: int) -> None:
    """Print all journals sealed after SINCE as NDJSON, in sealed order."""
    for line in copies.export(since):
        click.echo(json.dumps(line, ensure_ascii=False))


@audit.command("actions")
@click.option("--since", default=0, help="The last seal (seq) already exported.")
def actions(since: int) -> None:
    """Print the seals of staff's actions after SINCE, each with its records, as NDJSON."""
    with books.snapshot() as connection:
        for line in reading.sealed(connection, since):
            click.echo(line)


@ledger.command("balance")
@as_json
@click.option("--at", "moment", help="RFC 3339 moment; UTC where it names no zone. Default: now.")
@click.option("--owner", type=click.UUID, help="Only the accounts of this owner.")
def balance(as_json: bool, moment: str | None, owner: UUID | None) -> None:
    """Print what each kind of account came to, in fen, and the sum of all (always 0)."""
    totals = copies.totals(_moment(moment), owner)
    total = sum(each.balance_fen for each in totals)
    if as_json:
        accounts = {each.account.label: each.balance_fen for each in totals}
        click.echo(json.dumps({"accounts": accounts, "sum_fen": total}))
        return
    for each in totals:
        click.echo(f"{each.account.label:24}{each.balance_fen:>20}")
    click.echo(f"{'sum':24}{total:>20}")


def _moment(value: str | None) -> datetime:
    if value is None:
        return now()
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value} is not an RFC 3339 moment") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _lines(file: Path | None) -> list[dict[str, Any]]:
    """The anchors of a file, checked to be some."""
    if file is None:
        return []
    try:
        lines = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
        for line in lines:
            line["seq"], line["hash"] = int(line["seq"]), str(line["hash"])
        return lines
    except (ValueError, KeyError, TypeError) as error:
        raise click.BadParameter(f"{file} holds no anchors") from error


def install(app: Flask) -> None:
    """Registers the commands on the application."""
    app.cli.add_command(audit)
    app.cli.add_command(ledger)
