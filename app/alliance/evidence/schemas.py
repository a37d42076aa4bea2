"""What the evidence page answers."""

from __future__ import annotations

from uuid import UUID

from app.core.schemas import Moment, View


class PartiesView(View):
    """Whom a binding names; a member's name is not shown."""

    recommender_kind: str
    recommender_id: UUID
    recommender_name: str | None
    home_store_id: UUID | None
    home_store_name: str | None


class CodeView(View):
    """The code that was scanned. `kind`: S store, A amount, M member, P salesperson, O platform.

    `issued_by` is for staff; null for codes that were never printed by anybody."""

    scene: str
    kind: str
    issued_at: Moment | None
    issued_by: UUID | None


class PresentView(PartiesView):
    """The binding that holds."""

    channel: str
    bound_at: Moment
    home_store_at: Moment | None
    code: CodeView | None


class FormerView(PartiesView):
    """A binding that another took the place of."""

    why: str
    replaced_at: Moment


class CorrectedView(View):
    """A correction that was carried out. Reason and staff are null for members."""

    id: UUID
    before: PartiesView | None
    after: PartiesView | None
    decided_at: Moment
    reason: str | None
    proposed_by: UUID | None
    decided_by: UUID | None


class MergedView(View):
    """Two accounts of the person became one."""

    absorbed_id: UUID
    survivor_id: UUID
    merged_at: Moment
    undone_at: Moment | None


class BindingEvidenceView(View):
    """What is on record about who brought a member, oldest first, at most 50 of each kind.

    `text` (Chinese) and `text_en` say the same to read, a line each."""

    member_id: UUID
    binding: PresentView | None
    former: list[FormerView]
    corrections: list[CorrectedView]
    merges: list[MergedView]
    text: str
    text_en: str
