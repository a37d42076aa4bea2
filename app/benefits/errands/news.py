"""What people are told of errands, and why a runner was paid what they were paid."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.benefits.contract import News, Words
from app.benefits.errands import steps
from app.benefits.errands.rules import Status
from app.benefits.models import Grant
from app.core.db import db
from app.core.world import bucket_of
from app.ledger.service import Kind, stated

TITLE: Words = ("跑腿", "Errand")
SAID: dict[str, Words] = {
    "assigned": ("发布人邀请您接单，请及时确认", "You are asked to take an errand"),
    "declined": ("被邀请的跑腿员未接单，任务重新开放", "The runner declined; it is open again"),
    "not_accepted": ("邀请超时未接单，任务重新开放", "Nobody accepted in time; it is open again"),
    "taken": ("已有跑腿员接单", "A runner has taken your errand"),
    "given_up": ("跑腿员放弃任务，任务重新开放", "The runner gave it up; it is open again"),
    "not_picked_up": ("超时未取件，任务重新开放", "Not picked up in time; it is open again"),
    "picked_up": ("跑腿员已取件", "The runner has picked it up"),
    "delivered": ("已送达，请确认；逾期将自动确认", "Delivered: confirm, or time will"),
    "not_delivered": ("超时未送达，平台介入处理", "Not delivered in time; staff look at it"),
    "disputed": ("对方发起争议，平台介入处理", "The other side disputes it; staff look at it"),
    "decided": ("争议已处理，请查看结果", "The dispute is decided"),
    "confirmed": ("任务已确认，赏金已到账", "Confirmed: the reward is in your wallet"),
    "confirmed_by_time": ("逾期自动确认，任务完成", "Confirmed by time: the errand is complete"),
    "cancelled": ("任务已取消，赏金已全额退回发布人", "Cancelled: the reward went back"),
    "cancelled_late": ("发布人取消任务，补偿已到账", "The poster cancelled; you are compensated"),
    "expired": ("无人接单，赏金已全额退回", "Nobody took it: the reward went back"),
    "runner_approved": ("您可以接单了", "You may take errands now"),
    "runner_rejected": ("申请未通过，请查看原因", "Your application was not accepted"),
    "runner_suspended": ("接单资格已暂停，进行中的任务可继续完成", "You may take no more errands"),
}
WHY: dict[str, Words] = {
    Status.COMPLETED: (
        "跑腿任务完成，赏金扣除平台服务费后归跑腿员；属于劳务报酬，提现时按规定代扣个人所得税。",
        "The errand is complete: the reward less the platform's fee is the runner's. It is labour "
        "income, of which tax is withheld when it is withdrawn.",
    ),
    Status.DECIDED: (
        "争议经平台两名工作人员处理，按处理结果支付，服务费按比例收取。",
        "Two of the staff decided the dispute; this part is the runner's, the fee in proportion.",
    ),
    Status.CANCELLED: (
        "接单后被发布人取消，按活动规则给予补偿，服务费按比例收取。",
        "The poster cancelled after it was taken: the programme's compensation, less the fee on "
        "it.",
    ),
}


def worded(subject_id: UUID, what: str) -> News:
    """What somebody is told happened to an errand, or to their application to run errands."""
    said = SAID[what.partition(":")[0]]
    return News(TITLE[0], said[0], TITLE[1], said[1])


def why(grant_id: UUID) -> Sequence[Words]:
    """How a runner came to what they got, in the current unit of work."""
    mine = (Grant.bucket == bucket_of(grant_id), Grant.id == grant_id)
    errand_id = db.session.scalar(select(Grant.subject_id).where(*mine))
    if errand_id is None:
        return ()
    row = steps.find(errand_id)
    fee = row.charged_fen
    return (
        WHY[row.status],
        (f"平台服务费 {fee} 分。", f"The platform's fee was {fee} fen."),
    )


def kinds() -> dict[str, Kind]:
    """The kinds of journals about escrows."""
    return {
        "errand_posted": stated(
            "errand",
            ("跑腿赏金担保", "Reward put aside"),
            (
                "发布跑腿任务时，赏金立即转入担保账户，任务结束前任何人不能动用。",
                "When an errand is posted its reward is put aside; nobody can use it until the "
                "errand ends.",
            ),
        ),
        "errand_returned": stated(
            "errand",
            ("跑腿赏金退回", "Reward returned"),
            (
                "任务未完成或只需支付一部分，其余赏金原路退回：最后扣的钱包最先退回。",
                "The errand came to nothing, or only a part was due: the rest goes back where it "
                "came from, what was taken last first.",
            ),
        ),
    }
