"""Telling members of what happened in campaigns; the kind of benefit words it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from app.benefits import service as benefits
from app.core.db import in_transaction
from app.core.world import now
from app.notices import outgoing
from app.notices.kinds import Kind
from app.notices.rules import beijing_time, money
from app.notices.texts import Content

EXAMPLE = benefits.News(
    "周年庆抽奖", "恭喜中奖，奖金已存入您的返利钱包", "Anniversary draw", "You have won", 800
)


def told(payload: dict[str, Any]) -> None:
    """Reader of benefit.news: tells the member once what happened to a subject of theirs."""
    member_id = UUID(payload["member_id"])
    event = f"{benefits.NEWS}:{payload['subject_id']}:{payload['what']}"

    def work() -> None:
        outgoing.queue(event, member_id, content(benefits.worded(payload), now()))

    in_transaction(work)


def content(news: benefits.News, at: datetime) -> Content:
    """What a member is told, with the amount where there is one."""
    amount = "" if news.amount_fen is None else f" {money(news.amount_fen)}"
    text = f"{news.title}：{news.text}{amount}"
    return Content(Kind.MEMBER_BENEFIT, text, {"note": news.title, "time": beijing_time(at)})
