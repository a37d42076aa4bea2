"""The words of the consoles, in one place. Pages are written in Chinese; each module here holds
the English of one area (`ENGLISH`) and what the codes of the API are called (`CODES`).

A text without English fails tests/pages/console/test_texts.py.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

from flask import g, has_request_context, request

from app.pages.console.texts.codes import Code

LANGUAGES = ("zh", "en")
COOKIE = "language"
ENGLISH: dict[str, str] = {}
CODES: dict[str, dict[str, Code]] = {}

for _found in pkgutil.iter_modules(__path__, f"{__name__}."):
    _module = import_module(_found.name)
    ENGLISH.update(getattr(_module, "ENGLISH", {}))
    for _kind, _codes in getattr(_module, "CODES", {}).items():
        CODES.setdefault(_kind, {}).update(_codes)


def language() -> str:
    """The visitor's: Chinese unless their cookie says otherwise."""
    if not has_request_context():
        return LANGUAGES[0]
    wanted = g.get("language") or request.cookies.get(COOKIE)
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def t(text: str, **values: Any) -> str:
    """The text in the visitor's language, `{names}` filled in."""
    shown = ENGLISH.get(text, text) if language() == "en" else text
    return shown.format(**values) if values else shown


__all__ = ["CODES", "COOKIE", "ENGLISH", "LANGUAGES", "Code", "language", "t"]
