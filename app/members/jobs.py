"""What this room learns from WeChat afterwards, and what follows from it.

A follow tells no unionid (WeChat fact B11), so that a follower is asked for once it is known.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import structlog

from app.core.db import in_transaction
from app.core.world import now
from app.members import bindings, identities, merging, reviews
from app.members.errors import CannotMerge, MemberUnknown
from app.members.identities import Unasked
from app.members.registration import learn_unionid
from app.wechat import client as wechat

log = structlog.get_logger()
MOST_AT_ONCE = 20
PATIENCE_SECONDS = 2.0  # somebody waits for the answer
NEVER_TOLD = {"40003", "48001"}  # no such follower; the account may not ask (fact B2)


def ask_unionids(payload: dict[str, Any]) -> None:
    """Reader of member.joined: asks WeChat who the new followers are; raises as it does."""
    acquaint_followers()


def recognise(app_id: str, openid: str, unionid: str | None) -> None:
    """Makes sure that a newcomer is not a follower whose unionid was not asked for yet.

    To be called before somebody with a unionid is registered, and not within a unit of work: it
    asks WeChat, for strangers only. Where WeChat is away it does without; the two members are
    then brought together later.
    """
    if unionid is None or identities.find(app_id, openid) is not None:
        return
    try:
        acquaint_followers(seconds=PATIENCE_SECONDS)
    except (wechat.WeChatUnavailable, wechat.WeChatRefused) as error:
        log.warning("followers_not_recognised", error=type(error).__name__)


def acquaint_followers(limit: int = MOST_AT_ONCE, seconds: float = 30.0) -> int:
    """Asks WeChat for the unionid of up to `limit` followers not asked for; how many it asked.

    Asks nobody else once `seconds` have passed; those left are asked for with the next follower.
    Uses the network: not within a unit of work. Raises WeChatUnavailable, WeChatRefused.
    """
    until, asked = time.monotonic() + seconds, 0
    for follower in identities.unasked(limit):
        if time.monotonic() > until:
            break
        acquaint(follower)
        asked += 1
    return asked


def merge_same_person(payload: dict[str, Any]) -> None:
    """Reader of member.same_person: makes two members one, or marks them for staff.

    Both are taken as who they are today: somebody known in three apps becomes one of them first.
    """
    then = UUID(payload["member_id"]), UUID(payload["other_id"])
    one, other = (bindings.today(each) for each in then)
    proof = payload.get("proof", {"kind": "unionid"})
    if one == other or reviews.is_decided(*then) or reviews.is_decided(one, other):
        return
    try:
        in_transaction(lambda: merging.merge(one, other, proof))
    except CannotMerge as error:
        log.info("members_wait_for_staff", member_id=str(one), other_id=str(other))
        why = str(error)
        in_transaction(lambda: reviews.mark_same_person(one, other, why=why, proof=proof))
    except MemberUnknown:
        log.warning("same_person_is_gone", member_id=str(one), other_id=str(other))


def acquaint(follower: Unasked) -> None:
    """Asks WeChat for one follower's unionid and learns it. Not within a unit of work.

    Raises WeChatUnavailable, WeChatRefused; who is not WeChat's any more counts as asked.
    """
    try:
        unionid = wechat.unionid_of(follower.openid)
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code not in NEVER_TOLD:
            raise
        log.info("unionid_refused", wechat_code=refusal.wechat_code)
        unionid = None
    in_transaction(lambda: _note(follower, unionid))


def _note(follower: Unasked, unionid: str | None) -> None:
    if unionid is None:
        identities.mark_asked(follower.key, now())
    else:
        learn_unionid(follower.key, follower.member_id, unionid, now())
