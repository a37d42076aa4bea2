"""What the product knows of who a member is by law, version by version."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class RealName(Base):
    """One version of a member's real name; written once, the newest has no `replaced_at`.

    A registry, not a money table: it goes with the person when two members become one. The
    encrypted columns are bound to the row's id; they are null once the person was erased.

    Personal data: name, ID number, phone number (all encrypted).
    """

    __tablename__ = "members_real_name"
    __table_args__ = (
        Index(
            "members_real_name_present_idx",
            "member_id",
            unique=True,
            postgresql_where=sql("replaced_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    name: Mapped[str | None] = mapped_column(Text)
    id_number: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    consent_version: Mapped[str] = mapped_column(Text)
    consent_door: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    replaced_at: Mapped[datetime | None] = mapped_column(Moment)


class BankCard(Base):
    """One bank card of a member, written once; the one in use has no `replaced_at`.

    `changed_at`: since when it is this card; the name of its bank may be put right later.

    Personal data: card number (encrypted, bound to the row's id).
    """

    __tablename__ = "members_bank_card"
    __table_args__ = (
        Index(
            "members_bank_card_present_idx",
            "member_id",
            unique=True,
            postgresql_where=sql("replaced_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    number: Mapped[str | None] = mapped_column(Text)
    bank_name: Mapped[str | None] = mapped_column(Text)
    consent_version: Mapped[str] = mapped_column(Text)
    consent_door: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    replaced_at: Mapped[datetime | None] = mapped_column(Moment)


class Claim(Base):
    """Whose an ID number, a mobile number or a bank card is, under a keyed hash of it.

    One row for each key of the ring (`key_name`), so that what is one person's stays so while
    keys are rotated. `source_id` is the version that holds the value itself, encrypted.

    Personal data: none but keyed hashes and pseudonymous ids.
    """

    __tablename__ = "members_real_name_claim"
    __table_args__ = (Index("members_real_name_claim_source_idx", "source_id", "kind"),)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key_name: Mapped[str] = mapped_column(Text, index=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    source_id: Mapped[UUID] = mapped_column(Uuid)
    claimed_at: Mapped[datetime] = mapped_column(Moment)


class Reveal(Base):
    """That somebody of the staff saw personal data in clear: who, whose, which, why, when.

    Written before it is shown and never changed; a trigger refuses it.

    Personal data: none but pseudonymous ids; the reason is staff's own words.
    """

    __tablename__ = "members_reveal"
    __table_args__ = (Index("members_reveal_staff_idx", "staff_id", "revealed_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str] = mapped_column(Text)
    revealed_at: Mapped[datetime] = mapped_column(Moment)
