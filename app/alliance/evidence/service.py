"""A binding's record with the names of this room, for the member (their own) and for staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.alliance import catalogue
from app.alliance.errors import MerchantUnknown, SalespersonUnknown, StoreUnknown
from app.alliance.evidence import wording
from app.members import service as members
from app.qr import service as qr

Fields = dict[str, Any]
STAFF_ONLY = ("reason", "proposed_by", "decided_by")


def told(member_id: UUID, *, for_staff: bool) -> Fields:
    """The record, in the current unit of work. Raises members' MemberUnknown.

    Members are not told which of the staff corrected it and their words, nor who printed a code.
    """
    members.profile(member_id)
    found = members.evidence(member_id)
    shown: Fields = {
        "member_id": member_id,
        "binding": None,
        "former": [
            _named(each.binding) | {"why": each.why, "replaced_at": each.replaced_at}
            for each in found.former
        ],
        "corrections": [_correction(each, for_staff) for each in found.corrections],
        "merges": [asdict(each) for each in found.merges],
    }
    if found.binding is not None:
        present = asdict(found.binding)
        shown["binding"] = _named(present) | {
            "channel": found.binding.channel,
            "bound_at": found.binding.bound_at,
            "home_store_at": found.home_store_at,
            "code": _code(found.binding.scene, for_staff),
        }
    lines = wording.lines(shown)
    shown["text"] = "\n".join(zh for zh, _ in lines)
    shown["text_en"] = "\n".join(en for _, en in lines)
    return shown


def _correction(each: Any, for_staff: bool) -> Fields:
    shown = asdict(each)
    for name in ("before", "after"):
        shown[name] = _named(shown[name]) if shown[name] else None
    return shown if for_staff else shown | dict.fromkeys(STAFF_ONLY)


def _named(binding: Mapping[str, Any]) -> Fields:
    """A binding's parties with their names, as far as they still have one."""
    kind, recommender_id = str(binding["recommender_kind"]), _uuid(binding["recommender_id"])
    home_store_id = _uuid(binding["home_store_id"])
    return {
        "recommender_kind": kind,
        "recommender_id": recommender_id,
        "recommender_name": _name(kind, recommender_id),
        "home_store_id": home_store_id,
        "home_store_name": _store_name(home_store_id),
    }


def _name(kind: str, recommender_id: UUID | None) -> str | None:
    if recommender_id is None:
        return None
    try:
        if kind == "merchant":
            return catalogue.merchant(recommender_id).name
        if kind == "salesperson":
            return catalogue.salesperson(recommender_id).name
    except (MerchantUnknown, SalespersonUnknown):
        return None
    return None


def _store_name(store_id: UUID | None) -> str | None:
    if store_id is None:
        return None
    try:
        return catalogue.store(store_id).name
    except StoreUnknown:
        return None


def _code(scene: str | None, for_staff: bool) -> Fields | None:
    if scene is None:
        return None
    issued = qr.issued(scene)
    return {
        "scene": scene,
        "kind": scene[:1],
        "issued_at": issued.at if issued else None,
        "issued_by": issued.by if issued and for_staff else None,
    }


def _uuid(value: Any) -> UUID | None:
    return value if isinstance(value, UUID) or value is None else UUID(str(value))
