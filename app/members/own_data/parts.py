"""What this room holds of a member, for their own eyes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.crypto import decrypt
from app.core.db import read
from app.core.personal_data import kept_back, owned, part
from app.members.authorisation.models import AuthorisationStep
from app.members.corrections.models import Correction, Dispute
from app.members.identities import openid_context
from app.members.invitations.models import Invitation
from app.members.models import (
    Binding,
    FormerBinding,
    Identity,
    Member,
    Merge,
    Phone,
    Review,
    UnionIdentity,
)
from app.members.own_data.models import Deletion
from app.members.real_name.models import BankCard, Claim, RealName, Reveal
from app.wechat import client as wechat


def declare() -> None:
    """Declares this room's parts, and what WeChat's inbox holds under the member's openids."""
    part("members.profile", "会员资料", Member, owned(Member.bucket, Member.id))
    part(
        "members.identities",
        "微信身份",
        Identity,
        lambda ids: Identity.member_id.in_(ids),
        but={"key"},
    )
    part("members.phones", "手机号码", Phone, lambda ids: Phone.member_id.in_(ids), but={"key"})
    part("members.real_names", "实名信息", RealName, lambda ids: RealName.member_id.in_(ids))
    part("members.bank_cards", "银行卡", BankCard, lambda ids: BankCard.member_id.in_(ids))
    part("members.binding", "推荐关系", Binding, owned(Binding.bucket, Binding.member_id))
    former = owned(FormerBinding.bucket, FormerBinding.member_id)
    part("members.former_bindings", "曾经的推荐关系", FormerBinding, former, but={"binding"})
    _declare_corrections()
    part("members.deletions", "注销申请", Deletion, lambda ids: Deletion.member_id.in_(ids))
    part(
        "members.reveals",
        "工作人员查看记录",
        Reveal,
        lambda ids: Reveal.member_id.in_(ids),
        but={"staff_id"},
    )
    merged = {"proof", "moved", "undone_by"}
    part("members.merges", "账户合并", Merge, lambda ids: Merge.survivor_id.in_(ids), but=merged)
    kept_back(UnionIdentity, "a keyed hash, of which nobody can tell the unionid")
    kept_back(Claim, "keyed hashes of what members.real_names tells in clear")
    kept_back(Review, "suspicions that another member is the same person: the other's data too")
    wechat.tell_notices(_openids)


def _declare_corrections() -> None:
    part(
        "members.authorisation",
        "推荐授权",
        AuthorisationStep,
        owned(AuthorisationStep.bucket, AuthorisationStep.recommender_id),
        but={"decided_by"},
    )
    part(
        "members.invitations",
        "发出的邀请",
        Invitation,
        lambda ids: Invitation.inviter_id.in_(ids),
        but={"phone_key", "state", "ended_at", "invitee_id"},  # not the invited person's answer
    )
    part(
        "members.binding_disputes",
        "推荐关系异议",
        Dispute,
        lambda ids: Dispute.member_id.in_(ids),
        but={"answered_by"},
    )
    part(
        "members.binding_corrections",
        "推荐关系更正",
        Correction,
        owned(Correction.bucket, Correction.member_id),
        but={"before", "after", "proposed_by", "decided_by"},
    )


def _openids(member_ids: Sequence[UUID]) -> list[str]:
    known = select(Identity.key, Identity.openid).where(
        Identity.member_id.in_(member_ids), Identity.openid.is_not(None)
    )
    return [decrypt(row.openid, openid_context(row.key)) for row in read(known)]
