"""Who brought whom: disputes, corrections with four eyes, members who are one person, rings."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.core.auth import PLATFORM_ROLES
from app.pages.console import calls, forms, frame, narrowing, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("binding", __name__)
READERS, PAIRS = ("operator", "support", "finance"), ("operator", "support")
AREA = Area(
    blueprint,
    (
        entry("/console/binding", "推荐关系", "会员", *READERS),
        entry("/console/merges", "疑似同一人", "会员", *PAIRS),
        entry("/console/rings", "可疑团伙", "会员", *PLATFORM_ROLES),
    ),
)
STATES = ("proposed", "applied", "declined")
SHOWN = 50
RING_STATES = ("open", "confirmed", "cleared")


@blueprint.get("/console/binding")
@sessions.page(*READERS)
def show_binding() -> Response:
    """Corrections in one state, and what members dispute."""
    state = forms.asked("state", *STATES)
    after = forms.identity(forms.asked("after"))
    corrections = calls.read("/binding-corrections", state=state, after=after)["corrections"]
    may_dispute = bool(sessions.visitor().roles & set(PAIRS))
    return frame.render(
        "console/binding.html",
        corrections=corrections,
        disputes=calls.read("/binding-disputes")["disputes"] if may_dispute else [],
        current=state,
        states=STATES,
        is_first=after is None,
    )


@blueprint.post("/console/binding/disputes/<uuid:dispute_id>/rejection")
@sessions.page("operator")
def reject_dispute(dispute_id: UUID) -> Response | str:
    """The binding stays; the member reads why."""
    wish = forms.body(text=("answer",))
    answer = calls.send("POST", f"/binding-disputes/{dispute_id}/rejection", wish)
    return frame.act(answer, then="/console/binding", done=t("已答复会员"), again=show_binding)


@blueprint.post("/console/binding/corrections/<uuid:correction_id>/decision")
@sessions.page("operator")
def decide_correction(correction_id: UUID) -> Response | str:
    """Carry out what somebody else proposed, or decline it."""
    wish = forms.body(text=("decision", "reason"))
    answer = calls.send("POST", f"/binding-corrections/{correction_id}/decision", wish)
    return frame.act(answer, then="/console/binding", done=t("已处理更正"), again=show_binding)


@blueprint.get("/console/merges")
@sessions.page(*PAIRS)
def show_merges() -> Response:
    """Members who seem to be one person."""
    return frame.render("console/merges.html", pairs=calls.read("/members/same-person")["members"])


@blueprint.get("/console/merges/done")
@sessions.page(*PAIRS)
def list_merges() -> Response:
    """Members who became one, the newest first, with undoing."""
    before, member_id = (forms.identity(forms.asked(name)) for name in ("before", "member_id"))
    found = calls.read("/members/merges", member_id=member_id, before=before, limit=SHOWN)
    chosen = {"member_id": member_id} if member_id else {}
    following = found["next_before"]
    return frame.render(
        "console/merges_done.html",
        rows=found["merges"],
        narrowing=narrowing.of("merges", member=member_id),
        following=chosen | {"before": following} if following else {},
        first=chosen if before else None,
    )


@blueprint.post("/console/merges/done/<uuid:merge_id>/undo")
@sessions.page("operator")
def undo_merge(merge_id: UUID) -> Response | str:
    """Make two members of one again; from then on two of the staff decide about them."""
    wish = forms.body(text=("reason",))
    answer = calls.send("POST", f"/members/merges/{merge_id}/undo", wish)
    done = t("已撤销合并，两个账户须重新登录")
    return frame.act(answer, then="/console/merges/done", done=done, again=list_merges)


@blueprint.get("/console/merges/<uuid:member_id>/<uuid:other_id>")
@sessions.page(*PAIRS)
def show_pair(member_id: UUID, other_id: UUID) -> Response:
    """A pair with what speaks for and against."""
    found = calls.read(f"/members/same-person/{member_id}/{other_id}")
    return frame.render(
        "console/merge.html", **found, here=f"/console/merges/{member_id}/{other_id}"
    )


@blueprint.post("/console/merges/<uuid:member_id>/<uuid:other_id>/<any(proposal, decision):step>")
@sessions.page(*PAIRS)
def decide_pair(member_id: UUID, other_id: UUID, step: str) -> Response | str:
    """Propose to merge or keep apart, or decide what somebody else proposed."""
    wish = forms.body(text=("proposal", "reason", "decision"))
    answer = calls.send("POST", f"/members/same-person/{member_id}/{other_id}/{step}", wish)
    done = t("建议已提交，等待另一人复核") if step == "proposal" else t("已处理")
    return frame.act(
        answer,
        then=f"/console/merges/{member_id}/{other_id}",
        done=done,
        again=lambda: show_pair(member_id, other_id),
    )


@blueprint.get("/console/rings")
@sessions.page(*PLATFORM_ROLES)
def show_rings() -> Response:
    """What ring detection found, in one state."""
    state = forms.asked("state", *RING_STATES)
    found = calls.read("/rings", state=state, after=forms.identity(forms.asked("after")))["rings"]
    return frame.render("console/rings.html", rings=found, current=state, states=RING_STATES)


@blueprint.get("/console/rings/<uuid:ring_id>")
@sessions.page(*PLATFORM_ROLES)
def show_ring(ring_id: UUID) -> Response:
    """One finding with every decision about it."""
    return frame.render(
        "console/ring.html", ring=calls.read(f"/rings/{ring_id}"), here=f"/console/rings/{ring_id}"
    )


@blueprint.post("/console/rings/<uuid:ring_id>/decision")
@sessions.page("operator", "reviewer")
def decide_ring(ring_id: UUID) -> Response | str:
    """Clear or confirm it, or open it again."""
    answer = calls.send("POST", f"/rings/{ring_id}/decision", forms.body(text=("state", "reason")))
    return frame.act(
        answer,
        then=f"/console/rings/{ring_id}",
        done=t("已记录结论"),
        again=lambda: show_ring(ring_id),
    )
