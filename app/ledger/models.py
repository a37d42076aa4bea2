"""The tables of the books, for reading; only the functions of migration 0002 write them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

MOMENT = DateTime(timezone=True)


class AccountKind(Base):
    """How each kind of account is kept; filled by the migration, equal to the enum `Account`."""

    __tablename__ = "ledger_account_kind"

    code: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    append_only: Mapped[bool]
    uses_lots: Mapped[bool]
    floor_fen: Mapped[int | None] = mapped_column(BigInteger)
    ceiling_fen: Mapped[int | None] = mapped_column(BigInteger)
    floor_per_owner: Mapped[bool] = mapped_column(server_default=text("false"))


class AccountRow(Base):
    """The balance of one account: of append-only accounts, what has been folded so far."""

    __tablename__ = "ledger_account"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(
        SmallInteger, ForeignKey("ledger_account_kind.code"), primary_key=True
    )
    balance_fen: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    floor_fen: Mapped[int | None] = mapped_column(BigInteger)
    ceiling_fen: Mapped[int | None] = mapped_column(BigInteger)


class LotRow(Base):
    """A part of a balance, such as the prepaid money that one store issued."""

    __tablename__ = "ledger_lot"
    __table_args__ = (
        Index(  # a member's spent lots are many after years, and none of them is asked for
            "ledger_lot_open",
            "bucket",
            "owner_id",
            "account",
            "lot_id",
            postgresql_where=text("balance_fen > 0"),
        ),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    balance_fen: Mapped[int] = mapped_column(BigInteger)


class JournalRow(Base):
    """A posting: immutable."""

    __tablename__ = "ledger_journal"
    __table_args__ = (
        Index("ledger_journal_key", "bucket", "principal_id", "key", unique=True),
        Index(
            "ledger_journal_reverses",
            "bucket",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    reference_id: Mapped[UUID]
    principal_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[bytes] = mapped_column(BYTEA)
    reverses_id: Mapped[UUID | None]
    posted_at: Mapped[datetime] = mapped_column(MOMENT)


class EntryRow(Base):
    """One leg of a journal, in the journal's bucket: immutable."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index(
            "ledger_entry_statement",
            "owner_id",
            "account",
            "version",
            postgresql_where=text("version IS NOT NULL"),
        ),
        Index(
            "ledger_entry_appended",
            "owner_id",
            "account",
            "posted_at",
            postgresql_where=text("version IS NULL"),
        ),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    journal_id: Mapped[UUID] = mapped_column(primary_key=True)
    leg: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    account: Mapped[int] = mapped_column(SmallInteger)
    owner_id: Mapped[UUID]
    lot_id: Mapped[UUID | None]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    balance_fen: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int | None] = mapped_column(BigInteger)
    posted_at: Mapped[datetime] = mapped_column(MOMENT)


class UnsealedRow(Base):
    """A journal that the sealer has not taken yet."""

    __tablename__ = "ledger_unsealed"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    journal_id: Mapped[UUID] = mapped_column(primary_key=True)


class SealRow(Base):
    """A link of the hash chain over all journals, in sealed order: immutable."""

    __tablename__ = "ledger_seal"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_position: Mapped[int] = mapped_column(BigInteger)
    previous_hash: Mapped[bytes] = mapped_column(BYTEA)
    hash: Mapped[bytes] = mapped_column(BYTEA)
    journal_ids: Mapped[list[UUID]] = mapped_column(ARRAY(UUID_TYPE(as_uuid=True)))
    sealed_at: Mapped[datetime] = mapped_column(MOMENT)


class ClosingRow(Base):
    """What the journals of a bucket moved on a kind of account on a business day: immutable."""

    __tablename__ = "ledger_closing"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    account: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    moved_fen: Mapped[int] = mapped_column(BigInteger)


class ClosingDayRow(Base):
    """A closed business day: balances (fen) by kind of account over all buckets, which are those
    of the day before and what the buckets moved; up to which seal. Immutable."""

    __tablename__ = "ledger_closing_day"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    balances: Mapped[dict[str, int]] = mapped_column(JSONB)
    journals: Mapped[int] = mapped_column(BigInteger)
    last_seal: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[datetime] = mapped_column(MOMENT)
