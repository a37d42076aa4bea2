"""Campaigns and grants as staff and members see them. Reads only, in the current unit of work."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, select

from app.alliance import service as alliance
from app.benefits import audience, campaigns, pots
from app.benefits.contract import Benefit, Terms
from app.benefits.models import Campaign, Grant
from app.benefits.registry import benefit, benefits
from app.core.db import db
from app.core.world import now

Fields = dict[str, Any]


def described(kind: Benefit) -> Fields:
    """A kind, with the schema that its form is drawn from."""
    return {
        "name": kind.name,
        "title": kind.title[0],
        "title_en": kind.title[1],
        "funders": list(kind.funders),
        "form": _form(kind.settings),
        "example": dict(kind.example),
    }


@cache
def _form(settings: type[BaseModel]) -> Fields:
    """The schema of a kind's settings, drawn up once: to be read, never changed."""
    return settings.model_json_schema()


def page(*conditions: ColumnElement[bool], after: UUID | None, limit: int) -> Fields:
    """Campaigns, the newest first."""
    statement = select(Campaign).where(*conditions)
    if after is not None:
        statement = statement.where(Campaign.id < after)
    rows = db.session.scalars(statement.order_by(Campaign.id.desc()).limit(limit + 1)).all()
    names = alliance.merchant_names(row.merchant_id for row in rows)
    told = [_columns(row) | {"merchant_name": names.get(row.merchant_id)} for row in rows[:limit]]
    return {"campaigns": told, "next": rows[limit - 1].id if len(rows) > limit else None}


def kept(row: Campaign) -> Fields:
    """A campaign with what is left of its money."""
    names = alliance.merchant_names([row.merchant_id])
    named = {"merchant_name": names.get(row.merchant_id)}
    return _columns(row) | named | {"left_fen": pots.left_fen(row.id)}


def _columns(row: Campaign) -> Fields:
    """The row as plain values."""
    return {each.key: getattr(row, each.key) for each in Campaign.__mapper__.column_attrs}


def report(row: Campaign) -> Fields:
    """What a campaign has given so far, and its kind's own figures."""
    net = Grant.amount_fen - Grant.taken_back_fen
    totals = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(net), 0),
            func.coalesce(func.sum(Grant.taken_back_fen), 0),
            func.coalesce(func.sum(Grant.tax_fen), 0),
            func.count(Grant.owner_id.distinct()),
        ).where(Grant.campaign_id == row.id)
    ).one()
    names = ("grant_count", "given_fen", "taken_back_fen", "tax_fen", "receivers")
    terms, kind = campaigns.terms_of(row), benefit(row.benefit)
    promised_fen = kind.promised_fen(terms) if row.status != "draft" else 0
    figures = kind.report(terms) if row.status != "draft" else ()
    return (
        kept(row)
        | dict(zip(names, map(int, totals), strict=True))
        | {
            "promised_fen": promised_fen,
            "figures": [
                {
                    "code": each.code,
                    "title": each.title[0],
                    "title_en": each.title[1],
                    "count": each.count,
                    "amount_fen": each.amount_fen,
                }
                for each in figures
            ],
        }
    )


def grants(*conditions: ColumnElement[bool], after: UUID | None, limit: int) -> Fields:
    """Grants, the newest first."""
    statement = select(Grant).where(*conditions)
    if after is not None:
        statement = statement.where(Grant.id < after)
    rows = db.session.scalars(statement.order_by(Grant.id.desc()).limit(limit + 1)).all()
    return {"grants": rows[:limit], "next": rows[limit - 1].id if len(rows) > limit else None}


def running(member_id: UUID | None, kind: str | None, *, after: UUID | None, limit: int) -> Fields:
    """What runs now, of all kinds or of one, for everybody or as a member sees it: the newest
    first."""
    moment, kinds = now(), benefits()
    found = (
        select(Campaign)
        .where(Campaign.benefit.in_([kind] if kind in kinds else [] if kind else list(kinds)))
        .where(Campaign.status == "published")
        .where(Campaign.starts_at <= moment, Campaign.ends_at > moment)
    )
    if after is not None:
        found = found.where(Campaign.id < after)
    rows = db.session.scalars(found.order_by(Campaign.id.desc()).limit(limit + 1)).all()
    return {
        "campaigns": [shown(campaigns.terms_of(each), member_id) for each in rows[:limit]],
        "next": rows[limit - 1].id if len(rows) > limit else None,
    }


def shown(terms: Terms, member_id: UUID | None) -> Fields:
    """A published campaign as everybody, or a member, sees it."""
    kind = benefit(terms.benefit)
    return {
        "id": terms.id,
        "benefit": kind.name,
        "title": kind.title[0],
        "title_en": kind.title[1],
        "name": terms.name,
        "name_en": terms.name_en,
        "merchant_id": terms.merchant_id,
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
        "status": terms.status,
        "is_for_me": member_id is not None and audience.includes(terms, member_id),
        "details": dict(kind.view(terms, member_id)),
    }
