"""Split policies: versions, drafts with a live example, published by who did not write them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from app.pages.console import calls, forms, frame, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("policies", __name__)
READERS = ("operator", "finance", "support")
PUBLISHERS = ("operator", "finance")
HERE = "/console/policies"
AREA = Area(blueprint, (entry(HERE, "让利分配方案", "营销", *READERS),))
SHOWN = 50
EXAMPLE_FEN, EXAMPLE_BP = 10_000, 1_000
Fields = dict[str, Any]


@blueprint.get(HERE)
@sessions.page(*READERS)
def list_policies() -> Response:
    """Drafts, or versions, of all families or of one."""
    what = forms.asked("what", "versions", "drafts")
    chosen = {"what": what, "name": forms.asked("name")}
    after = forms.identity(forms.asked("after"))
    path, key = ("/policies", "policies") if what == "versions" else ("/policies/drafts", "drafts")
    rows = calls.read(path, after=after, name=chosen["name"])[key]
    return frame.render(
        "console/policies.html",
        rows=rows,
        chosen=chosen,
        following=chosen | {"after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        is_first=after is None,
    )


@blueprint.get(f"{HERE}/<uuid:policy_id>")
@sessions.page(*READERS)
def show_version(policy_id: UUID) -> Response:
    """One version: what each party gets, where it falls, and when it counts."""
    row = calls.read(f"/policies/{policy_id}")
    here = f"{HERE}/{policy_id}"
    return frame.render("console/policy.html", row=row, parties=_parties(), here=here)


@blueprint.post(f"{HERE}/<uuid:policy_id>/withdraw")
@sessions.page(*PUBLISHERS)
def withdraw(policy_id: UUID) -> Response | str:
    """Take a version back before it takes effect."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/policies/{policy_id}/withdraw", wish, key=forms.key())
    then, again = f"{HERE}/{policy_id}", lambda: show_version(policy_id)
    return frame.act(answer, then=then, done=t("已撤回，不会生效"), again=again)


@blueprint.get(f"{HERE}/drafts/new")
@sessions.page("operator")
def show_new() -> Response:
    """An editor, with what an earlier version says where one is named."""
    source = forms.identity(forms.asked("from"))
    return _editor(calls.read(f"/policies/{source}") if source else {}, f"{HERE}/drafts")


@blueprint.post(f"{HERE}/drafts")
@sessions.page("operator")
def write() -> Response | str:
    """Begin a draft."""
    answer = calls.send("POST", "/policies/drafts", _content(), key=forms.key())
    then = f"{HERE}/drafts/{answer.body.get('id')}"
    return frame.act(answer, then=then, done=t("草稿已保存"), again=show_new)


@blueprint.get(f"{HERE}/drafts/<uuid:draft_id>")
@sessions.page(*READERS)
def show_draft(draft_id: UUID) -> Response:
    """A draft with its faults; its editor, and what may be done with it."""
    row = calls.read(f"/policies/drafts/{draft_id}")
    return _editor(row, f"{HERE}/drafts/{draft_id}")


@blueprint.post(f"{HERE}/drafts/<uuid:draft_id>")
@sessions.page("operator")
def change(draft_id: UUID) -> Response | str:
    """Write a draft anew, over the revision that was read."""
    wish = _content() | forms.body(whole=("revision",))
    answer = calls.send("PUT", f"/policies/drafts/{draft_id}", wish, key=forms.key())
    return _after(draft_id, answer, t("草稿已修改"))


@blueprint.post(f"{HERE}/drafts/<uuid:draft_id>/discard")
@sessions.page("operator")
def discard(draft_id: UUID) -> Response | str:
    """Close a draft that nobody wants."""
    wish = forms.body(whole=("revision",))
    answer = calls.send("POST", f"/policies/drafts/{draft_id}/discard", wish, key=forms.key())
    return _after(draft_id, answer, t("草稿已作废"))


@blueprint.post(f"{HERE}/drafts/<uuid:draft_id>/publish")
@sessions.page(*PUBLISHERS)
def publish(draft_id: UUID) -> Response | str:
    """Make it the next version, now or at a moment to come."""
    wish = forms.body(whole=("revision",))
    if forms.text("takes_effect_at"):
        wish["takes_effect_at"] = forms.instant("takes_effect_at")
    answer = calls.send("POST", f"/policies/drafts/{draft_id}/publish", wish, key=forms.key())
    then, again = f"{HERE}/{answer.body.get('id')}", lambda: show_draft(draft_id)
    return frame.act(answer, then=then, done=t("已发布为新版本"), again=again)


@blueprint.post(f"{HERE}/example")
@sessions.page(*READERS)
def show_example() -> Response:
    """A part of the editor: the policy as it is typed now, tried on one sale. Stores nothing."""
    sale = forms.body(fen=("amount_fen",), bp=("concession_bp",))
    wish = {name: value for name, value in _content().items() if name not in ("name", "note")}
    return frame.render("console/policy_example.html", **_tried(wish | sale))


def _after(draft_id: UUID, answer: calls.Answer, done: str) -> Response | str:
    then = f"{HERE}/drafts/{draft_id}"
    return frame.act(answer, then=then, done=done, again=lambda: show_draft(draft_id))


def _parties() -> dict[str, Fields]:
    return {each["party"]: each for each in calls.read_once("/policies/model")["parties"]}


def _content() -> Fields:
    """What the editor holds: shares in per cent, none where nothing was typed."""
    names = _parties()
    shares = {party: forms.basis_points(f"share-{party}") for party in names}
    falls = {party: forms.text(f"fall-{party}") for party in names}
    return {
        "name": forms.text("name"),
        "note": forms.text("note"),
        "shares_bp": {party: share for party, share in shares.items() if share not in ("", 0)},
        "fallbacks": {party: to for party, to in falls.items() if to},
        "one_person_one_share": forms.flag("one_person_one_share"),
    }


def _tried(wish: Fields) -> Fields:
    """What the example came to, or why it was refused, for the part that shows it."""
    answer = calls.send("POST", "/policies/example", wish)
    why = frame.refusal_of(answer) if answer.is_refused else None
    return {"tried": answer.body, "why": why, "parties": _parties()}


def _editor(row: Fields, here: str) -> Response:
    content = ("shares_bp", "fallbacks", "one_person_one_share")
    said = {name: row[name] for name in content} if row else {"shares_bp": {}, "fallbacks": {}}
    visitor = sessions.visitor()
    is_open = row.get("status", "open") == "open" or here.endswith("/drafts")
    example = {"amount_fen": EXAMPLE_FEN, "concession_bp": EXAMPLE_BP}
    return frame.render(
        "console/policy_draft.html",
        row=row,
        said=said,
        model=calls.read_once("/policies/model"),
        here=here,
        is_new=here.endswith("/drafts"),
        is_open=is_open,
        may_write=is_open and "operator" in visitor.roles,
        may_publish=is_open and bool(visitor.roles & set(PUBLISHERS)),
        is_mine=visitor.staff_id in row.get("editors", ()),
        **_tried(said | example),
    )
