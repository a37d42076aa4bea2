"""Campaigns: drafted by a form of their kind's schema, published by a second operator, followed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from markupsafe import Markup

from app.core.errors import NotFound
from app.pages.console import calls, choices, forms, frame, schema_forms, sessions, wording
from app.pages.console.areas import Area, entry
from app.pages.console.texts import language, t

blueprint = frame.pages("campaigns", __name__)
READERS = ("operator", "finance", "reviewer", "support")
AREA = Area(blueprint, (entry("/console/campaigns", "活动", "营销", *READERS),))
PROMOTION_READERS = ("operator", "finance", "support")
STATES = ("", "draft", "published", "paused", "ended")
SHOWN = 50
OWN_FUNDER = "offer_budget"
PROMOTION = "promotion"
DONE = {
    "publish": "活动已发布，预算已划入专户",
    "pause": "活动已暂停",
    "resume": "活动已恢复",
    "end": "活动已结束",
}
Fields = dict[str, Any]


def kinds() -> list[Fields]:
    """The kinds of campaigns, each with the schema of its settings."""
    found: list[Fields] = calls.read("/benefits")["benefits"]
    return found


def kind_of(name: str) -> Fields:
    """One kind. Raises NotFound."""
    found = next((each for each in kinds() if each["name"] == name), None)
    if found is None:
        raise NotFound()
    return found


@blueprint.get("/console/campaigns")
@sessions.page(*READERS)
def list_campaigns() -> Response:
    """Campaigns of the platform and of merchants, the newest first."""
    found_kinds = kinds()
    status = forms.asked("status", *STATES)
    benefit = forms.asked("benefit", "", *(each["name"] for each in found_kinds))
    after = forms.identity(forms.asked("after"))
    chosen = {"status": status, "benefit": benefit}
    found = calls.read("/campaigns", **chosen, after=after, limit=SHOWN)
    return frame.render(
        "console/campaigns.html",
        rows=found["campaigns"],
        kinds=found_kinds,
        titles={each["name"]: each for each in found_kinds},
        own=[each for each in found_kinds if _funders(each)],
        states=STATES,
        chosen=chosen,
        following=chosen | {"after": found["next"]} if found["next"] else {},
        is_first=after is None,
    )


@blueprint.get("/console/campaigns/new/<string:kind>")
@sessions.page("operator")
def show_new(kind: str) -> Response:
    """The form of a kind of campaign, drawn from its schema."""
    found = kind_of(kind)
    return _form(found, f"/console/campaigns/new/{kind}", {}, found["example"])


@blueprint.post("/console/campaigns/new/<string:kind>")
@sessions.page("operator")
def draft(kind: str) -> Response | str:
    """Draft a campaign of the platform; another operator publishes it."""
    if choices.is_finding():
        return _found(kind_of(kind), f"/console/campaigns/new/{kind}")
    answer = calls.send("POST", "/campaigns", _wish(kind_of(kind)), key=forms.key())
    then = f"/console/campaigns/{answer.body.get('id')}"
    done = t("草稿已保存，须由另一名运营人员发布")
    return frame.act(answer, then=then, done=done, again=lambda: show_new(kind))


@blueprint.get("/console/campaigns/<uuid:campaign_id>/rewrite")
@sessions.page("operator")
def show_rewrite(campaign_id: UUID) -> Response:
    """The same form with what a draft of the platform says."""
    row = _own_draft(campaign_id)
    here = f"/console/campaigns/{campaign_id}/rewrite"
    return _form(kind_of(row["benefit"]), here, row, row["settings"])


@blueprint.post("/console/campaigns/<uuid:campaign_id>/rewrite")
@sessions.page("operator")
def rewrite(campaign_id: UUID) -> Response | str:
    """Rewrite a draft; who rewrites it is its author."""
    kind = kind_of(_own_draft(campaign_id)["benefit"])
    if choices.is_finding():
        return _found(kind, f"/console/campaigns/{campaign_id}/rewrite")
    wish = _wish(kind)
    answer = calls.send("PUT", f"/campaigns/{campaign_id}", wish, key=forms.key())
    return frame.act(
        answer,
        then=f"/console/campaigns/{campaign_id}",
        done=t("草稿已修改"),
        again=lambda: show_rewrite(campaign_id),
    )


@blueprint.get("/console/campaigns/<uuid:campaign_id>")
@sessions.page(*READERS)
def show_campaign(campaign_id: UUID) -> Response:
    """A campaign, its figures and who got what of it."""
    after = forms.identity(forms.asked("after"))
    row = calls.read(f"/campaigns/{campaign_id}")
    kind = kind_of(row["benefit"])
    grants = calls.read(f"/campaigns/{campaign_id}/grants", after=after, limit=SHOWN)
    return frame.render(
        "console/campaign.html",
        row=row,
        kind=kind,
        rules=schema_forms.told(kind["form"], row["settings"]),
        audience=_audience(row["audience"]),
        grants=grants["grants"],
        following={"after": grants["next"]} if grants["next"] else {},
        is_first=after is None,
        is_mine=sessions.visitor().staff_id in (row["created_by"], *row["editors"]),
        here=f"/console/campaigns/{campaign_id}",
        is_promotion=row["benefit"] == PROMOTION
        and bool(sessions.visitor().roles & set(PROMOTION_READERS)),
    )


@blueprint.get("/console/campaigns/<uuid:campaign_id>/promotion-links")
@sessions.page(*PROMOTION_READERS)
def list_links(campaign_id: UUID) -> Response:
    """Who promotes what in a programme, and what came of each link, the newest first."""
    after = forms.identity(forms.asked("after"))
    found = calls.read(f"/campaigns/{campaign_id}/promotion-links", after=after, limit=SHOWN)
    return _promoted("console/promotion_links.html", campaign_id, found["links"], found["next"])


@blueprint.get("/console/campaigns/<uuid:campaign_id>/promotion-sales")
@sessions.page(*PROMOTION_READERS)
def list_sales(campaign_id: UUID) -> Response:
    """What a programme's links sold, the newest first."""
    after = forms.identity(forms.asked("after"))
    found = calls.read(f"/campaigns/{campaign_id}/promotion-sales", after=after, limit=SHOWN)
    return _promoted("console/promotion_sales.html", campaign_id, found["sales"], found["next"])


