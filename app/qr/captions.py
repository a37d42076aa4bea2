"""What stands on a poster beside the code. The rooms above know names, this one does not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from blinker import Signal

from app.qr.token import Kind, Scene

LINE = "一处入会，全联盟通用"
caption_asked = Signal("receiver(kind: Kind, subject_id=UUID) -> Caption, or None")


@dataclass(frozen=True, slots=True)
class Caption:
    """A name (of a store, a member, …) and one line below it."""

    title: str
    line: str = LINE


DEFAULTS = {
    Kind.STORE: Caption("联盟门店"),
    Kind.MEMBER: Caption("好友邀请你加入"),
    Kind.SALESPERSON: Caption("联惠推广员"),
    Kind.PLATFORM: Caption("联惠会员"),
    Kind.AMOUNT: Caption("联盟门店", "微信扫码付款"),
    Kind.PROMOTION: Caption("好物推荐", "微信扫码查看"),
}


def caption_of(scene: Scene) -> Caption:
    """The caption a room above gives this subject, else a general one; in a unit of work."""
    subject_id: UUID = scene.subject_id
    answers = caption_asked.send(scene.kind, subject_id=subject_id)
    given = (answer for _, answer in answers if isinstance(answer, Caption))
    return next(given, DEFAULTS[scene.kind])
