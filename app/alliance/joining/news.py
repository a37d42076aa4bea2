"""What rooms above may know of an application: that staff decided, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.alliance.joining import service
from app.alliance.joining.models import ApplicationStep
from app.core.db import db
from app.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class ApplicationNews:
    """What an applicant is told: `kind` is approved, rejected or more_asked (UTC)."""

    member_id: UUID
    company_name: str
    kind: str
    reason: str | None
    at: datetime


def application_news(step_id: UUID) -> ApplicationNews:
    """In the current unit of work. Raises NotFound."""
    row = db.session.get(ApplicationStep, step_id)
    if row is None:
        raise NotFound()
    head = service.find(row.application_id)
    name = service.latest(head).company_name
    return ApplicationNews(head.member_id, name, row.kind, row.reason, row.created_at)
