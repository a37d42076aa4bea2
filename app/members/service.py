"""The door of this room: who is a member, and who brought them. See the modules for the rules.

What changes something works in the current unit of work and on the database only; what only
reads works inside a unit and outside.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.core.world import now
from app.members import bindings, identities
from app.members.authorisation.errors import RecommendingSuspended
from app.members.authorisation.service import State as AuthorisationState
from app.members.authorisation.service import decide as decide_authorisation
from app.members.authorisation.service import may_recommend
from app.members.authorisation.service import state_of as authorisation_state
from app.members.authorisation.service import steps_of as authorisation_steps
from app.members.bindings import (
    Bound,
    Introduction,
    Recommended,
    RecommenderKind,
    bind,
    binding,
    bindings_of,
    present,
    recommended_by,
    recommended_count,
    require_present,
    today,
)
from app.members.corrections.errors import HomeStoreUnfit
from app.members.errors import (
    AlreadyBound,
    BindingLoop,
    CannotMerge,
    CannotUndo,
    HomeStoreChosen,
    MemberMerged,
    MemberUnknown,
    RecommenderUnknown,
    SelfBinding,
)
from app.members.evidence import Corrected, Evidence, Former, Merged, evidence
from app.members.flocks import Flock, SuspectedPair, flocks, suspected_pairs
from app.members.freshness import require_fresh
from app.members.homes import at_home, move_home
from app.members.jobs import recognise
from app.members.joining_counts import first_joined_at, joined_between
from app.members.merging import merge, merge_pasts, merging
from app.members.own_data.deletion import (
    come_back,
    erasing,
    given_up_asked,
    remaining_asked,
)
from app.members.past import past_asked
from app.members.real_name.reveals import counts_asked, note_disclosure, require_reveal_left
from app.members.real_name.rules import masked_name, normal_card, normal_mobile
from app.members.real_name.service import RealName, bank_card_of, real_name_of
from app.members.recognition import Comer, settled
from app.members.recommenders import brought_count, person_asked, target_asked
from app.members.registration import (
    JOINED,
    SAME_PERSON,
    Profile,
    Registered,
    attach,
    note_follow,
    note_unfollow,
    profile,
    register,
    same_person,
)
from app.members.reviews import (
    MergedWithPast,
    everyone_of,
    merged_with_past,
    persons_of,
    same_person_count,
)
from app.members.trees import top_of
from app.members.unmerging import undo, unmerging

__all__ = [
    "JOINED",
    "SAME_PERSON",
    "AlreadyBound",
    "AuthorisationState",
    "BindingLoop",
    "Bound",
    "CannotMerge",
    "CannotUndo",
    "Comer",
    "Corrected",
    "Evidence",
    "Flock",
    "Former",
    "HomeStoreChosen",
    "HomeStoreUnfit",
    "Introduction",
    "MemberMerged",
    "MemberUnknown",
    "Merged",
    "MergedWithPast",
    "Profile",
    "RealName",
    "Recommended",
    "RecommenderKind",
    "RecommenderUnknown",
    "RecommendingSuspended",
    "Registered",
    "SelfBinding",
    "SuspectedPair",
    "at_home",
    "attach",
    "authorisation_state",
    "authorisation_steps",
    "bank_card_of",
    "bind",
    "binding",
    "bindings_of",
    "brought_count",
    "choose_home_store",
    "come_back",
    "counts_asked",
    "decide_authorisation",
    "erasing",
    "everyone_of",
    "evidence",
    "first_joined_at",
    "flocks",
    "given_up_asked",
    "joined_between",
    "linked_at",
    "masked_name",
    "may_recommend",
    "member_of",
    "merge",
    "merge_pasts",
    "merged_with_past",
    "merging",
    "move_home",
    "normal_card",
    "normal_mobile",
    "note_disclosure",
    "note_follow",
    "note_unfollow",
    "openid_of",
    "past_asked",
    "person_asked",
    "persons_of",
    "present",
    "profile",
    "real_name_of",
    "recognise",
    "recommended_by",
    "recommended_count",
    "register",
    "remaining_asked",
    "require_fresh",
    "require_present",
    "require_reveal_left",
    "same_person",
    "same_person_count",
    "settled",
    "suspected_pairs",
    "target_asked",
    "today",
    "top_of",
    "undo",
    "unmerging",
]


def member_of(app_id: str, openid: str) -> UUID | None:
    """The member who has this openid in this app, or None."""
    return identities.find(app_id, openid)


def openid_of(member_id: UUID, app_id: str) -> str | None:
    """The member's openid in one app; None if they are unknown there or have left it.

    Of a member who has become another one: the other's, for what was under way at that moment.
    """
    found = identities.openid_of(member_id, app_id)
    if found is not None:
        return found
    other_id = today(member_id)
    return None if other_id == member_id else identities.openid_of(other_id, app_id)


def linked_at(member_id: UUID, app_id: str) -> datetime | None:
    """When (UTC) the openid that the member has in this app became theirs; None without one."""
    return identities.linked_at(member_id, app_id)


def choose_home_store(member_id: UUID, store_id: UUID, at: datetime | None = None) -> UUID:
    """Sets the member's home store once (at the first top-up); the home store.

    The same store again is fine. Raises HomeStoreChosen where another one is home already, and
    MemberUnknown. That the store exists and is open is the caller's to check.
    """
    return bindings.choose_home_store(member_id, store_id, at or now())
