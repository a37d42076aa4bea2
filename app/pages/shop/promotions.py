"""What brings customers: top-up plans, campaigns of the merchant, rewards for recommenders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import (
    calls,
    campaigns,
    forms,
    frame,
    schema_forms,
    sessions,
    top_up_plans,
)
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t
from app.pages.shop import stores

blueprint = frame.pages("shop_promotions", __name__)
AREA = Area(
    blueprint,
    (
        entry("/shop/top-up-plans", "充值方案", "营销", stores.OWNER),
        entry("/shop/campaigns", "活动", "营销", stores.OWNER),
        entry("/shop/rewards", "推荐奖励", "营销", stores.OWNER),
    ),
)
SHOWN = 30
FUNDER = "offer_budget"


@blueprint.get("/shop/top-up-plans")
@sessions.page(stores.OWNER)
def list_plans() -> Response:
    """The plans of a store today, open or closed and why, and publishing another one."""
    found = stores.managed()
    chosen = stores.chosen(found)
    return frame.render(
        "shop/top_up_plans.html",
        rows=calls.read(f"/stores/{chosen}/top-up-plans")["plans"] if chosen else [],
        stores=found,
        chosen=chosen,
        me=stores.merchant_id(),
        tiers=range(top_up_plans.TIERS),
    )


@blueprint.post("/shop/top-up-plans")
@sessions.page(stores.OWNER)
def publish_plan() -> Response | str:
    """Publish the next version of a plan."""
    wish = top_up_plans.content("store") | {"merchant_id": stores.merchant_id()}
    answer = calls.send("POST", "/top-up-plans", wish, key=forms.key())
    return frame.act(answer, then="/shop/top-up-plans", done=t("充值方案已发布"), again=list_plans)


@blueprint.post("/shop/top-up-plans/<uuid:plan_id>/end")
@sessions.page(stores.OWNER)
def end_plan(plan_id: UUID) -> Response | str:
    """End a plan now."""
    answer = calls.send("POST", f"/top-up-plans/{plan_id}/end", {}, key=forms.key())
    return frame.act(answer, then="/shop/top-up-plans", done=t("充值方案已结束"), again=list_plans)


@blueprint.get("/shop/rewards")
@sessions.page(stores.OWNER)
def list_rewards() -> Response:
    """Rewards for who brings customers, and promising another one."""
    rules = calls.read("/reward-rules")
    return frame.render("shop/rewards.html", rows=rules["rules"])


@blueprint.get("/shop/rewards/<uuid:rule_id>")
@sessions.page(stores.OWNER)
def show_reward(rule_id: UUID) -> Response:
    """A reward's rule, and what was paid by it."""
    return frame.render("shop/reward.html", row=calls.read(f"/reward-rules/{rule_id}"))


@blueprint.post("/shop/rewards")
@sessions.page(stores.OWNER)
def promise_reward() -> Response | str:
    """Promise recommenders a reward from the merchant's budget."""
    wish = forms.body(
        text=("name", "kind", "starts_on", "ends_on"),
        fen=("threshold_fen", "reward_fen", "budget_fen"),
    )
    wish["merchant_id"] = stores.merchant_id()
    answer = calls.send("POST", "/reward-rules", wish, key=forms.key())
    return frame.act(answer, then="/shop/rewards", done=t("推荐奖励已发布"), again=list_rewards)


@blueprint.post("/shop/rewards/<uuid:rule_id>/end")
@sessions.page(stores.OWNER)
def end_reward(rule_id: UUID) -> Response | str:
    """End a rule now; what was earned before is paid."""
    answer = calls.send("POST", f"/reward-rules/{rule_id}/end", {}, key=forms.key())
    return frame.act(answer, then="/shop/rewards", done=t("推荐奖励已结束"), again=list_rewards)


@blueprint.get("/shop/campaigns")
@sessions.page(stores.OWNER)
def list_campaigns() -> Response:
    """The merchant's campaigns, and the kinds that it may pay for."""
    after = forms.identity(forms.asked("after"))
    found = calls.read("/campaigns", after=after, limit=SHOWN)
    kinds = campaigns.kinds()
    return frame.render(
        "shop/campaigns.html",
        rows=found["campaigns"],
        kinds=[each for each in kinds if FUNDER in each["funders"]],
        titles={each["name"]: each for each in kinds},
        following={"after": found["next"]} if found["next"] else {},
        is_first=after is None,
    )


@blueprint.get("/shop/campaigns/new/<string:kind>")
@sessions.page(stores.OWNER)
def show_new(kind: str) -> Response:
    """The form of a kind of campaign, drawn from its schema."""
    found = campaigns.kind_of(kind)
    return frame.render(
        "shop/campaign_form.html",
        kind=found,
        fields=schema_forms.inputs(found["form"], found["example"]),
        here=f"/shop/campaigns/new/{kind}",
    )


@blueprint.post("/shop/campaigns/new/<string:kind>")
@sessions.page(stores.OWNER)
def draft(kind: str) -> Response | str:
    """Draft a campaign; the operator publishes it."""
    wish: dict[str, Any] = forms.body(text=("name", "name_en"), fen=("budget_fen",))
    wish |= {
        "benefit": kind,
        "funder": FUNDER,
        "merchant_id": stores.merchant_id(),
        "starts_at": forms.instant("starts_at"),
        "ends_at": forms.instant("ends_at"),
        "settings": schema_forms.read(campaigns.kind_of(kind)["form"]),
    }
    answer = calls.send("POST", "/campaigns", wish, key=forms.key())
    then = f"/shop/campaigns/{answer.body.get('id')}"
    done = t("活动草稿已保存，待平台发布")
    return frame.act(answer, then=then, done=done, again=lambda: show_new(kind))


@blueprint.get("/shop/campaigns/<uuid:campaign_id>")
@sessions.page(stores.OWNER)
def show_campaign(campaign_id: UUID) -> Response:
    """A campaign and its report."""
    row = calls.read(f"/campaigns/{campaign_id}")
    kind = campaigns.kind_of(row["benefit"])
    return frame.render(
        "shop/campaign.html",
        row=row,
        kind=kind,
        rules=schema_forms.told(kind["form"], row["settings"]),
        here=f"/shop/campaigns/{campaign_id}",
    )


@blueprint.post("/shop/campaigns/<uuid:campaign_id>/<any(pause, end):step>")
@sessions.page(stores.OWNER)
def stop(campaign_id: UUID, step: str) -> Response | str:
    """Pause a campaign, or end it for good."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/campaigns/{campaign_id}/{step}", wish, key=forms.key())
    done = t("活动已暂停") if step == "pause" else t("活动已结束")
    return _after(campaign_id, answer, done)


@blueprint.post("/shop/campaigns/<uuid:campaign_id>/money")
@sessions.page(stores.OWNER)
def add_money(campaign_id: UUID) -> Response | str:
    """Add to its budget."""
    wish = forms.body(fen=("amount_fen",))
    answer = calls.send("POST", f"/campaigns/{campaign_id}/money", wish, key=forms.key())
    return _after(campaign_id, answer, t("预算已追加"))


@blueprint.post("/shop/campaigns/<uuid:campaign_id>/delete")
@sessions.page(stores.OWNER)
def throw_away(campaign_id: UUID) -> Response | str:
    """Throw a draft away."""
    answer = calls.send("DELETE", f"/campaigns/{campaign_id}", key=forms.key())
    again = lambda: show_campaign(campaign_id)  # noqa: E731
    return frame.act(answer, then="/shop/campaigns", done=t("草稿已删除"), again=again)


def _after(campaign_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"/shop/campaigns/{campaign_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_campaign(campaign_id))
