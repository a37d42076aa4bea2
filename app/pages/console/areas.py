"""What a console consists of: areas, each a module with its pages and its lines in the menu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from apiflask import APIBlueprint, APIFlask
from flask import current_app, request

EXTENSION = "lianhui_consoles"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: its address, its title and group (Chinese), and who sees it."""

    path: str
    title: str
    group: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Area:
    """One subject of a console: its pages and its lines in the menu."""

    blueprint: APIBlueprint
    entries: tuple[Entry, ...] = ()


@dataclass(slots=True)
class Console:
    """One console: where it lives, its name, and its areas in the order of the menu."""

    prefix: str
    name: str
    areas: list[Area] = field(default_factory=list)

    def menu(self, roles: frozenset[str]) -> dict[str, list[Entry]]:
        """The menu for these roles, by group, both in the order of the areas."""
        groups: dict[str, list[Entry]] = {}
        for area in self.areas:
            for entry in area.entries:
                if entry.roles & roles:
                    groups.setdefault(entry.group, []).append(entry)
        return groups


def entry(path: str, title: str, group: str, *roles: str) -> Entry:
    """A line of the menu, seen by staff with one of the roles."""
    return Entry(path, title, group, frozenset(roles))


def open_console(app: APIFlask, prefix: str, name: str, areas: Sequence[Area]) -> None:
    """Connects a console's pages to the application; once, from the room's opening."""
    app.extensions.setdefault(EXTENSION, {})[prefix] = Console(prefix, name, list(areas))
    for area in areas:
        app.register_blueprint(area.blueprint)


def consoles() -> dict[str, Console]:
    """The consoles by the beginning of their addresses."""
    found: dict[str, Console] = current_app.extensions.get(EXTENSION, {})
    return found


def current(is_platform: bool) -> Console | None:
    """The console of the address asked for; at shared addresses, the visitor's own."""
    found = consoles()
    for prefix, console in found.items():
        if prefix != "/console" and request.path.startswith(prefix):
            return console
    return found.get("/console" if is_platform else "/shop")


def paths(areas: Iterable[Area]) -> list[str]:
    """The addresses in the menus of areas."""
    return [each.path for area in areas for each in area.entries]
