"""Shapes of requests and answers about netting. Amounts in fen, days in Beijing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.core.schemas import Body, Moment, View


class NettingRequest(Body):
    """Which business days to net, both included; they follow those netted before."""

    begins_on: date
    ends_on: date


class NettingHead(View):
    """The netting of a period: what was spent, what pairs owe each other, what remains of it."""

    id: UUID
    begins_on: date
    ends_on: date
    sale_count: int
    refund_count: int
    spent_fen: int
    refunded_fen: int
    gross_fen: int
    netted_fen: int
    collected_fen: int
    hash: str
    created_by: UUID
    created_at: Moment


class OwnNetting(View):
    """The netting of a period as a merchant sees it."""

    id: UUID
    begins_on: date
    ends_on: date
    created_at: Moment


class NettingCellView(View):
    """Principal of the issuer's top-ups spent at the seller, and what of such went back."""

    issuer_id: UUID
    seller_id: UUID
    spent_fen: int
    refunded_fen: int


class NettingPositionView(View):
    """What the period comes to for a merchant."""

    merchant_id: UUID
    own_fen: int
    receivable_fen: int
    payable_fen: int
    net_fen: int
    from_pending_fen: int
    from_deposit_fen: int
    moves_fen: int


class NettingPage(View):
    """Nettings, newest first."""

    nettings: list[OwnNetting]


class NettingView(NettingHead):
    """A netting with its matrix and positions."""

    cells: list[NettingCellView]
    positions: list[NettingPositionView]


class OwnNettingView(OwnNetting):
    """A merchant's own row and column of a netting, and its position."""

    cells: list[NettingCellView]
    positions: list[NettingPositionView]
