"""Shapes of requests and answers about exports. Moments in UTC."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Body, Moment, View

ListName = Annotated[str, Field(strict=True, pattern=r"^[a-z_]{1,40}$")]
Filter = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9_-]{0,64}$")]


class ListExportRequest(Body):
    """A whole list as a file; `filters` by name, as the list takes them."""

    listing: ListName
    format: Literal["csv", "xlsx"]
    language: Literal["zh", "en"] = "zh"
    filters: Annotated[dict[ListName, Filter], Field(max_length=10)] = {}


class ListExportView(View):
    """An export and how far it is; its file lasts until `expires_at`."""

    id: UUID
    listing: str
    format: str
    status: Literal["waiting", "running", "done", "failed", "cancelled", "deleted", "expired"]
    failure: str | None
    row_count: int
    size_bytes: int
    created_at: Moment
    finished_at: Moment | None
    expires_at: Moment


class ListExportPage(View):
    """The caller's exports, newest first."""

    exports: list[ListExportView]


class ListExportsQuery(Body):
    """Which exports; `before` is the last id of the page before."""

    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
