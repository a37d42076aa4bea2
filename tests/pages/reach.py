"""Which routes of the API the consoles' pages ask for, read from their source.

A page asks by `calls.read`, `calls.read_once`, `calls.send` and `calls.stream`; lists that become
files name theirs in a `Listing`; pictures and posters are addresses in templates. A part of an
address that comes from a variable stands for a route's own word only where the same module says
that word.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "app" / "pages"
READING = ("read", "read_once", "stream", "Listing")
METHODS = ("GET", "POST", "PUT", "DELETE")
VARIED = "{}"
ADDRESS = re.compile(r"/api/v1(/[^\"?#\s]+)")


@dataclass(frozen=True)
class Request:
    """What a page asks: `{}` in its path varies; `words` are those its module says."""

    method: str
    path: str
    words: frozenset[str] = frozenset()

    def fits(self, method: str, route: str) -> bool:
        """Whether it may be a request of this route (`/campaigns/{campaign_id}/pause`)."""
        parts, wanted = self.path.split("/"), route.split("/")
        return (
            method == self.method
            and len(parts) == len(wanted)
            and all(map(self._is_part, parts, wanted))
        )

    def _is_part(self, part: str, wanted: str) -> bool:
        if "{" in wanted:
            return VARIED in part
        spoken = re.fullmatch(re.escape(part).replace(re.escape(VARIED), "(.+)"), wanted)
        return bool(spoken) and set(spoken.groups()) <= self.words


def requests() -> list[Request]:
    """Every request that the pages of both consoles make."""
    found = []
    for folder in ("console", "shop"):
        for path in sorted((PAGES / folder).glob("*.py")):
            found += _of_module(ast.parse(path.read_text()))
        for path in sorted((PAGES / "templates" / folder).rglob("*.html")):
            written = re.sub(r"{{.*?}}", VARIED, path.read_text())
            found += [Request("GET", address) for address in ADDRESS.findall(written)]
    return found


def _of_module(module: ast.Module) -> Iterator[Request]:
    texts = [node.value for node in ast.walk(module) if isinstance(node, ast.Constant)]
    words = frozenset(
        word for text in texts if isinstance(text, str) for word in re.findall(r"[a-z0-9-]+", text)
    )
    functions = {node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
    for inside in [module, *functions.values()]:
        for node in ast.walk(inside):
            if isinstance(node, ast.Call) and (path := _path_of(node)):
                for method in _methods(node, inside):
                    for each in _written(path, inside, module):
                        yield Request(method, each, words)


def _path_of(call: ast.Call) -> ast.expr | None:
    """What a call asks for; None where it asks for nothing."""
    if _name(call) in READING and call.args:
        return call.args[0]
    return call.args[1] if _name(call) == "send" and len(call.args) > 1 else None


def _methods(call: ast.Call, inside: ast.AST) -> list[str]:
    """The method of a request; where it is chosen, each that the function names."""
    if _name(call) in READING:
        return ["GET"]
    given = call.args[0]
    places = given if isinstance(given, ast.Constant) else inside
    found = {node.value for node in ast.walk(places) if isinstance(node, ast.Constant)}
    return sorted(found & set(METHODS))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _written(path: ast.expr, inside: ast.AST, module: ast.Module) -> set[str]:
    """The addresses that an expression may be: literal, put together, or given a name before."""
    if isinstance(path, ast.Constant):
        return {str(path.value)}
    if isinstance(path, ast.JoinedStr):
        found = {""}
        for part in path.values:
            ends = {VARIED}
            if isinstance(part, ast.Constant):
                ends = {str(part.value)}
            elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
                ends = _written(part.value, inside, module)
            found = {each + end for each in found for end in ends}
        return found
    if isinstance(path, ast.Name):
        return _named(path.id, inside, module) or {VARIED}
    return {VARIED}


def _named(name: str, inside: ast.AST, module: ast.Module) -> set[str]:
    """What a name holds: assigned in the function or module, or given by a caller in the module."""
    found = set()
    for place in (inside, module):
        for node in ast.walk(place):
            if isinstance(node, ast.Assign) and name in {
                each.id
                for target in node.targets
                for each in ast.walk(target)
                if isinstance(each, ast.Name)
            }:
                found |= _addresses(node.value, inside, module)
    if isinstance(inside, ast.FunctionDef) and name in {each.arg for each in inside.args.args}:
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == inside.name:
                for given in node.args:
                    found |= _addresses(given, inside, module)
    return found


def _addresses(value: ast.expr, inside: ast.AST, module: ast.Module) -> set[str]:
    """Those of the texts in an expression that are addresses."""
    found = set()
    if isinstance(value, (ast.Constant, ast.JoinedStr)):
        found = _written(value, inside, module)
    else:
        for child in ast.iter_child_nodes(value):
            if isinstance(child, ast.expr):
                found |= _addresses(child, inside, module)
    return {each for each in found if each.startswith("/")}
