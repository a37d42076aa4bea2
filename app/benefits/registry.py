"""Finds the kinds: every folder of this room whose package has a BENEFIT."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from flask import current_app

from app.benefits.contract import Benefit
from app.benefits.errors import BenefitUnknown

room = import_module(__package__ or "")  # by name: `app` calls the room's opening `benefits`
EXTENSION = "lianhui_benefits"


def find() -> dict[str, Benefit]:
    """All kinds by name. ValueError for a folder whose BENEFIT has another name."""
    found = {}
    for place in iter_modules(room.__path__):
        if not place.ispkg:
            continue
        kind = getattr(import_module(f"{room.__name__}.{place.name}"), "BENEFIT", None)
        if kind is None:
            continue
        if kind.name != place.name:
            raise ValueError(f"the folder {place.name} holds the benefit {kind.name}")
        found[kind.name] = kind
    return found


def migrations() -> list[Path]:
    """Folders of kinds that bring their tables with them; their versions stand in the one chain."""
    places = (Path(base) / name / "migrations" for base in room.__path__ for name in find())
    return [place for place in places if place.is_dir()]


def benefits() -> dict[str, Benefit]:
    """The kinds of this application."""
    known: dict[str, Benefit] = current_app.extensions.setdefault(EXTENSION, {})
    return known


def benefit(name: str) -> Benefit:
    """Raises BenefitUnknown."""
    kind = benefits().get(name)
    if kind is None:
        raise BenefitUnknown()
    return kind
