"""What errands refuse. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class ErrandUnknown(AppError):
    """There is no such errand, or it is not the caller's to see."""

    status, code = 404, "errand_unknown"
    title, message = "There is no such errand", "没有找到该跑腿任务"


class ErrandStatusUnfit(AppError):
    """An errand in this state cannot take that step (`errand_status`)."""

    status, code = 409, "errand_status_unfit"
    title, message = "The errand is not in a state for this", "任务当前状态不能进行此操作"


class ErrandTaken(AppError):
    """Another runner was faster, or the errand was assigned to somebody else."""

    status, code = 409, "errand_taken"
    title, message = "Somebody else has taken this errand", "任务已被他人接单"


class RewardOutOfRange(AppError):
    """The programme takes rewards from `minimum_fen` to `maximum_fen`."""

    status, code = 422, "reward_out_of_range"
    title, message = "The reward is too small or too large", "赏金不在允许范围内"


class ErrandTooFar(AppError):
    """From pick-up to delivery is farther than `radius_metres`."""

    status, code = 422, "errand_too_far"
    title, message = "The delivery is too far from the pick-up", "取送距离超出范围"


class ErrandCategoryUnknown(AppError):
    """The programme has no such category."""

    status, code = 422, "errand_category_unknown"
    title, message = "The programme has no such category", "没有该任务类别"


class PurseNotTaken(AppError):
    """The programme does not take prepaid money for errands."""

    status, code = 422, "purse_not_taken"
    title, message = "This purse does not pay for errands", "该钱包不能用于跑腿"


class TooManyErrands(AppError):
    """As many errands as are allowed are under way already (`maximum`)."""

    status, code = 409, "too_many_errands"
    title, message = "Finish other errands first", "进行中的任务已达上限"


class OwnErrand(AppError):
    """Nobody runs an errand of their own, or of a merchant they speak for."""

    status, code = 403, "own_errand"
    title, message = "Nobody runs an errand of their own", "不能接自己发布的任务"


class RunnerUnknown(AppError):
    """Nobody of this id has applied to run errands."""

    status, code = 404, "runner_unknown"
    title, message = "There is no such runner", "没有找到该跑腿员"


class RunnerNotApproved(AppError):
    """Only approved runners with a real name see and take errands (`runner_status`)."""

    status, code = 403, "runner_not_approved"
    title, message = "Only approved runners may do this", "仅限已通过审核的跑腿员"


class RunnerStatusUnfit(AppError):
    """A runner in this state cannot be decided about so (`runner_status`)."""

    status, code = 409, "runner_status_unfit"
    title, message = "The runner is not in a state for this", "跑腿员当前状态不能进行此操作"


class ProofCodeWrong(AppError):
    """The code is not this errand's, or wrong codes were sent too often: then send pictures."""

    status, code = 422, "proof_code_wrong"
    title, message = "This is not the code", "验证码不正确"


class ErrandPictureUnknown(AppError):
    """A picture was not sent by the caller, is used elsewhere, or is not theirs to see."""

    status, code = 404, "errand_picture_unknown"
    title, message = "There is no such picture", "没有找到该图片"


class TooManyErrandPictures(AppError):
    """Too many pictures of the sender are used by no errand yet; they go within a day."""

    status, code = 409, "too_many_errand_pictures"
    title, message = "Use the pictures sent before, or wait", "未使用的图片过多，请先使用或稍后再传"


class NotToBeRated(AppError):
    """The errand has not ended with a runner, or was rated before by the caller."""

    status, code = 409, "not_to_be_rated"
    title, message = "There is nothing to rate, or it is rated", "当前不能评价或已评价"


class DecisionTooLarge(AppError):
    """More than the reward cannot go to the runner (`maximum_fen`)."""

    status, code = 422, "decision_too_large"
    title, message = "This is more than the reward", "金额超过赏金"


class NothingProposed(AppError):
    """Nobody has proposed how the dispute ends, or another proposal took its place."""

    status, code = 409, "nothing_proposed"
    title, message = "There is no such proposal to confirm", "没有待确认的处理方案"
