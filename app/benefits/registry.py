"""Finds the kinds: every folder of this room whose package has a BENEFIT."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from flask import current_app

import app.benefits as room
from app.benefits.contract import Benefit
from app.benefits.errors import BenefitUnknown

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
