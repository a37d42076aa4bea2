"""Who gets merchants' parts of split payments: proposed by one of finance, confirmed by another."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.pages.console import calls, choices, forms, frame, people, sessions
from app.pages.console.areas import Area, entry
from app.pages.console.texts import t

blueprint = frame.pages("receivers", __name__)
HERE = "/console/sharing-receivers"
AREA = Area(blueprint, (entry(HERE, "分账接收方确认", "商家", "finance"),))
STATES = ("proposed", "confirmed", "declined")
RELATIONS = (
    "STORE", "STORE_OWNER", "STAFF", "SERVICE_PROVIDER", "PARTNER", "HEADQUARTER", "BRAND",
    "DISTRIBUTOR", "USER", "SUPPLIER",
)  # fmt: skip
SHOWN = 50


@blueprint.get(HERE)
@sessions.page("finance")
def list_proposals() -> Response:
    """Proposed receivers beside those in force, the oldest first."""
    return _list()


def _list(code: int = 200) -> Response:
    status, after = forms.asked("status", *STATES), forms.identity(forms.asked("after"))
    rows = calls.read("/sharing-receiver-proposals", status=status, after=after)["proposals"]
    return frame.render(
        "console/sharing_receivers.html",
        status=code,
        rows=rows,
        member_choices=people.members,
        states=STATES,
        relations=RELATIONS,
        current=status,
        following={"status": status, "after": rows[-1]["id"]} if len(rows) == SHOWN else {},
        first={"status": status} if after else None,
    )


@blueprint.post(HERE)
@sessions.page("finance")
def propose() -> Response | str:
    """Say who is to get a merchant's part, for somebody else to confirm."""
    if choices.is_finding():
        return _list(people.find())
    merchant_id = forms.identity(forms.text("merchant_id")) or UUID(int=0)
    wish = forms.body(text=("account", "member_id", "name", "relation"))
    path = f"/merchants/{merchant_id}/sharing-receiver"
    answer = calls.send("PUT", path, wish, key=forms.key())
    done = t("已提交，等待另一人确认")
    return frame.act(answer, then=HERE, done=done, again=list_proposals)


@blueprint.post(f"{HERE}/<uuid:receiver_id>/<any(confirm, decline):word>")
@sessions.page("finance")
def decide(receiver_id: UUID, word: str) -> Response | str:
    """Let the merchant's part go there, or not."""
    wish = forms.body(text=("reason",)) | {"is_confirmed": word == "confirm"}
    path = f"/sharing-receiver-proposals/{receiver_id}/decision"
    answer = calls.send("POST", path, wish, key=forms.key())
    return frame.act(answer, then=HERE, done=t("已记录决定"), again=list_proposals)
