"""What is refused around split policies. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class PolicyDraftUnknown(AppError):
    """There is no such draft of a split policy."""

    status, code = 404, "policy_draft_unknown"
    title, message = "There is no such draft", "没有找到该方案草稿"


class PolicyDraftChanged(AppError):
    """Somebody changed the draft since it was read; `revision` is today's."""

    status, code = 409, "policy_draft_changed"
    title, message = "The draft was changed meanwhile", "草稿已被修改，请重新查看"


class PolicyDraftClosed(AppError):
    """The draft was published or discarded; `draft_status` says which."""

    status, code = 409, "policy_draft_closed"
    title, message = "The draft is closed", "草稿已发布或已作废"


class PolicyEffectInvalid(AppError):
    """A version takes effect now or later, within two years, no two of a family at one moment."""

    status, code = 422, "policy_effect_invalid"
    title, message = "It cannot take effect at this moment", "生效时间不可用"


class PolicyNotScheduled(AppError):
    """Only a version that waits to take effect can be withdrawn; `policy_status` says more."""

    status, code = 409, "policy_not_scheduled"
    title, message = "This version does not wait to take effect", "该版本不在待生效状态"


class PolicyInUse(AppError):
    """A contract names this version, so that it cannot be withdrawn."""

    status, code = 409, "policy_in_use"
    title, message = "A contract names this version", "已有合同采用该版本"


class PolicyWithdrawn(AppError):
    """A withdrawn version is for no contract."""

    status, code = 409, "policy_withdrawn"
    title, message = "This version was withdrawn", "该版本已撤回"


class SimulationsBusy(AppError):
    """So many simulations (`most`) run at once; another begins when one has ended."""

    status, code = 409, "policy_simulations_busy"
    title, message = "Other simulations are running", "已有模拟在运行，请稍后再试"


class SimulationClosed(AppError):
    """The simulation has ended; `simulation_status` says how."""

    status, code = 409, "policy_simulation_closed"
    title, message = "The simulation has ended", "模拟已结束"
