"""Rewards: rules by the operator and by merchants, what became of them, one's own. No rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import catalogue, naming
from app.alliance.access import is_platform
from app.alliance.errors import MerchantUnknown, RewardRuleUnknown
from app.alliance.rewards import service
from app.alliance.rewards.models import Reward, RewardRule
from app.alliance.rewards.schemas import (
    OwnRewardPage,
    RewardPage,
    RewardQuery,
    RewardReport,
    RewardRulePage,
    RewardRuleRequest,
    RewardRuleView,
)
from app.core import auth
from app.core.api import api_blueprint
from app.core.db import db, in_transaction
from app.members import service as members

blueprint = api_blueprint("rewards", __name__)
Fields = dict[str, Any]
READERS = ("operator", "finance", "support", "merchant_owner")


@blueprint.post("/reward-rules")
@blueprint.input(RewardRuleRequest, arg_name="body")
@blueprint.output(RewardRuleView, status_code=201)
@auth.staff("operator", "merchant_owner")
def add_rule(body: RewardRuleRequest) -> Fields:
    """Promise recommenders a reward: the operator from the campaign fund, a merchant's owner from
    the merchant's own budget. Nobody else promises what a merchant pays."""
    caller = auth.principal()
    if body.merchant_id is None and "operator" not in caller.roles:
        raise MerchantUnknown()
    if body.merchant_id is not None and body.merchant_id != caller.merchant_id:
        raise MerchantUnknown()
    new = service.NewRule(**body.model_dump())
    return in_transaction(lambda: _shown(service.add_rule(new, caller.id)))


@blueprint.post("/reward-rules/<uuid:rule_id>/end")
@blueprint.output(RewardRuleView)
@auth.staff("operator", "merchant_owner")
def end_rule(rule_id: UUID) -> Fields:
    """End a rule now: later purchases do not count, what was earned before is paid."""

    def work() -> Fields:
        row, caller = _theirs(rule_id), auth.principal()
        if "operator" not in caller.roles and row.merchant_id != caller.merchant_id:
            raise RewardRuleUnknown()
        return _shown(service.end_rule(rule_id))

    return in_transaction(work)


@blueprint.get("/reward-rules")
@blueprint.input(RewardQuery, location="query", arg_name="query")
@blueprint.output(RewardRulePage)
@auth.staff(*READERS)
def list_rules(query: RewardQuery) -> Fields:
    """Rules: all for the platform, a merchant's own for its owner."""
    caller = auth.principal()
    conditions = [] if is_platform(caller) else [RewardRule.merchant_id == caller.merchant_id]
    return in_transaction(lambda: {"rules": _named(_page(RewardRule, query.after, *conditions))})


@blueprint.get("/reward-rules/<uuid:rule_id>")
@blueprint.output(RewardReport)
@auth.staff(*READERS)
def show_rule(rule_id: UUID) -> Fields:
    """A rule, and how many rewards were paid, wait, were taken back or came too late."""

    def work() -> Fields:
        row = _theirs(rule_id)
        counted = (Reward.status, func.count(), func.sum(Reward.amount_fen))
        found = select(*counted).where(Reward.rule_id == rule_id).group_by(Reward.status)
        names = ("status", "count", "amount_fen")
        totals = [
            dict(zip(names, each, strict=True))
            for each in db.session.execute(found.order_by(Reward.status))
        ]
        return _shown(row) | {"totals": totals}

    return in_transaction(work)


@blueprint.get("/reward-rules/<uuid:rule_id>/rewards")
@blueprint.input(RewardQuery, location="query", arg_name="query")
@blueprint.output(RewardPage)
@auth.staff("operator", "finance", "support")
def list_rewards(rule_id: UUID, query: RewardQuery) -> Fields:
    """The rewards of a rule, the newest first."""
    service.rule(rule_id)
    return {"rewards": _page(Reward, query.after, Reward.rule_id == rule_id)}


@blueprint.get("/me/rewards")
@blueprint.input(RewardQuery, location="query", arg_name="query")
@blueprint.output(OwnRewardPage)
@auth.member
def list_own(query: RewardQuery) -> Fields:
    """What the member got for those they brought, the newest first."""
    people = members.everyone_of(auth.principal().id)
    return {"rewards": _page(Reward, query.after, Reward.recommender_id.in_(people))}


def _theirs(rule_id: UUID) -> RewardRule:
    """Raises RewardRuleUnknown for a rule that is not the caller's."""
    row, caller = service.rule(rule_id), auth.principal()
    is_own = row.merchant_id is not None and row.merchant_id == caller.merchant_id
    if not (is_platform(caller) or is_own):
        raise RewardRuleUnknown()
    return row


def _page(model: Any, after: UUID | None, *conditions: Any) -> Any:
    statement = select(model).where(*conditions).order_by(model.id.desc()).limit(catalogue.PAGE)
    if after is not None:
        statement = statement.where(model.id < after)
    return db.session.scalars(statement).all()


def _shown(row: RewardRule) -> Fields:
    return _named([row])[0]


def _named(rows: Sequence[RewardRule]) -> list[Fields]:
    names = naming.of_merchants(row.merchant_id for row in rows)
    return [
        RewardRuleView.model_validate(row).model_dump()
        | {"merchant_name": names.get(row.merchant_id)}
        for row in rows
    ]
