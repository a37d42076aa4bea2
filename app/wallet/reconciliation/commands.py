"""The command `reconcile`: a day's bills, fetched or from a file, compared with the books."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from flask import Flask

from app.core.db import in_transaction
from app.core.errors import AppError
from app.core.world import beijing_day, now
from app.wallet.reconciliation import comparing as reconciliation
from app.wallet.reconciliation import jobs
from app.wallet.reconciliation.bank_statements import decode, is_statement, read_statement
from app.wallet.reconciliation.bills import Bill, kind_of, read_bill
from app.wallet.reconciliation.cells import BillMalformed
from app.wallet.reconciliation.reading import run_by_id


def install(app: Flask) -> None:
    """Registers the command on the application."""
    app.cli.add_command(reconcile)


@click.command("reconcile")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Beijing day; default: yesterday.")
@click.option(
    "--statement",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A bill of WeChat Pay, or a bank's statement, in a file; instead of fetching the day's.",
)
@click.option("--bill", type=click.Choice(["basic", "operation", "fees"]), default="basic",
              help="Which account the file's fund-flow bill is of.")  # fmt: skip
def reconcile(day: Any, statement: Path | None, bill: str) -> None:
    """Compare bills of WeChat Pay or the bank with the books; JSON. Exit 1 if a line is open."""
    chosen = day.date() if day else None
    try:
        if statement is None:
            yesterday = beijing_day(now()) - timedelta(days=1)
            runs = jobs.fetch_and_compare(chosen or yesterday)
        else:
            runs = _compare_file(statement, Bill(bill), chosen)
    except BillMalformed as error:
        click.echo(json.dumps({"error": "bill_unreadable", "detail": str(error)}))
        raise SystemExit(1) from None
    except AppError as error:
        click.echo(json.dumps({"error": error.code, "detail": error.detail or error.title}))
        raise SystemExit(1) from None
    shown = in_transaction(lambda: [run_by_id(run_id) for run_id in runs])
    count = sum(run["open"] for run in shown)
    click.echo(json.dumps({"runs": shown, "open": count}, default=str, ensure_ascii=False))
    if count:
        raise SystemExit(1)


def _compare_file(path: Path, account: Bill, chosen: date | None) -> list[UUID]:
    """The run of a file. Its day is that of all its lines. Raises BillMalformed."""
    content = decode(path.read_bytes())
    if is_statement(content):
        bill, lines = Bill.BANK, list(read_statement(content))
    else:
        kind = kind_of(content)
        bill = account if kind is Bill.BASIC else kind
        lines = list(read_bill(bill, content))
    days = {beijing_day(line.at) for line in lines} | ({chosen} if chosen else set())
    if len(days) != 1:
        place = lines[-1].line if lines else 1
        raise BillMalformed(place, "the lines are of several days, or of none: name it by --day")
    (day,) = days
    return in_transaction(lambda: reconciliation.compare_day(day, {bill: content}, "file"))
