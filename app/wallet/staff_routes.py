"""What staff do with withdrawals and with the platform's own money. Holds no rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Response

from app.core import auth, staff_sessions
from app.core.api import api_blueprint
from app.core.db import in_transaction
from app.core.idempotency import execute, idempotent
from app.ledger import service as ledger
from app.ledger.service import Account, Balance
from app.wallet import treasury
from app.wallet.models import Withdrawal, WithdrawalStep
from app.wallet.schemas import (
    AcceptedWithdrawal,
    BeforeQuery,
    ConclusionRequest,
    FundsView,
    QueueQuery,
    QueueView,
    Rejection,
    SuspenseView,
    WithdrawalHistory,
    WithdrawalView,
)
from app.wallet.signals import owner_names_asked
from app.wallet.withdrawals import requests as withdrawals
from app.wallet.withdrawals import review as withdrawal_review
from app.wallet.withdrawals import risk as withdrawal_risk
from app.wallet.withdrawals.routes import fields
from app.wallet.withdrawals.rules import WithdrawalState

blueprint = api_blueprint("treasury", __name__)
Fields = dict[str, Any]


@blueprint.get("/withdrawals")
@blueprint.input(QueueQuery, location="query", arg_name="query")
@blueprint.output(QueueView)
@auth.staff("finance", "reviewer")
def show_withdrawals(query: QueueQuery) -> Fields:
    """Unfinished withdrawals in one state, oldest first."""

    def work() -> list[Fields]:
        state = WithdrawalState(query.status)
        return _listed(withdrawals.waiting_withdrawals(state, query.after, query.limit))

    return {"withdrawals": in_transaction(work)}


@blueprint.get("/members/<uuid:member_id>/withdrawals")
@blueprint.input(BeforeQuery, location="query", arg_name="query")
@blueprint.output(QueueView)
@auth.staff("finance", "reviewer")
def show_withdrawals_of(member_id: UUID, query: BeforeQuery) -> Fields:
    """All withdrawals of a member, newest first."""

    def work() -> list[Fields]:
        return _listed(withdrawals.withdrawals_of(member_id, query.before, query.limit))

    return {"withdrawals": in_transaction(work)}


@blueprint.get("/withdrawals/<uuid:withdrawal_id>/history")
@blueprint.output(WithdrawalHistory)
@auth.staff("finance", "reviewer")
def show_withdrawal_history(withdrawal_id: UUID) -> Fields:
    """A withdrawal with why it was reviewed and everything that has happened to it."""

    def work() -> Fields:
        row = withdrawals.withdrawal(withdrawal_id)
        return _listed([row])[0] | {"steps": [_step(step) for step in withdrawals.steps_of(row)]}

    return in_transaction(work)


def _listed(rows: Sequence[Withdrawal]) -> list[Fields]:
    names: dict[UUID, str] = {}
    for _, told in owner_names_asked.send("wallet", owner_ids={row.owner_id for row in rows}):
        names |= told
    return [_queued(row, names.get(row.owner_id)) for row in rows]


def _queued(row: Withdrawal, owner_name: str | None) -> Fields:
    return fields(row) | {
        "owner_name": owner_name,
        "member_id": row.member_id,
        "bill_number": row.bill_number,
        "last_error": row.last_error,
        "contradictions": row.contradictions,
        "risks": [_risk(found) for found in row.risks],
        "approvals_needed": row.approvals_needed,
        "sent_at": row.sent_at,
    }


def _risk(found: Fields) -> Fields:
    title, title_en = withdrawal_risk.TITLES[found["rule"]]
    return found | {"title": title, "title_en": title_en}


def _step(step: WithdrawalStep) -> Fields:
    return {
        "step": step.step,
        "status": step.state,
        "principal_id": step.principal_id,
        "note": step.note,
        "at": step.at,
    }


@blueprint.post("/withdrawals/<uuid:withdrawal_id>/approve")
@blueprint.output(AcceptedWithdrawal)
@idempotent(money=True)
@auth.staff("finance", "reviewer")
@staff_sessions.confirmed
def approve_withdrawal(withdrawal_id: UUID) -> Response:
    """Let a withdrawal that waits for review be paid out; a large one takes two people."""
    reviewer_id = auth.principal().id
    return _decide(
        withdrawal_id, lambda: withdrawal_review.approve_withdrawal(withdrawal_id, reviewer_id)
    )


@blueprint.post("/withdrawals/<uuid:withdrawal_id>/reject")
@blueprint.input(Rejection, arg_name="body")
@blueprint.output(AcceptedWithdrawal)
@idempotent(money=True)
@auth.staff("finance", "reviewer")
def reject_withdrawal(withdrawal_id: UUID, body: Rejection) -> Response:
    """Refuse a withdrawal that waits for review; the money goes back where it came from."""
    reviewer_id = auth.principal().id
    return _decide(
        withdrawal_id,
        lambda: withdrawal_review.reject_withdrawal(withdrawal_id, reviewer_id, body.reason),
    )


@blueprint.post("/withdrawals/<uuid:withdrawal_id>/conclude")
@blueprint.input(ConclusionRequest, arg_name="body")
@blueprint.output(AcceptedWithdrawal)
@idempotent(money=True)
@auth.staff("finance")
@staff_sessions.confirmed
def conclude_withdrawal(withdrawal_id: UUID, body: ConclusionRequest) -> Response:
    """Say how a withdrawal ended that WeChat no longer answers for; takes two people."""
    staff_id = auth.principal().id
    return _decide(
        withdrawal_id,
        lambda: withdrawal_review.conclude_withdrawal(
            withdrawal_id, staff_id, body.outcome, body.evidence
        ),
    )


def _decide(withdrawal_id: UUID, decision: Callable[[], Withdrawal]) -> Response:
    def work() -> tuple[int, Fields]:
        return 200, WithdrawalView(**fields(decision())).model_dump(mode="json")

    return execute(work)


@blueprint.get("/suspense")
@blueprint.output(SuspenseView)
@auth.staff("finance")
def show_suspense() -> Fields:
    """Money that WeChat confirms and that fits no open order, oldest first."""
    return {"items": in_transaction(treasury.open_suspense)}


@blueprint.get("/funds")
@blueprint.output(FundsView)
@auth.staff("finance", "operator")
def show_funds() -> Fields:
    """The platform's funds, its clearings, and its money held outside (negative)."""
    return {
        "accounts": {
            account.label: _fund(account, found) for account, found in treasury.funds().items()
        }
    }


def _fund(account: Account, found: Balance) -> Fields:
    title, title_en = ledger.account_title(account)
    names = {"title": title, "title_en": title_en}
    return names | {"balance_fen": found.balance_fen, "ledger_version": found.ledger_version}
