"""What campaigns refuse; each kind has its own beside its rules. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class BenefitUnknown(AppError):
    """There is no such kind of benefit."""

    status, code = 404, "benefit_unknown"
    title, message = "There is no such kind of benefit", "没有该类活动"


class CampaignUnknown(AppError):
    """There is no such campaign, or it is not the caller's to see."""

    status, code = 404, "campaign_unknown"
    title, message = "There is no such campaign", "没有找到该活动"


class CampaignNotADraft(AppError):
    """Only drafts are changed or dropped; what was published stays (`campaign_status`)."""

    status, code = 409, "campaign_not_a_draft"
    title, message = "Published rules cannot change", "活动已发布，规则不能再修改"


class CampaignChanged(AppError):
    """The draft was rewritten since it was read (`revision` is the present one)."""

    status, code = 409, "campaign_changed"
    title, message = "The draft has changed, read it again", "草稿已被修改，请重新核对"


class CampaignStatusUnfit(AppError):
    """A campaign in this state cannot take that step (`campaign_status`)."""

    status, code = 409, "campaign_status_unfit"
    title, message = "The campaign is not in a state for this", "活动当前状态不能进行此操作"


class CampaignOver(AppError):
    """The campaign's last moment has passed, or it would begin after it."""

    status, code = 409, "campaign_over"
    title, message = "The campaign's time is over", "活动时间已过"


class CampaignUnfunded(AppError):
    """Whoever is to pay has not got the budget now (`budget_fen`)."""

    status, code = 409, "campaign_unfunded"
    title, message = "The funder is short of the campaign's budget", "出资账户余额不足"


class CampaignNotRunning(AppError):
    """The campaign has not begun, is paused, or has ended (`campaign_status`)."""

    status, code = 409, "campaign_not_running"
    title, message = "The campaign is not running", "活动未开始、已暂停或已结束"


class NotInAudience(AppError):
    """The campaign is for other members."""

    status, code = 403, "not_in_audience"
    title, message = "The campaign is for other members", "您不在本活动的参与范围内"


class BudgetSpent(AppError):
    """What the campaign had to give away is given away."""

    status, code = 409, "budget_spent"
    title, message = "The campaign's budget is used up", "活动预算已用完"


class AudienceUnfit(AppError):
    """The audience names a level or merchant that does not exist."""

    status, code = 422, "audience_unfit"
    title, message = "The audience names something unknown", "参与范围中的等级或商家不存在"
