"""Finds an entry, decides whose it is, and has it explained; as plain values and as text.

Everybody sees entries of their own accounts; the platform's staff see all. What is somebody
else's (names, ids, what they bought) is not told.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from app.alliance.access import is_platform, owners_behind
from app.alliance.errors import EntryUnknown
from app.alliance.settlement.sealing import beijing_time
from app.core.auth import Principal
from app.core.units import percent, yuan
from app.core.world import PLATFORM_ID
from app.ledger import service as ledger
from app.ledger.service import Asked, BookEntry, Explanation, Kind, Step, Viewer
from app.members import service as members

ENTRY = re.compile(
    r"(?P<journal>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-(?P<leg>\d{1,4}))?"
)


def explain(caller: Principal, entry_id: str) -> dict[str, Any]:
    """What the caller may know of an entry (`journal-leg`), or of all their entries of a journal;
    in the current unit of work. Raises EntryUnknown, also for what is not theirs."""
    place = ENTRY.fullmatch(entry_id)
    if place is None:
        raise EntryUnknown()
    try:
        journal, posted_at, entries = ledger.entries_of(UUID(place["journal"]))
    except ledger.NoSuchJournal as error:
        raise EntryUnknown() from error
    leg = int(place["leg"]) if place["leg"] else None
    wanted = [entry for entry in entries if leg is None or entry.leg == leg]
    viewer = _viewer(caller, wanted)
    seen = tuple(entry for entry in wanted if viewer.may_know(entry.owner_id))
    if not seen:
        raise EntryUnknown()
    kind = ledger.kind_of(journal.kind)
    asked = Asked(journal, posted_at, seen, viewer)
    told = kind.explainer(asked)
    return _shown(entry_id, asked, kind, told)


def _viewer(caller: Principal, wanted: list[BookEntry]) -> Viewer:
    if caller.kind == "member":
        own = owners_behind(caller.id)
        others = {entry.owner_id for entry in wanted} - own - {PLATFORM_ID}
        own |= {each for each in others if members.today(each) == caller.id}
        return Viewer(frozenset(own))
    if is_platform(caller):
        return Viewer(frozenset(), is_platform=True)
    return Viewer(frozenset({caller.merchant_id} if caller.merchant_id else ()))


def _shown(entry_id: str, asked: Asked, kind: Kind, told: Explanation) -> dict[str, Any]:
    journal = asked.journal
    return {
        "id": entry_id,
        "journal_id": str(journal.id),
        "kind": journal.kind,
        "title": kind.title[0],
        "title_en": kind.title[1],
        "posted_at": asked.posted_at.isoformat(),
        "rule": told.rule,
        "subject": {"kind": told.subject, "id": str(journal.reference_id)},
        "reverses_id": str(journal.reverses_id) if journal.reverses_id else None,
        "entries": [_entry(journal.id, entry) for entry in asked.entries],
        "versions": [
            {"kind": each.kind, "id": str(each.id), "version": each.version, "name": each.name}
            for each in told.versions
        ],
        "steps": [_step(step) for step in told.steps],
        "binding": told.binding,
        "facts": told.facts,
        "text": _text(asked, kind, told, 0),
        "text_en": _text(asked, kind, told, 1),
    }


def _entry(journal_id: UUID, entry: BookEntry) -> dict[str, Any]:
    title, title_en = ledger.account_title(entry.account)
    return {
        "id": f"{journal_id}-{entry.leg}",
        "account": entry.account.label,
        "account_title": title,
        "account_title_en": title_en,
        "owner_id": str(entry.owner_id),
        "lot_id": str(entry.lot_id) if entry.lot_id else None,
        "amount_fen": entry.amount_fen,
        "balance_fen": entry.balance_fen,
        "ledger_version": entry.version,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "text": step.text[0],
        "text_en": step.text[1],
        "base_fen": step.base_fen,
        "rate_bp": step.rate_bp,
        "result_fen": step.result_fen,
        "remainder": step.remainder,
    }


def _text(asked: Asked, kind: Kind, told: Explanation, language: int) -> list[str]:
    """The whole explanation, a line each: 0 Chinese, 1 English."""
    at = beijing_time(asked.posted_at)
    lines = [(f"{kind.title[0]}，北京时间 {at}", f"{kind.title[1]}, {at} in Beijing")]
    for entry in asked.entries:
        zh, en = ledger.account_title(entry.account)
        sign = "+" if entry.amount_fen > 0 else ""
        lines.append(
            (
                f"{zh} {sign}{yuan(entry.amount_fen)} 元",
                f"{en} {sign}{yuan(entry.amount_fen)} yuan",
            )
        )
    lines += told.sentences
    for version in told.versions:
        named = f" {version.name}" if version.name else ""
        zh, en = _VERSIONS.get(version.kind, (version.kind, version.kind))
        lines.append(
            (f"{zh}{named} 第 {version.version} 版", f"{en}{named}, version {version.version}")
        )
    lines += [_arithmetic(step) for step in told.steps]
    lines += _evidence(told.binding)
    return [line[language] for line in lines]


_VERSIONS = {"policy": ("分配方案", "Split policy"), "contract": ("合同", "Contract")}


def _arithmetic(step: Step) -> tuple[str, str]:
    result = yuan(step.result_fen)
    zh, en = step.text
    if step.base_fen is None or step.rate_bp is None:
        of = ("", "") if step.base_fen is None else _of(step.base_fen)
        return f"{zh}：{result} 元{of[0]}", f"{en}: {result} yuan{of[1]}"
    sum_ = f"{yuan(step.base_fen)} × {percent(step.rate_bp)} %"
    left = f"{step.remainder}/10000" if step.remainder else ""
    return (
        f"{zh}：{sum_} → {result} 元" + (f"（余 {left} 分）" if left else ""),
        f"{en}: {sum_} → {result} yuan" + (f" (remainder {left} fen)" if left else ""),
    )


def _of(base_fen: int) -> tuple[str, str]:
    return f"（原 {yuan(base_fen)} 元）", f" (of {yuan(base_fen)})"


def _evidence(binding: dict[str, Any] | None) -> list[tuple[str, str]]:
    if binding is None:
        return []
    day = binding["bound_at"][:10]
    lines = [
        (f"归属依据：{day} 绑定", f"Evidence: bound on {day}"),
    ]
    if binding.get("channel"):
        lines = [
            (
                f"归属依据：{day} 经 {binding['channel']} 绑定",
                f"Evidence: bound on {day} by {binding['channel']}",
            )
        ]
    if binding["is_corrected_since"]:
        lines.append(
            ("该归属后来经工作人员更正。", "It was corrected by staff since; past shares stay.")
        )
    return lines
