"""Tables of the ground floor: sessions, staff, answered requests, outbox."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Session(Base):
    """A bearer session of a member or of staff. The token itself is never stored, only its hash.
    `confirmed_at`: when staff last proved who they are within the session. No roles: the account's
    password has to be changed first. Of members' sessions `door` and `device` tell where they were
    opened, and `seen_on` the last Beijing day on which they read something.

    Personal data: the link to its subject, and those three; all go with the member.
    """

    __tablename__ = "core_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    merchant_id: Mapped[UUID | None] = mapped_column(Uuid)
    store_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    created_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    door: Mapped[str | None] = mapped_column(Text)
    device: Mapped[str | None] = mapped_column(Text)
    seen_on: Mapped[date | None] = mapped_column(Date)


class StaffAccount(Base):
    """A person of the platform or of a merchant who signs in with password and second factor.

    `totp_next`: a second factor being set up, used from its confirmation on. `wrong_codes`: in a
    row, with the right password; they close the account to codes until `codes_closed_until`.
    `opened_by`: who of staff opened it or last gave it a say over money, at `opened_at` (null: by
    command). While it `is_waiting` for another person's word it is not active. Until the holder
    has set password and second factor of their own (`must_…`) it may do nothing.
    Personal data: username; the second factor's secrets are encrypted.
    """

    __tablename__ = "core_staff"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    username: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    totp_secret: Mapped[str] = mapped_column(Text)
    totp_used_step: Mapped[int] = mapped_column(BigInteger, default=0)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    merchant_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    store_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    totp_next: Mapped[str | None] = mapped_column(Text)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    wrong_codes: Mapped[int] = mapped_column(Integer, server_default="0")
    codes_closed_until: Mapped[datetime | None] = mapped_column(Moment)
    must_enrol_factor: Mapped[bool] = mapped_column(default=False)
    is_waiting: Mapped[bool] = mapped_column(default=False)
    opened_by: Mapped[UUID | None] = mapped_column(Uuid)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    activated_by: Mapped[UUID | None] = mapped_column(Uuid)


class StaffReset(Base):
    """A new password or second factor for one of the staff who lost theirs: asked for with a
    reason, and carried out by a second person where the account is the platform's.

    `state`: open, done, declined. Personal data: none; the reason is staff's own words.
    """

    __tablename__ = "core_staff_reset"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID] = mapped_column(Uuid)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str | None] = mapped_column(Text)


class AnsweredRequest(Base):
    """The answer to a request with an Idempotency-Key, kept as long as what it did."""

    __tablename__ = "core_request"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    principal_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Moment)


class DeadLetterDecision(Base):
    """What somebody of staff decided about work that had failed too often: retry, or drop with a
    reason. Written once; it stays when the work was done after all and its row is gone.

    Personal data: none; the reason is staff's own words.
    """

    __tablename__ = "core_dead_letter_decision"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    letter_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    reader: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID] = mapped_column(Uuid)
    decided_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)


class OutboxRow(Base):
    """Work that was decided with a commit and is done afterwards, by one named reader.

    `due_at` is also the lease: claiming a row moves it ahead, so that a row whose worker died
    falls due again. `attempts` fences a worker that comes back late; `is_held` while one has the
    row, so that whoever claims it held counts a worker that was `lost` over it. `is_patient`: news
    and mailings, behind which no money waits. `state`: waiting, dead, or dropped by somebody of
    staff, who gave a reason.
    """

    __tablename__ = "core_outbox"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    reader: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text, default="waiting")
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_held: Mapped[bool] = mapped_column(default=False)
    lost: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_patient: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)
