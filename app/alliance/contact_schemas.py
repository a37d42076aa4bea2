"""Shapes of what is said of a merchant's contacts."""

from __future__ import annotations

from uuid import UUID

from app.core.schemas import Body, Moment, View


class ContactRequest(Body):
    """A member who speaks for a merchant, and whether they may take its money out."""

    member_id: UUID
    may_withdraw: bool = False


class ContactView(View):
    """A merchant's contact; `trust_asked_by`: who of staff wants them to take its money out, until
    somebody else has confirmed it."""

    merchant_id: UUID
    member_id: UUID
    may_withdraw: bool
    trust_asked_by: UUID | None
    trusted_at: Moment | None


class ContactPage(View):
    """A page of a merchant's contacts, in the order of their ids."""

    contacts: list[ContactView]


class ContactDecision(Body):
    """Whether a contact may take the merchant's money out, as somebody else asked for."""

    is_confirmed: bool
