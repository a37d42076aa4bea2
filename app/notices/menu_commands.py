"""Commands for the official account's menu: look at it, compare it, publish it."""

from __future__ import annotations

import json
from difflib import unified_diff

import click
from flask import Flask
from flask.cli import AppGroup

from app.core.db import in_transaction
from app.notices import menu_publishing
from app.notices.menu import Button, MenuInvalid, buttons, plain
from app.wechat import client as wechat

group = AppGroup("menu", help="The official account's menu.")


@group.command("show")
def show() -> None:
    """Print the menu as it is set; ends with 1 if WeChat would refuse it."""
    click.echo(_text(_checked()))


@group.command("publish")
def publish() -> None:
    """Put the menu into the official account, if it is not there yet, whatever was there before.

    Members see it within a day (WeChat caches it).
    """
    wanted = _checked()
    try:
        is_changed = menu_publishing.publish(wanted, is_forced=True)
    except (wechat.WeChatRefused, wechat.WeChatUnavailable) as error:
        raise click.ClickException(str(error)) from error
    found = menu_publishing.fingerprint(wanted)
    in_transaction(lambda: menu_publishing.note(found, "published"))
    click.echo("published" if is_changed else "unchanged")


@group.command("diff")
def differ() -> None:
    """Print how the account's menu differs from the one that is set; ends with 1 if it does."""
    wanted = _checked()
    try:
        there = plain(wechat.current_menu() or [])
    except (wechat.WeChatRefused, wechat.WeChatUnavailable) as error:
        raise click.ClickException(str(error)) from error
    old, new = _text(there).splitlines(), _text(plain(wanted)).splitlines()
    lines = list(unified_diff(old, new, "account", "settings", lineterm=""))
    for line in lines:
        click.echo(line)
    if lines:
        raise SystemExit(1)


def install(app: Flask) -> None:
    """Registers the commands on the application."""
    app.cli.add_command(group)


def _checked() -> list[Button]:
    try:
        return buttons()
    except (MenuInvalid, OSError) as error:
        raise click.ClickException(str(error)) from error


def _text(found: list[Button]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True)
