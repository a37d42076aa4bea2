"""What reviewers do: ask for more, reject, approve; with serious findings two of them approve.

Approving makes merchant, stores, contact, the offer of a first contract and the proposal of a
bank account in one unit, once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alliance import catalogue
from app.alliance.catalogue import NewContract, Recommender
from app.alliance.contracts import service as contracts
from app.alliance.joining import comparing, pictures, service
from app.alliance.joining.errors import ApplicationChanged, ApplicationDecided, FindingsChanged
from app.alliance.joining.models import (
    AccountProposal,
    Application,
    ApplicationStep,
    ApplicationVersion,
)
from app.alliance.policies import versions
from app.alliance.stores import changes
from app.core import four_eyes
from app.core.db import db, one_at_a_time, read
from app.core.world import bucket_of, new_id, now
from app.members import service as members
from app.qr import service as qr

LOOKED = "revealed:pictures"


@dataclass(frozen=True, slots=True)
class Approval:
    """Under which terms a merchant joins: those of its first contract, and who brought it."""

    terms: dict[str, Any]
    recommender: Recommender | None

    def stored(self) -> dict[str, Any]:
        """As JSON, for the second person."""
        brought = self.recommender
        return {
            "terms": json.loads(json.dumps(self.terms, default=str)),
            "recommender": {"kind": brought.kind, "id": str(brought.id)} if brought else None,
        }


def send_back(
    application_id: UUID, version: int, staff_id: UUID, reason: str, *, is_final: bool
) -> Application:
    """Asks the applicant for more, or rejects the application (`is_final`), in the current unit of
    work. Locks it. Raises NotFound, ApplicationDecided, ApplicationChanged."""
    head = _waiting(application_id, version, ("submitted", "proposed"))
    head.status = "rejected" if is_final else "more_asked"
    head.proposal, head.proposed_by, head.changed_at = None, None, now()
    service.tell(head, service.step(head, head.status, "staff", staff_id, reason))
    return head


def approve(
    application_id: UUID, version: int, staff_id: UUID, approval: Approval, reason: str | None
) -> Application:
    """Approves an application, or with serious findings proposes it to a second person, in the
    current unit of work. Locks the application; approvals come one after the other, so that each
    sees what the one before has made.

    Raises NotFound, ApplicationDecided, ApplicationChanged, and what the catalogue refuses.
    """
    one_at_a_time("alliance/joining")
    head = _waiting(application_id, version, ("submitted",))
    sent = service.latest(head)
    sent.findings = service.compared(head, sent)
    if not comparing.serious(sent.findings):
        _admit(head, sent, approval, staff_id)
        made = service.step(head, "approved", "staff", staff_id, reason, sent.findings)
        service.tell(head, made)
        return head
    versions.require_usable(UUID(str(approval.terms["policy_id"])))
    head.status, head.proposed_by, head.changed_at = "proposed", staff_id, now()
    head.proposal = approval.stored()
    service.step(head, "proposed", "staff", staff_id, reason, sent.findings)
    return head


def confirm(
    application_id: UUID,
    version: int,
    staff_id: UUID,
    approval: Approval,
    reason: str | None,
    *,
    is_confirmed: bool,
) -> Application:
    """The second person's word on a proposed approval, in the current unit of work; declined, the
    application waits again. Locks as `approve`.

    Raises NotFound, ApplicationDecided, ApplicationChanged, SecondPersonNeeded, FindingsChanged.
    """
    one_at_a_time("alliance/joining")
    head = _waiting(application_id, version, ("proposed",))
    four_eyes.require_other(staff_id, head.proposed_by)
    if not is_confirmed:
        head.status, head.proposal, head.proposed_by = "submitted", None, None
        head.changed_at = now()
        service.step(head, "proposal_declined", "staff", staff_id, reason)
        return head
    sent = service.latest(head)
    found = service.compared(head, sent)
    new = comparing.serious(found) - comparing.serious(sent.findings)
    if new:
        raise FindingsChanged(findings=sorted({kind for kind, _ in new}))
    _admit(head, sent, approval, staff_id)
    service.tell(head, service.step(head, "approved", "staff", staff_id, reason, found))
    return head


def reveal(application_id: UUID, staff_id: UUID, fields: list[str], reason: str) -> dict[str, str]:
    """Personal data of an application in clear, and the record of it, in the current unit of work;
    shown after the commit only. Raises NotFound, TooManyRequests beyond REVEAL_HOURLY_LIMIT."""
    head = service.find(application_id)
    members.require_reveal_left(staff_id)
    wanted = sorted(set(fields))
    service.step(head, f"revealed:{','.join(wanted)}", "staff", staff_id, reason)
    sent = service.latest(head)
    return {column: service.opened(sent, column) for column in wanted}


def look_at(picture_id: UUID, staff_id: UUID, *, is_reviewer: bool) -> bytes:
    """A picture of an application, for a reviewer or, of papers, for finance, in the current unit
    of work. That they see those of this version is noted with the first one, and counts as one
    reveal. Raises ApplicationPictureUnknown, TooManyRequests beyond REVEAL_HOURLY_LIMIT."""
    head, jpeg = pictures.sent_content(picture_id, is_reviewer=is_reviewer)
    one_at_a_time(f"alliance/looks/{staff_id}/{head.id}")
    looked = select(ApplicationStep.id).where(
        ApplicationStep.application_id == head.id,
        ApplicationStep.version == head.version,
        ApplicationStep.actor_id == staff_id,
        ApplicationStep.kind == LOOKED,
    )
    if db.session.scalar(looked.limit(1)) is None:
        members.require_reveal_left(staff_id)
        service.step(head, LOOKED, "staff", staff_id)
    return jpeg


def revealed_count(_: Any, *, staff_id: UUID, since: datetime) -> int:
    """Receiver of the members' `counts_asked`: what of applications one of the staff saw."""
    counted = select(func.count()).where(
        ApplicationStep.actor_id == staff_id,
        ApplicationStep.kind.startswith("revealed"),
        ApplicationStep.created_at > since,
    )
    return int(db.session.scalar(counted) or 0)


