"""Shapes of the categories of stores."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, ShortText, View

CategoryCode = Annotated[
    str,
    Field(
        strict=True,
        max_length=60,
        pattern=r"^[a-z][a-z_]*(\.[a-z][a-z_]*)?$",
        description="`food`, or `food.tea` for a category within it",
    ),
]
Position = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class CategoryChange(Body):
    """How a category is called in both languages, where it stands in lists, whether new stores may
    have it."""

    name: ShortText
    name_en: ShortText
    position: Position = 1_000
    is_open: bool = True


class CategoryRequest(CategoryChange):
    """A new category; its code stays for good."""

    code: CategoryCode


class CategoryView(View):
    """A category of stores. A closed one (`closed_at`) is given to no further store."""

    code: str
    parent_code: str | None
    name: str
    name_en: str
    position: int
    closed_at: Moment | None


class ChangedCategory(CategoryView):
    """A category, and who wrote it last."""

    changed_by: UUID | None


class CategoryList(View):
    """All categories, in the order of lists."""

    categories: list[CategoryView]
