"""Applications in all their versions, what was done about them, the blacklist, and proposed bank
accounts. Registries by their own id, like merchants' bank accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.alliance.models import Moment
from app.core.db import Base


class Application(Base):
    """Somebody's wish to join with a merchant.

    `status`: submitted, proposed (one reviewer approves, a second one is needed), more_asked,
    rejected, withdrawn, approved (then `merchant_id`). `proposal` holds what the first reviewer
    proposed, `licence_key` a keyed hash of the licence, so that one is open once for a member.
    Personal data: the member.
    """

    __tablename__ = "alliance_application"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    licence_key: Mapped[bytes] = mapped_column(LargeBinary)
    merchant_id: Mapped[UUID | None] = mapped_column(Uuid)
    proposed_by: Mapped[UUID | None] = mapped_column(Uuid)
    proposal: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class ApplicationVersion(Base):
    """What was sent, once; a correction is a new version. `findings`: as last compared.

    Keys are hashes under IDENTITY_KEY. Personal data: contact and account, encrypted; blanked when
    an applicant who came to no merchant is erased.
    """

    __tablename__ = "alliance_application_version"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    application_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    company_name: Mapped[str] = mapped_column(Text)
    normal_name: Mapped[str] = mapped_column(Text)
    pairs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    licence_number: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    stores: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    account_kind: Mapped[str] = mapped_column(Text)
    account_holder_sealed: Mapped[str | None] = mapped_column(Text)
    account_number_sealed: Mapped[str | None] = mapped_column(Text)
    account_last_four: Mapped[str] = mapped_column(Text)
    bank: Mapped[str] = mapped_column(Text)
    contact_name_sealed: Mapped[str | None] = mapped_column(Text)
    contact_phone_sealed: Mapped[str | None] = mapped_column(Text)
    phone_last_four: Mapped[str] = mapped_column(Text)
    salesperson_id: Mapped[UUID | None] = mapped_column(Uuid)
    licence_key: Mapped[bytes] = mapped_column(LargeBinary)
    account_key: Mapped[bytes] = mapped_column(LargeBinary)
    phone_key: Mapped[bytes] = mapped_column(LargeBinary)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Moment)


class ApplicationPicture(Base):
    """A picture for an application as it was drawn anew; null `application_id` until one names it,
    and with an application are those that its newest version has. `kind`: licence (营业执照),
    front (门头照), permit (许可证), other.

    Personal data: the picture (encrypted, bound to the id).
    """

    __tablename__ = "alliance_application_picture"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    application_id: Mapped[UUID | None] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    jpeg: Mapped[str] = mapped_column(Text)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)


class ApplicationStep(Base):
    """What somebody did about an application, also that they saw its data in clear; written once.
    Personal data: none but pseudonymous ids; the reason is their own words."""

    __tablename__ = "alliance_application_step"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    application_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[UUID] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    findings: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Moment)


class BlacklistEntry(Base):
    """A licence, account or phone with which nobody joins unseen, as a keyed hash; in force while
    it has no `removed_at`. `hint`: its last four characters. Personal data: none readable."""

    __tablename__ = "alliance_blacklist"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    hint: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    added_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    removal_reason: Mapped[str | None] = mapped_column(Text)
    removed_by: Mapped[UUID | None] = mapped_column(Uuid)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class MerchantName(Base):
    """A merchant's name as it is compared (`rules.normal_name`), with its pairs of letters."""

    __tablename__ = "alliance_merchant_name"

    merchant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    normal_name: Mapped[str] = mapped_column(Text)
    pairs: Mapped[list[str]] = mapped_column(ARRAY(Text))


class AccountProposal(Base):
    """A bank account that is to become a merchant's; somebody else of finance confirms or declines
    it, once. `status`: proposed, confirmed, declined. Its number stands in the version of the
    application that the merchant came with, or here where finance proposed it.

    Personal data (of shops run by an individual): holder and number, both encrypted.
    """

    __tablename__ = "alliance_bank_account_proposal"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    merchant_id: Mapped[UUID] = mapped_column(Uuid)
    application_version_id: Mapped[UUID | None] = mapped_column(Uuid)
    holder_sealed: Mapped[str | None] = mapped_column(Text)
    number_sealed: Mapped[str | None] = mapped_column(Text)
    last_four: Mapped[str | None] = mapped_column(Text)
    bank: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


SEALED = ("account_holder", "account_number", "contact_name", "contact_phone")


def proposal_context(column: str, identity: UUID) -> str:
    """What an encrypted column of a proposed account is bound to."""
    return f"alliance_bank_account_proposal/{column}_sealed/{identity}"


def picture_context(identity: UUID) -> str:
    """What an encrypted picture is bound to."""
    return f"alliance_application_picture/jpeg/{identity}"


def application_context(column: str, identity: UUID) -> str:
    """What an encrypted column of a version is bound to."""
    return f"alliance_application_version/{column}/{identity}"
