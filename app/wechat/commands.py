"""Commands for operators: is WeChat well set up, how much of its quotas is used, clear them."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from app.wechat import doctor, limits, quotas
from app.wechat.errors import WeChatRefused, WeChatUnavailable
from app.wechat.tokens import Account

ACCOUNTS = ("official", "mini")
group = AppGroup("wechat", help="What is between us and WeChat.")


@group.command("check")
def check() -> None:
    """Look at keys, tokens, WeChat Pay and the callback address; exit 1 if something is wrong."""
    is_good = True
    for finding in doctor.findings():
        click.echo(f"{'ok  ' if finding.is_good else 'FAIL'} {finding.english}")
        click.echo(f"     {finding.chinese}")
        is_good = is_good and finding.is_good
    raise SystemExit(0 if is_good else 1)


@group.command("quota")
@click.argument("path", required=False)
@click.option("--account", type=click.Choice(ACCOUNTS), default="official")
def quota(path: str | None, account: Account) -> None:
    """Today's calls as counted here or, with PATH, what WeChat says is left of that path."""
    if path is None:
        for name, count in limits.counts_today().items():
            click.echo(f"{count:>8}  {name}")
        return
    try:
        found = quotas.quota_of(account, path)
    except (WeChatRefused, WeChatUnavailable) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.used} of {found.daily_limit} used, {found.remain} left")


@group.command("clear-quota")
@click.option("--account", type=click.Choice(ACCOUNTS), default="official")
@click.confirmation_option(prompt="WeChat allows this ten times a month. Clear all counts now?")
def clear_quota(account: Account) -> None:
    """Set WeChat's counts of an app to nought and open the paths that were closed."""
    try:
        left = quotas.clear_quota(account)
    except (WeChatRefused, WeChatUnavailable) as error:
        raise click.ClickException(str(error)) from error
    click.echo("cleared" if left is None else f"cleared; {left} times left in this month")


def install(app: Flask) -> None:
    """Registers the commands on the application."""
    app.cli.add_command(group)