def waiting_count() -> int:
    """How many applications wait for a reviewer: the gauge `applications_waiting`."""
    waiting = Application.status.in_(("submitted", "proposed"))
    return int(read(select(func.count()).select_from(Application).where(waiting))[0][0])


def _waiting(application_id: UUID, version: int, statuses: tuple[str, ...]) -> Application:
    head = service.find(application_id, is_locked=True)
    if head.status not in statuses:
        raise ApplicationDecided(application_status=head.status)
    if head.version != version:
        raise ApplicationChanged(version=head.version)
    return head


def _admit(head: Application, sent: ApplicationVersion, approval: Approval, staff_id: UUID) -> None:
    merchant = catalogue.add_merchant(
        sent.company_name, sent.salesperson_id, approval.recommender, sent.licence_number
    )
    for wanted in sent.stores:
        _open_store(merchant.id, wanted, staff_id)
    catalogue.add_contact(merchant.id, head.member_id)
    contracts.offer(NewContract(merchant_id=merchant.id, **approval.terms), staff_id)
    db.session.add(
        AccountProposal(
            id=new_id(bucket_of(merchant.id)),
            merchant_id=merchant.id,
            application_version_id=sent.id,
            status="proposed",
            proposed_by=staff_id,
            created_at=now(),
        )
    )
    head.status, head.merchant_id, head.changed_at = "approved", merchant.id, now()
    head.proposal = None
    db.session.flush()


def _open_store(merchant_id: UUID, wanted: dict[str, Any], staff_id: UUID) -> None:
    store = catalogue.add_store(merchant_id, wanted["name"], wanted["address"], wanted["category"])
    qr.issue(qr.Kind.STORE, store.id, issued_by=staff_id)
    if wanted.get("latitude") is not None:
        changes.put_on_map(store.id, wanted["latitude"], wanted["longitude"], staff_id)
