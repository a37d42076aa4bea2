"""Who is looked for in a form: members by verified number or id, others by name.

What is typed stands in no address. Of a member no more is shown than on their page: the end of the
id, and the number in part.
"""

from __future__ import annotations

from uuid import UUID

from flask import g

from app.pages.console import calls, choices, forms, frame, wording

Found = dict[str, str]


def looked_for(wanted: str) -> calls.Answer:
    """Members with a verified number or an id; each search is on record."""
    typed = wanted.replace(" ", "")
    wish = {"phone": typed} if typed.lstrip("+").isdigit() else {"member_id": typed}
    return calls.send("POST", "/members/search", wish)


def find() -> int:
    """Looks for whom the form names: they are among its choices then. The status of the page that
    shows them. What is no person is looked for by its own choices."""
    g.people_found, g.is_nobody_found = {}, False
    if choices.is_finding_for("members"):
        return _find_members("members")
    if choices.is_finding_for("salespeople"):
        return _keep("salespeople", choices.salespeople_named(choices.words("salespeople")))
    if not choices.is_finding_for("recommenders"):
        return 200
    kind, wanted = forms.text("recommender_kind"), choices.words("recommenders")
    if kind == "member":
        return _find_members("recommenders")
    if kind == "merchant":
        return _keep("recommenders", choices.merchants_named(wanted))
    if kind == "salesperson":
        return _keep("recommenders", choices.salespeople_named(wanted))
    return 200


def members(*chosen: str) -> choices.Choices:
    """Members who were found, and who was chosen before."""
    return _named(_found().get("members", {}), chosen, "member")


def recommenders(*chosen: str) -> choices.Choices:
    """Recommenders of the kind that the form names who were found, and who was chosen before."""
    return _named(_found().get("recommenders", {}), chosen, forms.text("recommender_kind"))


def salespeople(*chosen: str) -> choices.Choices:
    """Salespeople by name: some of all, or those who were found; and who was chosen before."""
    found = _found().get("salespeople") or choices.salespeople_named("")
    return _named(found, chosen, "salesperson")


def called(kind: str, identity: str | None) -> str:
    """What somebody is called whose id a form holds; what was typed where it is nobody's, and
    nothing for nobody."""
    if not identity:
        return ""
    try:
        path = f"/{PLACES[kind]}/{UUID(identity)}"
    except (KeyError, ValueError):
        return identity
    if kind == "merchant":
        return choices.merchant_called(identity)
    answer = calls.send("GET", path)
    if answer.is_refused:
        return identity
    if kind == "member":
        return _member_called(answer.body)
    return str(answer.body["username" if kind == "staff" else "name"])


PLACES = {
    "member": "members",
    "merchant": "merchants",
    "salesperson": "salespeople",
    "staff": "staff",
}


def members_like(wanted: str) -> Found | calls.Answer:
    """Members with a verified number or an id, by id; the API's refusal of what is neither."""
    answer = looked_for(wanted)
    if answer.is_refused:
        return answer
    ids = [each["member_id"] for each in answer.body["members"]]
    return {each: called("member", each) for each in ids}


def _find_members(kind: str) -> int:
    found = members_like(choices.words(kind))
    return frame.refuse(found) if isinstance(found, calls.Answer) else _keep(kind, found)


def _keep(kind: str, found: Found) -> int:
    g.people_found, g.is_nobody_found = {kind: found}, not found
    return 200


def _found() -> dict[str, Found]:
    found: dict[str, Found] = g.get("people_found", {})
    return found


def _named(found: Found, chosen: tuple[str, ...], owner: str) -> choices.Choices:
    return list(choices.with_chosen(found, chosen, lambda each: called(owner, each)).items())


def _member_called(member: calls.Fields) -> str:
    name = f"{wording.word('owner', 'member')} …{member['member_id'][-8:]}"
    return f"{name} · {member['phone']}" if member["phone"] else name
