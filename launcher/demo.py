"""What the demo needs in the sandbox: people with phones, and the money its books speak of."""

import json
import urllib.request
from pathlib import Path

PEOPLE = ("小安 Ann", "小博 Bo")


def furnish(sandbox: str, logins: Path) -> None:
    """Give the demo two phones and pay in what its seed booked; once, after seeding."""
    facts = json.loads(logins.read_text("utf-8"))
    for name in PEOPLE:
        post(f"{sandbox}/__ctl/phones", {"name": name})
    paid_in = {"account": "OPERATION", "amount_fen": facts["operating_fen"]}
    post(f"{sandbox}/__ctl/books/top-up", paid_in)


def post(url: str, fields: dict[str, object]) -> None:
    """Send one JSON request to the sandbox of this machine. Raises OSError."""
    request = urllib.request.Request(
        url, json.dumps(fields).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):
        pass