def _promoted(template: str, campaign_id: UUID, rows: list[Fields], following: Any) -> Response:
    return frame.render(
        template,
        rows=rows,
        row=calls.read(f"/campaigns/{campaign_id}"),
        home=f"/console/campaigns/{campaign_id}",
        following={"after": following} if following else {},
        is_first=not forms.asked("after"),
    )


@blueprint.post("/console/campaigns/<uuid:campaign_id>/<any(publish, pause, resume, end):step>")
@sessions.page("operator")
def turn(campaign_id: UUID, step: str) -> Response | str:
    """Publish somebody else's draft; pause, resume or end what runs."""
    wish = forms.body(text=("reason",)) if step in ("pause", "end") else None
    read = forms.body(whole=("revision",)) if step == "publish" else None
    path = f"/campaigns/{campaign_id}/{step}"
    answer = calls.send("POST", path, wish, query=read, key=forms.key())
    return _after(campaign_id, answer, t(DONE[step]))


@blueprint.post("/console/campaigns/<uuid:campaign_id>/money")
@sessions.page("operator")
def add_money(campaign_id: UUID) -> Response | str:
    """Add to the budget of one of the platform's."""
    wish = forms.body(fen=("amount_fen",))
    answer = calls.send("POST", f"/campaigns/{campaign_id}/money", wish, key=forms.key())
    return _after(campaign_id, answer, t("预算已追加"))


@blueprint.post("/console/campaigns/<uuid:campaign_id>/delete")
@sessions.page("operator")
def throw_away(campaign_id: UUID) -> Response | str:
    """Throw a draft away."""
    answer = calls.send("DELETE", f"/campaigns/{campaign_id}", key=forms.key())
    again = lambda: show_campaign(campaign_id)  # noqa: E731
    return frame.act(answer, then="/console/campaigns", done=t("草稿已删除"), again=again)


def _after(campaign_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"/console/campaigns/{campaign_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_campaign(campaign_id))


def _audience(said: Fields) -> list[tuple[str, Any]]:
    """Whom a campaign is for, in words; an end of an id for what the visitor may not read."""
    levels = calls.send("GET", "/member-levels").body.get("levels", []) if "levels" in said else []
    title = "name_en" if language() == "en" else "name"
    named = {each["id"]: each[title] for each in levels}
    for each in said.get("home_of_merchants", []):
        name = choices.merchant_called(each)
        named[each] = wording.short(each) if name == each else name
    return [
        (
            wording.word("audience", name),
            wording.moment(value)
            if isinstance(value, str)
            else Markup(" · ").join(named.get(each, wording.short(each)) for each in value),
        )
        for name, value in said.items()
    ]


def _own_draft(campaign_id: UUID) -> Fields:
    """Raises NotFound for what is published, or a merchant's to write."""
    row = calls.read(f"/campaigns/{campaign_id}")
    if row["status"] != "draft" or row["merchant_id"]:
        raise NotFound()
    return row


def _funders(kind: Fields) -> list[str]:
    """Who may pay a campaign of the platform."""
    return [each for each in kind["funders"] if each != OWN_FUNDER]


def _found(kind: Fields, here: str) -> Response:
    """The form with what was typed, and the offers that were looked for to choose from."""
    wish = _wish(kind)
    return _form(kind, here, wish, wish["settings"])


def _form(kind: Fields, here: str, row: Fields, settings: Fields) -> Response:
    audience = row.get("audience", {})
    times = ("starts_at", "ends_at")
    fields = schema_forms.inputs(kind["form"], settings)
    return frame.render(
        "console/campaign_form.html",
        kind=kind,
        row=row,
        times={name: forms.typed_instant(row.get(name)) for name in times},
        joined={
            name: forms.typed_instant(audience.get(name))
            for name in ("joined_from", "joined_before")
        },
        audience=audience,
        levels=calls.read("/member-levels")["levels"],
        funders=_funders(kind),
        fields=fields,
        finds_offers=schema_forms.asks_for(fields, "offer"),
        here=here,
    )


def _wish(kind: Fields) -> Fields:
    audience = forms.body(many=("home_of_merchants", "levels"))
    for name in ("joined_from", "joined_before"):
        if forms.text(name):
            audience[name] = forms.instant(name)
    return forms.body(text=("name", "name_en", "funder"), fen=("budget_fen",)) | {
        "benefit": kind["name"],
        "starts_at": forms.instant("starts_at"),
        "ends_at": forms.instant("ends_at"),
        "audience": audience,
        "settings": schema_forms.read(kind["form"]),
    }
