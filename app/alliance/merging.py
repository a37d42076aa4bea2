"""When two members turn out to be one person: what they are to merchants, and what they owe."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.alliance.debts import note_debtor
from app.alliance.joining.models import Application
from app.alliance.models import Contact, Debtor, Merchant, Salesperson
from app.alliance.prepaid import looks
from app.alliance.rewards import service as rewards
from app.core.db import db


def has_past(_: Any, *, member_id: UUID) -> bool:
    """Receiver of `past_asked`: who brought a merchant earns by it."""
    return bool(db.session.scalar(select(exists().where(*_brought(member_id)))))


def hand_over(_: Any, *, survivor_id: UUID, absorbed_id: UUID, had_past: bool) -> dict[str, Any]:
    """Receiver of `merging`: the survivor speaks for, sells for and has brought the same merchants,
    and owes what the absorbed member owed; rewards given for both are looked at."""
    if db.session.scalar(select(exists().where(Debtor.owner_id == absorbed_id))):
        note_debtor(survivor_id)
    rewards.note_merged(absorbed_id)
    sells = Salesperson.member_id == absorbed_id
    return {
        "alliance": {
            "advances": [str(each) for each in looks.hand_over(absorbed_id, survivor_id)],
            "applications": _change(
                Application, Application.member_id == absorbed_id, member_id=survivor_id
            ),
            "contacts": _move_contacts(absorbed_id, survivor_id),
            "merchants": _change(Merchant, *_brought(absorbed_id), recommender_id=survivor_id),
            "salespeople": _change(Salesperson, sells, member_id=survivor_id),
        }
    }


def take_back(_: Any, *, survivor_id: UUID, absorbed_id: UUID, moved: dict[str, Any]) -> None:
    """Receiver of `unmerging`: gives back what still is the survivor's."""
    then = {name: [UUID(each) for each in ids] for name, ids in moved["alliance"].items()}
    looks.hand_over(survivor_id, absorbed_id, then.get("advances", []))
    brought = (*_brought(survivor_id), Merchant.id.in_(then["merchants"]))
    _change(Merchant, *brought, recommender_id=absorbed_id)
    applied = Application.id.in_(then.get("applications", []))
    applied &= Application.member_id == survivor_id
    _change(Application, applied, member_id=absorbed_id)
    sells = Salesperson.id.in_(then["salespeople"]) & (Salesperson.member_id == survivor_id)
    _change(Salesperson, sells, member_id=absorbed_id)
    speaks = Contact.merchant_id.in_(then["contacts"]) & (Contact.member_id == survivor_id)
    _change(Contact, speaks, member_id=absorbed_id)


def _brought(member_id: UUID) -> tuple[Any, Any]:
    return Merchant.recommender_kind == "member", Merchant.recommender_id == member_id


def _move_contacts(from_id: UUID, to_id: UUID) -> list[str]:
    """Those merchants for which the other did not speak already; their ids."""
    gone = delete(Contact).where(Contact.member_id == from_id)
    found = db.session.execute(
        gone.returning(Contact.bucket, Contact.merchant_id, Contact.created_at)
    ).all()
    moved = []
    for row in found:
        values = {**row._asdict(), "member_id": to_id}
        made = upsert(Contact).values(values).on_conflict_do_nothing()
        if db.session.scalar(made.returning(Contact.merchant_id)):
            moved.append(str(row.merchant_id))
    return moved


def _change(table: Any, *conditions: Any, **values: UUID) -> list[str]:
    """The ids of the rows that were changed."""
    named = table.merchant_id if table is Contact else table.id
    statement = update(table).where(*conditions).values(values).returning(named)
    found = db.session.scalars(statement.execution_options(synchronize_session=False))
    return [str(each) for each in found]
