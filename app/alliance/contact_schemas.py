"""Shapes of what is said of a merchant's contacts."""

from __future__ import annotations

from uuid import UUID

from app.core.schemas import Body, View


class ContactRequest(Body):
    """A member who speaks for a merchant, and whether they may take its money out."""

    member_id: UUID
    may_withdraw: bool = False


class ContactView(View):
    """A merchant's contact."""

    merchant_id: UUID
    member_id: UUID
    may_withdraw: bool


class ContactPage(View):
    """A page of a merchant's contacts, in the order of their ids."""

    contacts: list[ContactView]
