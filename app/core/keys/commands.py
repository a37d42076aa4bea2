"""`flask --app wsgi keys status|rotate|retire` (design, "The contract")."""

from __future__ import annotations

import json
import time
from collections import Counter

import click
from flask import Flask
from flask.cli import AppGroup

from app.core import crypto
from app.core.keys import rotation

keys = AppGroup("keys", help="The keys of personal data (PII_KEYS).")
BATCH = click.option(
    "--batch", default=500, type=click.IntRange(1, 10_000), help="Rows in one transaction."
)


@keys.command("status")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> None:
    """Show which keys are used where, and whether all is under the first one."""
    ring, uses, missing = crypto.ring_names(), rotation.uses(), rotation.lacking()
    left = sum(use.rows for use in uses if use.key != ring[0] and use.place not in missing)
    to_make = sum(missing.values())
    if as_json:
        places: dict[str, dict[str, int]] = {}
        for use in uses:
            places.setdefault(use.place, {})[use.key] = use.rows
        answer = {"ring": ring, "encrypts": ring[0], "places": places, "to_move": left + to_make}
        click.echo(json.dumps(answer))
        return
    click.echo(f"ring: {', '.join(ring)}; {ring[0]} encrypts")
    for use in uses:
        known = "" if use.key in ring else "  NOT IN THE RING"
        click.echo(f"{use.place:40} {use.key:20} {use.rows:>10}{known}")
    for place, rows in missing.items():
        click.echo(f"{place:40} {'to be made':20} {rows:>10}")
    click.echo(f"to move by `keys rotate`: {left + to_make}")


@keys.command("rotate")
@BATCH
@click.option("--pause", default=0.0, help="Seconds to rest after each transaction.")
def rotate(batch: int, pause: float) -> None:
    """Move everything to the first key of the ring, while the product runs.

    May be ended at any time and begun again. Exit 1 if something could not be read.
    """
    moved: Counter[str] = Counter()

    def tell(place: str, rows: int) -> None:
        moved[place] += rows
        if rows:
            click.echo(f"{place}: {moved[place]}", err=True)
        time.sleep(pause)

    unreadable = rotation.rotate(batch, tell)
    click.echo(f"moved: {sum(moved.values())}")
    for place, rows in unreadable.items():
        click.echo(f"{place}: {rows} rows cannot be read with the keys of the ring", err=True)
    if unreadable:
        raise SystemExit(1)


@keys.command("retire")
@click.argument("name")
@BATCH
def retire(name: str, batch: int) -> None:
    """Make sure that nothing uses a key any more; exit 1 if something does."""
    if name not in crypto.ring_names():
        raise click.ClickException(f"{name} is not in PII_KEYS")
    try:
        rotation.retire(name, batch)
    except rotation.StillUsed as refusal:
        raise click.ClickException(f"{name} is still used: {refusal}") from refusal
    click.echo(f"{name} is not used any more: take it out of PII_KEYS and keep it with the backups")


def install(app: Flask) -> None:
    """Registers the commands on the application."""
    app.cli.add_command(keys)
