"""Who is a member, by which WeChat identities they are known, and who brought them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

Moment = DateTime(timezone=True)


class Member(Base):
    """A member; the bucket is part of the id.

    `state` is about the official account: not_following (known from the mini-program only),
    following, unfollowed. `merged_into` names the member this one became, `same_person_as` the
    one it should become once staff have looked at it.

    Personal data: none but the pseudonymous id.
    """

    __tablename__ = "members_member"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    state_at: Mapped[datetime | None] = mapped_column(Moment)
    joined_at: Mapped[datetime] = mapped_column(Moment)
    joined_by: Mapped[str] = mapped_column(Text)
    merged_into: Mapped[UUID | None] = mapped_column(Uuid)
    same_person_as: Mapped[UUID | None] = mapped_column(Uuid)


class Identity(Base):
    """A person in one app of ours (openid), under the keyed hash of app and openid.

    A registry, not a money table: keyed by its own hash, without a bucket. `openid` is encrypted
    and null once it was forgotten; the hash stays, so that whoever comes back is the same member
    (WeChat fact A6). `asked_at`: when WeChat was asked for the unionid, `unionid_at`: when it told
    it; those in between are asked for again.

    Personal data: openid (encrypted).
    """

    __tablename__ = "members_identity"
    __table_args__ = (
        Index("members_identity_member_id_idx", "member_id"),
        Index(
            "members_identity_unasked_idx",
            "linked_at",
            postgresql_where=sql("asked_at IS NULL AND openid IS NOT NULL"),
        ),
        Index(
            "members_identity_ask_again_idx",
            "asked_at",
            postgresql_where=sql(
                "unionid_at IS NULL AND asked_at IS NOT NULL AND openid IS NOT NULL"
            ),
        ),
    )

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    app_id: Mapped[str] = mapped_column(Text)
    member_id: Mapped[UUID] = mapped_column(Uuid)
    openid: Mapped[str | None] = mapped_column(Text)
    linked_at: Mapped[datetime] = mapped_column(Moment)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    unionid_at: Mapped[datetime | None] = mapped_column(Moment)


class UnionIdentity(Base):
    """A person across all apps of ours, under the keyed hash of the unionid (fact B11).

    Personal data: none; the unionid itself is not kept.
    """

    __tablename__ = "members_union"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    linked_at: Mapped[datetime] = mapped_column(Moment)


class Phone(Base):
    """A phone number that WeChat verified, under the keyed hash of it: one person's.

    A registry, not a money table: keyed by its own hash, without a bucket. Deleted when the
    member takes their consent back, or leaves the official account.

    Personal data: phone number (encrypted).
    """

    __tablename__ = "members_phone"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    number: Mapped[str] = mapped_column(Text)
    country_code: Mapped[str] = mapped_column(Text)
    consented_at: Mapped[datetime] = mapped_column(Moment)
    verified_at: Mapped[datetime] = mapped_column(Moment)


class Binding(Base):
    """Who brought a member and which store is home: one per member, permanent, with evidence.

    `scene` is the code that was scanned, `channel` the way it came, `bound_at` when. The home
    store may be chosen later, once (`home_store_at`).

    Personal data: none but pseudonymous ids.
    """

    __tablename__ = "members_binding"
    __table_args__ = (
        ForeignKeyConstraint(
            ["bucket", "member_id"], ["members_member.bucket", "members_member.id"]
        ),
        Index("members_binding_recommender_id_idx", "recommender_id", "bound_at"),
        Index("members_binding_bound_at_idx", "bound_at", postgresql_using="brin"),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    recommender_kind: Mapped[str] = mapped_column(Text)
    recommender_bucket: Mapped[int] = mapped_column(SmallInteger)
    recommender_id: Mapped[UUID] = mapped_column(Uuid)
    home_store_id: Mapped[UUID | None] = mapped_column(Uuid)
    home_store_at: Mapped[datetime | None] = mapped_column(Moment)
    scene: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    bound_at: Mapped[datetime] = mapped_column(Moment)


class FormerBinding(Base):
    """A binding that another took the place of: the person had scanned that one's code earlier.

    Personal data: none but pseudonymous ids.
    """

    __tablename__ = "members_former_binding"

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    binding: Mapped[dict[str, Any]] = mapped_column(JSONB)
    why: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(Moment)


class Merge(Base):
    """Evidence of two members having become one: by what proof, and what was moved.

    In the bucket of the member that stayed. `moved` has a part for each room; with it an operator
    can undo the merge as long as nothing later contradicts.

    Personal data: none but pseudonymous ids and keyed hashes.
    """

    __tablename__ = "members_merge"
    __table_args__ = (
        Index(
            "members_merge_absorbed_idx",
            "absorbed_id",
            unique=True,
            postgresql_where=sql("undone_at IS NULL"),
        ),
        Index("members_merge_survivor_idx", "survivor_id"),
        Index("members_merge_newest_idx", "id"),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(Uuid)
    absorbed_id: Mapped[UUID] = mapped_column(Uuid)
    had_past: Mapped[bool]
    proof: Mapped[dict[str, Any]] = mapped_column(JSONB)
    moved: Mapped[dict[str, Any]] = mapped_column(JSONB)
    merged_at: Mapped[datetime] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[UUID | None] = mapped_column(Uuid)
    undo_reason: Mapped[str | None] = mapped_column(Text)


class Review(Base):
    """Two members who are one person and both have a past: staff decide, two of them.

    `state`: waiting, proposed, merged or kept_apart. `why` is what kept them from becoming one
    by themselves. Under the later member's id.

    Personal data: none but pseudonymous ids and keyed hashes; reasons are staff's own words.
    """

    __tablename__ = "members_review"
    __table_args__ = (
        Index(
            "members_review_open_idx",
            "noticed_at",
            postgresql_where=sql("state IN ('waiting', 'proposed')"),
        ),
    )

    bucket: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    same_person_as: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    state: Mapped[str] = mapped_column(Text, default="waiting")
    why: Mapped[str] = mapped_column(Text)
    proof: Mapped[dict[str, Any]] = mapped_column(JSONB)
    noticed_at: Mapped[datetime] = mapped_column(Moment)
    proposal: Mapped[str | None] = mapped_column(Text)
    proposal_reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[UUID | None] = mapped_column(Uuid)
    proposed_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[UUID | None] = mapped_column(Uuid)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    merge_id: Mapped[UUID | None] = mapped_column(Uuid)
