"""Simulations and what they came to. Figures of no account: nothing of it was ever posted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Integer, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class Simulation(Base):
    """A replay of the sales paid on some business days (both included) under `content`.

    `status`: waiting, running, done or cancelled. `cursor_at`, `cursor_id` and `window_seconds`
    say how far it got. `own_different_count` sales came out otherwise than posted when replayed
    under their own policy, by `own_different_fen`: both are to be 0.
    """

    __tablename__ = "alliance_policy_simulation"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    draft_id: Mapped[UUID | None] = mapped_column(Uuid)
    policy_id: Mapped[UUID | None] = mapped_column(Uuid)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[UUID] = mapped_column(Uuid)
    sale_count: Mapped[int | None] = mapped_column(BigInteger)
    done_count: Mapped[int] = mapped_column(BigInteger, default=0)
    undistributed_count: Mapped[int] = mapped_column(BigInteger, default=0)
    changed_count: Mapped[int] = mapped_column(BigInteger, default=0)
    concession_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    own_different_count: Mapped[int] = mapped_column(BigInteger, default=0)
    own_different_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    cursor_at: Mapped[datetime] = mapped_column(Moment)
    cursor_id: Mapped[UUID | None] = mapped_column(Uuid)
    window_seconds: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class SimulationLine(Base):
    """Sums of a simulation (fen): what was posted and what the draft gives, and what refunds took
    back of each.

    `kind` party: `party` over all sales; seller: `party` of the concessions of the merchant
    `subject_id`; earner: whatever `subject_id` earned (`party` is empty).
    """

    __tablename__ = "alliance_policy_simulation_line"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    simulation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    party: Mapped[str] = mapped_column(Text, primary_key=True)
    before_fen: Mapped[int] = mapped_column(BigInteger)
    after_fen: Mapped[int] = mapped_column(BigInteger)
    before_refunded_fen: Mapped[int] = mapped_column(BigInteger)
    after_refunded_fen: Mapped[int] = mapped_column(BigInteger)
