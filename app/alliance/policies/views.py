"""Split policies as staff see them. Reads in the current unit of work; holds no rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.alliance.models import SplitPolicy
from app.alliance.policies import publishing, rules, versions
from app.alliance.policies.drafts import policy_of
from app.alliance.policies.models import PolicyDraft, PolicyRelease
from app.alliance.policies.schemas import PolicyDraftRequest
from app.alliance.policies.wording import FAULTS, LIMITS, PARTIES
from app.alliance.rules import FUNDS, WHOLE_BP, Party, Policy, next_of, portion_fen
from app.alliance.settlement.sealing import beijing_time

Fields = dict[str, Any]
CONTENT = ("name", "shares_bp", "fallbacks", "one_person_one_share", "created_at")


def versions_view(rows: Sequence[SplitPolicy]) -> list[Fields]:
    """Versions, each with where it stands."""
    status = publishing.statuses(rows)
    found = {each.policy_id: each for each in publishing.releases_of({row.name for row in rows})}
    return [_version(row, status[row.id], found.get(row.id)) for row in rows]


def _version(row: SplitPolicy, status: str, release: PolicyRelease | None) -> Fields:
    since = release.takes_effect_at if release else None
    return {
        "id": row.id,
        "version": row.version,
        **{name: getattr(row, name) for name in CONTENT},
        "status": status,
        "takes_effect_at": since,
        "takes_effect_in_beijing": beijing_time(since) if since else None,
    }


def whole_version(row: SplitPolicy) -> Fields:
    """A version with its totals and its history."""
    (shown,) = versions_view([row])
    released = [each for each in publishing.releases_of({row.name}) if each.policy_id == row.id]
    release = released[0] if released else None
    return shown | {
        "totals": rules.totals(policy_of(row)),
        "created_by": row.created_by,
        "published_by": release.published_by if release else None,
        "withdrawn_at": release.withdrawn_at if release else None,
        "withdrawal_reason": release.withdrawal_reason if release else None,
    }


def draft_view(row: PolicyDraft) -> Fields:
    """A draft with what is wrong with it, or its totals."""
    names = ("id", "note", "revision", "status", "editors", "policy_id", "changed_at")
    shown = {name: getattr(row, name) for name in (*CONTENT, *names)}
    return shown | _judged(policy_of(row))


def _judged(policy: Policy) -> Fields:
    faults = [fault.view() for fault in versions.faults_of(policy)]
    return {"faults": faults, "totals": [] if faults else rules.totals(policy)}


def example(policy: Policy, amount_fen: int, concession_bp: int) -> Fields:
    """A policy tried on one sale."""
    concession = portion_fen(amount_fen, concession_bp)
    shown = _judged(policy) | {"concession_fen": concession}
    return shown | {"cases": [] if shown["faults"] else rules.examples(policy, concession)}


def editor_model() -> Fields:
    """Parties, limits, faults and the form of a draft."""
    caps = versions.caps()
    values = {"recommender_cap": caps.recommender_bp, "promoter_cap": caps.promoter_bp}
    return {
        "whole_bp": WHOLE_BP,
        "parties": [_party(party) for party in Party],
        "limits": [
            {"code": code, "value_bp": values.get(code), "note": zh, "note_en": en}
            for code, (zh, en) in LIMITS.items()
        ],
        "faults": {code: text[0] for code, text in FAULTS.items()},
        "request": PolicyDraftRequest.model_json_schema(),
    }


def _party(party: Party) -> Fields:
    caps = versions.caps()
    cap = caps.recommender_bp if party in rules.BRINGING else None
    cap = caps.promoter_bp if party is Party.PROMOTER else cap
    is_always = party in FUNDS
    others = [each.value for each in Party if each is not party]
    return {
        "party": party.value,
        "title": PARTIES[party][0],
        "title_en": PARTIES[party][1],
        "is_fund": party in FUNDS,
        "always_exists": is_always,
        "default_fallback": None if is_always else next_of(Policy({}, {}), party).value,
        "may_fall_to": [] if is_always else others,
        "cap_bp": cap,
    }
