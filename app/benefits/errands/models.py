"""Tables of errands. No balances: what is in escrow is in the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Float, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Errand(Base):
    """What somebody wants done for a reward, in the payer's bucket; see rules.py for `status`.

    `payer_id` is a member or, by `payer_kind`, a merchant. `fee_fen` is the platform's part of a
    whole reward. At the end `runner_fen` + `charged_fen` + `returned_fen` are the reward. It came
    with `parts_journal_id` and went with `end_journal_id` (the runner's, if there is one). Latitude
    and longitude are those of the pick-up to about 500 m; places in full are encrypted elsewhere.
    `next_at`: when time decides. Personal data: what somebody wants done.
    """

    __tablename__ = "benefits_errand"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(Uuid)
    payer_id: Mapped[UUID] = mapped_column(Uuid)
    payer_kind: Mapped[str] = mapped_column(Text)
    runner_id: Mapped[UUID | None] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    distance_metres: Mapped[int] = mapped_column(Integer)
    reward_fen: Mapped[int] = mapped_column(BigInteger)
    fee_fen: Mapped[int] = mapped_column(BigInteger)
    runner_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    charged_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    returned_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    parts_journal_id: Mapped[UUID] = mapped_column(Uuid)
    end_journal_id: Mapped[UUID | None] = mapped_column(Uuid)
    code_failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    proposed_fen: Mapped[int | None] = mapped_column(BigInteger)
    proposed_reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    forgotten_at: Mapped[datetime | None] = mapped_column(Moment)


class ErrandStep(Base):
    """One step of an errand, never changed: what, by whom, and where it led. `note`: what staff
    wrote, or `code` where one proved it."""

    __tablename__ = "benefits_errand_step"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    errand_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    step: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    principal_id: Mapped[UUID] = mapped_column(Uuid)
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class ErrandWords(Base):
    """Places of an errand with whom to ask for (`places`), or why somebody disputes it
    (`dispute`). Personal data: encrypted; gone some time after the errand's end.

    A registry keyed by an id that carries the errand's bucket.
    """

    __tablename__ = "benefits_errand_words"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    errand_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID] = mapped_column(Uuid)
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)


class ErrandPicture(Base):
    """A picture in its sender's bucket; `purpose` is task, pick_up or delivery once an errand uses
    it. Personal data; gone some time after the errand's end."""

    __tablename__ = "benefits_errand_picture"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(Uuid)
    errand_id: Mapped[UUID | None] = mapped_column(Uuid)
    purpose: Mapped[str | None] = mapped_column(Text)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Runner(Base):
    """A member who applied to run errands. `status`: applied, approved, rejected, suspended.
    `let_down` counts errands they gave up, or that time took from them."""

    __tablename__ = "benefits_errand_runner"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    completed: Mapped[int] = mapped_column(Integer, default=0)
    let_down: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    applied_at: Mapped[datetime] = mapped_column(Moment)


class ErrandRating(Base):
    """Stars that one side of an errand (`side`: poster or runner) gave the other, once."""

    __tablename__ = "benefits_errand_rating"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    errand_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    about_id: Mapped[UUID] = mapped_column(Uuid)
    stars: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime] = mapped_column(Moment)


def words_context(words_id: UUID) -> str:
    """What encrypted words are bound to."""
    return f"benefits_errand_words/words/{words_id}"
