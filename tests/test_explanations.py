"""Every kind of journal that any room posts has an explanation, found in the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
HOLE = ".+"


class Unclear(Exception):
    """A kind that cannot be read from the source."""


class Source:
    """A module, and what the kinds of its journals are."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        self.functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        self.constants = {
            target.id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def kinds(self) -> Iterator[tuple[int, str]]:
        """Line and pattern of each kind that is posted."""
        for call in self._calls("Journal"):
            yield from ((call.lineno, kind) for kind in self._read(self._given(call, 1, "kind")))

    def _calls(self, name: str) -> list[ast.Call]:
        return [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
        ]

    def _given(self, call: ast.Call, place: int, name: str) -> ast.expr:
        named = [each.value for each in call.keywords if each.arg == name]
        if not named and len(call.args) <= place:
            raise Unclear(ast.unparse(call)[:60])
        return named[0] if named else call.args[place]

    def _read(self, value: ast.expr) -> list[str]:
        if isinstance(value, ast.Constant):
            return [re.escape(str(value.value))]
        if isinstance(value, ast.JoinedStr):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else HOLE
                for part in value.values
            ]
            return ["".join(parts)]
        if isinstance(value, ast.Name) and value.id in self.constants:
            return self._read(self.constants[value.id])
        if isinstance(value, ast.Name):
            return self._from_callers(value)
        raise Unclear(ast.unparse(value))

    def _from_callers(self, parameter: ast.Name) -> list[str]:
        for function in self.functions:
            names = [argument.arg for argument in function.args.args]
            if parameter.id in names and parameter in list(ast.walk(function)):
                place = names.index(parameter.id)
                calls = self._calls(function.name)
                return [
                    kind
                    for call in calls
                    for kind in self._read(self._given(call, place, parameter.id))
                ]
        raise Unclear(parameter.id)


def posted() -> Iterator[tuple[str, str]]:
    """Where each kind is posted, and its pattern."""
    for path in sorted(APP.rglob("*.py")):
        place = str(path.relative_to(ROOT))
        if place == "app/ledger/reading.py":
            continue  # hands out what was posted, and reversals of any kind
        for line, kind in Source(path.read_text()).kinds():
            yield f"{place}:{line}", kind


def test_every_kind_of_journal_is_explained(app):
    """Missing here? Add it to the `kinds()` that your room's opening hands to `ledger.explain`."""
    from app.ledger.service import explained

    with app.app_context():
        known = sorted(explained())
    found = list(posted())
    assert len(found) > 30
    missing = [
        f"{place} {kind}"
        for place, kind in found
        if not any(re.fullmatch(kind, each) for each in known)
    ]
    assert missing == []


def test_every_state_that_names_a_kind_is_explained(app):
    from app.alliance.prepaid.funds import TARGETS
    from app.ledger.service import explained
    from app.wallet.reconciliation.resolving import COUNTERPARTS
    from app.wallet.suspense import REFUNDED, Way
    from app.wallet.withdrawals.rules import FINAL

    wanted = {f"withdrawal_{state}" for state in FINAL}
    wanted |= {f"suspense_{way}" for way in (*Way, REFUNDED)}
    wanted |= {f"reconciliation_{action}" for action in COUNTERPARTS}
    wanted |= {f"{kind}_{state}" for kind in ("split", "release") for state in ("done", "failed")}
    wanted |= {f"{name}_{end}" for name in TARGETS for end in ("funded", "paid_in", "released")}
    with app.app_context():
        assert sorted(wanted - set(explained())) == []


def test_what_is_explained_is_really_posted(app):
    from app.ledger.service import explained

    patterns = [kind for _, kind in posted()]
    with app.app_context():
        known = [kind for kind in explained() if not kind.endswith(".reversed")]
    idle = [kind for kind in known if not any(re.fullmatch(each, kind) for each in patterns)]
    assert idle == []


def test_a_planted_kind_without_explanation_is_found():
    planted = Source(
        "KIND = 'a'\n"
        "def made(kind): return Journal(id=1, kind=kind)\n"
        "def done(): made('b'), made(kind=f'c_{state}'), Journal(1, KIND, 2)\n"
    )
    assert sorted(kind for _, kind in planted.kinds()) == ["a", "b", "c_.+"]


def test_every_account_has_a_name(app):
    from app.ledger.service import Account, account_title

    assert [each.label for each in Account if account_title(each)[0] == each.label] == []
