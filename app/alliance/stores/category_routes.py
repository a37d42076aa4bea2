"""Categories of stores. Holds no rule."""

from __future__ import annotations

from typing import Any

from app.alliance.stores import categories
from app.alliance.stores.category_schemas import (
    CategoryChange,
    CategoryList,
    CategoryRequest,
    ChangedCategory,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import in_transaction

blueprint = api_blueprint("categories", __name__)
Fields = dict[str, Any]


@blueprint.get("/store-categories")
@blueprint.output(CategoryList)
@auth.public
def list_categories() -> Fields:
    """What stores may be, in Chinese and English: two levels, some dozens of codes."""
    return {"categories": categories.every()}


@blueprint.post("/store-categories")
@blueprint.input(CategoryRequest, arg_name="body")
@blueprint.output(ChangedCategory, status_code=201)
@auth.staff("operator")
def add_category(body: CategoryRequest) -> Fields:
    """Add a category; its code says what it lies in and never changes."""
    author, naming = auth.principal().id, _naming(body)

    def work() -> Fields:
        row = categories.add(body.code, naming, author)
        return ChangedCategory.model_validate(row).model_dump()

    return in_transaction(work)


@blueprint.put("/store-categories/<code>")
@blueprint.input(CategoryChange, arg_name="body")
@blueprint.output(ChangedCategory)
@auth.staff("operator")
def change_category(code: str, body: CategoryChange) -> Fields:
    """Rename, move, close or open a category; its stores bear the new name."""
    author, naming = auth.principal().id, _naming(body)

    def work() -> Fields:
        row = categories.change(code, naming, author)
        return ChangedCategory.model_validate(row).model_dump()

    return in_transaction(work)


def _naming(body: CategoryChange) -> categories.Naming:
    return categories.Naming(body.name, body.name_en, body.position, body.is_open)
