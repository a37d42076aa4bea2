"""What the queue refuses. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class QueuePoolTaken(AppError):
    """Another campaign pays from the queue pool at that time (`campaign_id`): a fen of the pool is
    promised once. End that one, or begin after it."""

    status, code = 409, "queue_pool_taken"
    title, message = "Another queue is paid from the pool then", "该时段已有排队补贴活动使用补贴池"


class QueueUnknown(AppError):
    """The campaign that is to be continued is no published queue."""

    status, code = 422, "queue_unknown"
    title, message = "There is no such queue to go on with", "要接续的排队活动不存在"


class QueueWaits(AppError):
    """People wait in an earlier queue (`campaign_id`): a campaign continues it, or says in its
    settings that it starts a new one."""

    status, code = 409, "queue_waits"
    title, message = (
        "People wait in an earlier queue",
        "之前的队伍仍有人在等待，请接续该队伍或明确另开新队",
    )
