"""What `docs/authorisation-table.md` says, and what the application has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "authorisation-table.md"
LINE = re.compile(r"^\| `([A-Z]+) (/[^`]*)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
PREFIX = "/api/v1"
CONSOLES = ("/console", "/shop")  # clients of the API with the visitor's own session
ROLES = (
    "operator", "finance", "reviewer", "support", "merchant_owner", "cashier", "salesperson",
    "runner",
)  # fmt: skip
CALLERS = ("nobody", "member", *ROLES)


@dataclass(frozen=True)
class Line:
    """A route, who may call it, and to what it is narrowed."""

    method: str
    path: str
    who: frozenset[str]
    narrowed: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def admits(self, caller: str) -> bool:
        if self.who & {"anybody", "WeChat", caller}:
            return True
        return "staff" in self.who and caller in ROLES


def lines() -> dict[str, Line]:
    """The table's lines by method and path."""
    found = {}
    for method, path, who, narrowed in LINE.findall(PAGE.read_text()):
        line = Line(method, path, _words(who), _words(narrowed.replace(",", " ")))
        assert line.name not in found, f"twice in the table: {line.name}"
        found[line.name] = line
    return found


def routes(app: Any) -> dict[str, tuple[str, str, str | None]]:
    """The application's routes, named as the table does: method, address, declared decision."""
    found = {}
    for rule in app.url_map.iter_rules():
        pattern = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        if pattern.startswith(CONSOLES):
            continue
        decision = getattr(app.view_functions[rule.endpoint], "auth_decision", None)
        for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}):
            named = f"{method} {pattern}"
            found[named] = (method, rule.rule, decision)
    return found


def suggested(name: str, decision: str | None) -> str:
    """The line that a new route would need if its own declaration is what was meant."""
    said = "anybody" if decision in (None, "public") else str(decision)
    roles = said.partition("staff:")[2].split(",") if "staff:" in said else []
    who = ["member"] if said.startswith("member") else []
    who += sorted(roles, key=CALLERS.index) or ([] if who else [said])
    return f"| `{name}` | {' '.join(who)} | ? |"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split()) - {"–"}
