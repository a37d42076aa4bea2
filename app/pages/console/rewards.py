"""Rewards for recommenders: rules of the platform and of merchants, and what came of each."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("rewards", __name__)
READERS = ("operator", "finance", "support")
HOME = "/console/rewards"
AREA = Area(blueprint, (entry(HOME, "推荐奖励", "营销", *READERS),))
SHOWN = 50


@blueprint.get(HOME)
@sessions.page(*READERS)
def list_rules() -> Response:
    """All rules, the newest first, and the form to promise one that the platform pays."""
    after = forms.identity(forms.asked("after"))
    rows = calls.read("/reward-rules", after=after)["rules"]
    return frame.render(
        "console/rewards.html",
        rows=rows,
        following={"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        is_first=after is None,
    )


@blueprint.get(f"{HOME}/<uuid:rule_id>")
@sessions.page(*READERS)
def show_rule(rule_id: UUID) -> Response:
    """A rule, what became of it, and its rewards, the newest first."""
    after = forms.identity(forms.asked("after"))
    rewards = calls.read(f"/reward-rules/{rule_id}/rewards", after=after)["rewards"]
    return frame.render(
        "console/reward.html",
        row=calls.read(f"/reward-rules/{rule_id}"),
        rewards=rewards,
        here=f"{HOME}/{rule_id}",
        following={"after": rewards[-1]["id"]} if len(rewards) == SHOWN else {},
        is_first=after is None,
    )


@blueprint.post(HOME)
@sessions.page("operator")
def promise() -> Response | str:
    """Promise recommenders a reward from the campaign fund."""
    wish = forms.body(
        text=("name", "kind", "starts_on", "ends_on"),
        fen=("threshold_fen", "reward_fen", "budget_fen"),
    )
    answer = calls.send("POST", "/reward-rules", wish, key=forms.key())
    return frame.act(answer, then=HOME, done=t("推荐奖励已发布"), again=list_rules)


@blueprint.post(f"{HOME}/<uuid:rule_id>/end")
@sessions.page("operator")
def end(rule_id: UUID) -> Response | str:
    """End a rule now; what was earned before is paid."""
    answer = calls.send("POST", f"/reward-rules/{rule_id}/end", {}, key=forms.key())
    again = lambda: show_rule(rule_id)  # noqa: E731
    return frame.act(answer, then=f"{HOME}/{rule_id}", done=t("推荐奖励已结束"), again=again)
