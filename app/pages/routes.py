"""The front page and the list of error codes."""

from __future__ import annotations

from collections.abc import Iterator

from apiflask import APIBlueprint
from flask import render_template

from app.core import auth
from app.core.config import settings
from app.core.errors import AppError

blueprint = APIBlueprint("pages", __name__, template_folder="templates", tag="Pages")


@blueprint.get("/")
@auth.public
def home() -> str:
    """Where to look."""
    return render_template("home.html", has_docs=settings().api_docs)


@blueprint.get("/docs/errors")
@auth.public
def errors() -> str:
    """Every error code: the `type` of a problem leads here."""
    kinds = sorted(_kinds(AppError), key=lambda kind: (kind.status, kind.code))
    return render_template("errors.html", kinds=kinds)


def _kinds(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)
