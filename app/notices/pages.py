"""Where links in the chat lead: a page of the members' client (H5)."""

from __future__ import annotations

from app.core.config import settings
from app.notices.commands import Command

HOME = "home"
PAGES: dict[Command, str] = {
    Command.BALANCE: "wallet",
    Command.STATEMENT: "statement",
    Command.MY_CODE: "invite",
    Command.PAY: "code",
    Command.TOP_UP: "top-up",
    Command.WITHDRAW: "withdraw",
    Command.STORES: "stores",
}


def address(command: Command | None = None) -> str:
    """The page that does what a command asks for; the client's first page for all others."""
    name = PAGES.get(command, HOME) if command else HOME
    return f"{settings().base_url.rstrip('/')}/h5/#/pages/{name}/index"
