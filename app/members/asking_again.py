"""Asking WeChat again who its followers are: a unionid may come late (WeChat fact B11).

Whoever followed before the official account was bound to an open platform had no unionid then.
Those without one are asked for again after UNIONID_ASK_AGAIN_DAYS, up to a hundred in one call
(fact B4). What is learned brings two members together as everywhere: see registration.py.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from app.core import outbox
from app.core.config import settings
from app.core.db import in_transaction
from app.core.outbox import TryLater
from app.core.world import now
from app.members import identities, jobs
from app.members.identities import Unasked
from app.members.registration import learn_unionid
from app.wechat import client as wechat

log = structlog.get_logger()
DUE = "member.unionids_due"
LOOK_SECONDS = 3600
MOST_CALLS = 20  # in an hour: 48,000 followers a day, a small part of what WeChat allows (fact B2)
LEASE_SECONDS = 300


def look() -> int:
    """Duty: gives out whom to ask for again, up to MOST_CALLS letters; how many people."""
    taken = 0
    for _ in range(MOST_CALLS):
        found = in_transaction(_give_out)
        taken += found
        if found < wechat.MOST_FOLLOWERS_AT_ONCE:
            break
    return taken


def ask_again(payload: dict[str, Any]) -> None:
    """Reader of DUE: asks WeChat for all of a letter at once; one by one if it refuses them
    together, as it does for an openid that is not the account's any more.

    Waits as long as WeChat says where its limit is reached. Raises WeChatUnavailable,
    WeChatRefused.
    """
    keys = [bytes.fromhex(key) for key in payload["keys"]]
    people = in_transaction(lambda: identities.without_unionid(keys))
    if not people:
        return
    try:
        _ask(people)
    except wechat.Paused as pause:
        raise TryLater((pause.until - now()).total_seconds()) from pause


def _ask(people: list[Unasked]) -> None:
    try:
        told = wechat.followers([person.openid for person in people])
    except wechat.WeChatRefused as refusal:
        if refusal.wechat_code not in jobs.NEVER_TOLD:
            raise
        log.info("followers_asked_one_by_one", wechat_code=refusal.wechat_code)
        for person in people:
            jobs.acquaint(person)
        return
    unionids = {follower.openid: follower.unionid for follower in told}
    for person in people:
        unionid = unionids.get(person.openid)
        if unionid is not None:
            in_transaction(partial(_learn, person, unionid))


def _give_out() -> int:
    moment = now()
    before = moment - timedelta(days=settings().unionid_ask_again_days)
    keys = identities.take_unknown(before, moment, wechat.MOST_FOLLOWERS_AT_ONCE)
    if keys:
        outbox.emit(DUE, {"keys": [key.hex() for key in keys]}, bucket=0)
    return len(keys)


def _learn(person: Unasked, unionid: str) -> None:
    learn_unionid(person.key, person.member_id, unionid, now())
