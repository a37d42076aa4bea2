"""Top-up plans of merchants and of the platform: what runs, what waits for another operator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import calls, choices, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("top_up_plans", __name__)
READERS = ("operator", "finance", "support")
HERE = "/console/top-up-plans"
AREA = Area(blueprint, (entry(HERE, "充值方案", "营销", *READERS),))
TIERS, SHOWN = 5, 50


@blueprint.get(HERE)
@sessions.page(*READERS)
def list_plans() -> Response:
    """Drafts that wait, the plans that run, and a form for another draft."""
    after, draft = forms.identity(forms.asked("after")), forms.identity(forms.asked("draft"))
    found = calls.read("/top-up-plans", after=after)
    may = "operator" in sessions.visitor().roles
    drafts = calls.read("/top-up-plans/drafts", after=draft)["plans"] if may else []
    rows = found["plans"]
    return frame.render(
        "console/top_up_plans.html",
        rows=rows,
        drafts=drafts,
        most_bp=found["bonus_maximum_bp"],
        may=may,
        here=HERE,
        tiers=range(TIERS),
        following={"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={} if after else None,
        more_drafts={"draft": drafts[-1]["id"]} if len(drafts) == SHOWN else {},
    )


@blueprint.post(HERE)
@sessions.page("operator")
def draft() -> Response | str:
    """Draft a plan that the platform pays; another operator publishes it."""
    if choices.is_finding():
        return list_plans()
    answer = calls.send("POST", "/top-up-plans", content("platform"), key=forms.key())
    return frame.act(answer, then=HERE, done=t("草稿已保存，待另一人发布"), again=list_plans)


@blueprint.post(f"{HERE}/<uuid:plan_id>/publish")
@sessions.page("operator")
def publish(plan_id: UUID) -> Response | str:
    """Let a draft of somebody else's count from now on."""
    answer = calls.send("POST", f"/top-up-plans/{plan_id}/publish", key=forms.key())
    return frame.act(answer, then=HERE, done=t("充值方案已发布"), again=list_plans)


@blueprint.post(f"{HERE}/<uuid:plan_id>/<any(end, discard):step>")
@sessions.page("operator")
def end(plan_id: UUID, step: str) -> Response | str:
    """End a plan now, or give up a draft."""
    answer = calls.send("POST", f"/top-up-plans/{plan_id}/end", key=forms.key())
    done = t("充值方案已结束") if step == "end" else t("草稿已作废")
    return frame.act(answer, then=HERE, done=done, again=list_plans)


def content(funder: str) -> dict[str, Any]:
    """A plan as its form says it; tiers of which nothing was typed are left out."""
    wish: dict[str, Any] = forms.body(
        text=("name", "merchant_id", "store_id", "starts_on", "ends_on"),
        fen=("budget_fen",),
        whole=("person_limit",),
    )
    pairs = [(forms.fen(f"at_least-{n}"), forms.fen(f"bonus-{n}")) for n in range(TIERS)]
    tiers = [{"at_least_fen": paid, "bonus_fen": bonus} for paid, bonus in pairs if paid or bonus]
    return wish | {"tiers": tiers, "funder": funder}
