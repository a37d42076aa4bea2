"""What an applicant does: apply, correct and send again, withdraw. Nothing that was sent is lost:
each sending is a version of its own, compared with what is stored (`comparing`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.alliance.errors import SalespersonUnknown
from app.alliance.joining import comparing, keys, pictures, rules
from app.alliance.joining.comparing import OPEN
from app.alliance.joining.errors import (
    ApplicationNotChangeable,
    ApplicationOpen,
    TooManyApplications,
)
from app.alliance.joining.models import (
    SEALED,
    Application,
    ApplicationStep,
    ApplicationVersion,
    application_context,
)
from app.alliance.salespeople.service import salesperson_of_code
from app.alliance.stores import categories
from app.core import crypto, outbox
from app.core.db import db, one_at_a_time
from app.core.errors import NotFound
from app.core.world import bucket_of, new_id, now
from app.members import service as members

CHANGED = "application.changed"
MOST_OPEN = 5
CORRECTABLE = ("more_asked", "rejected")


@dataclass(frozen=True, slots=True, repr=False)  # nothing of it gets into a log
class Sent:
    """What an applicant sends, in normal form (`rules`)."""

    company_name: str
    licence_number: str
    category: str
    stores: tuple[dict[str, Any], ...]
    account_kind: str
    account_holder: str
    account_number: str
    bank: str
    contact_name: str
    contact_phone: str
    salesperson_scene: str | None


def apply(member_id: UUID, sent: Sent, picture_ids: Collection[UUID] = ()) -> Application:
    """A new application with pictures uploaded before, in the current unit of work, one at a time
    for a member.

    Raises ApplicationOpen (one open application for a licence), TooManyApplications,
    SalespersonUnknown, CategoryUnknown, ApplicationPictureUnknown, MemberMerged.
    """
    one_at_a_time(f"alliance/application/{member_id}")
    members.require_present(member_id)
    licence_key = keys.licence_key(sent.licence_number)
    mine = (Application.member_id == member_id, Application.status.in_(OPEN))
    known = db.session.scalar(
        select(Application.id).where(*mine, Application.licence_key == licence_key)
    )
    if known is not None:
        raise ApplicationOpen(application_id=str(known))
    if int(db.session.scalar(select(func.count()).where(*mine)) or 0) >= MOST_OPEN:
        raise TooManyApplications(most=MOST_OPEN)
    moment = now()
    head = Application(
        id=new_id(bucket_of(member_id)),
        member_id=member_id,
        status="submitted",
        version=1,
        licence_key=licence_key,
        created_at=moment,
        changed_at=moment,
    )
    db.session.add(head)
    _write(head, sent)
    pictures.set_to(head, member_id, picture_ids)
    step(head, "submitted", "member", member_id)
    return head


def send_again(
    member_id: UUID,
    application_id: UUID,
    sent: Sent,
    picture_ids: Collection[UUID] | None = None,
) -> Application:
    """A corrected version after staff asked for more or rejected it, in the current unit of work,
    with these pictures (None: with those it has).

    Locks the application. Raises NotFound, ApplicationNotChangeable, and what `apply` raises.
    """
    one_at_a_time(f"alliance/application/{member_id}")
    head = _own(member_id, application_id)
    if head.status not in CORRECTABLE:
        raise ApplicationNotChangeable(application_status=_told(head.status))
    licence_key = keys.licence_key(sent.licence_number)
    other = select(Application.id).where(
        Application.member_id == member_id,
        Application.id != head.id,
        Application.status.in_(OPEN),
        Application.licence_key == licence_key,
    )
    known = db.session.scalar(other)
    if known is not None:
        raise ApplicationOpen(application_id=str(known))
    head.version += 1
    head.licence_key, head.status, head.changed_at = licence_key, "submitted", now()
    _write(head, sent)
    if picture_ids is not None:
        pictures.set_to(head, member_id, picture_ids)
    step(head, "submitted", "member", member_id)
    return head


def set_pictures(
    member_id: UUID, application_id: UUID, picture_ids: Collection[UUID]
) -> Application:
    """Gives an open application these pictures and no others, in the current unit of work. Other
    pictures than before are a new version, so that nobody decides on what they have not seen: it
    waits for a reviewer, also where one had approved it or asked for more. Locks it. Raises
    NotFound, ApplicationNotChangeable, ApplicationPictureUnknown."""
    head = _own(member_id, application_id)
    if head.status not in OPEN:
        raise ApplicationNotChangeable(application_status=_told(head.status))
    if not pictures.set_to(head, member_id, picture_ids):
        return head
    before = latest(head)
    head.version += 1
    head.status, head.proposal, head.proposed_by = "submitted", None, None
    head.changed_at = now()
    _repeat(head, before)
    step(head, "pictures_changed", "member", member_id)
    return head


def withdraw(member_id: UUID, application_id: UUID) -> Application:
    """Withdraws an open application, in the current unit of work; its pictures are deleted. Locks
    it. Raises NotFound, ApplicationNotChangeable."""
    head = _own(member_id, application_id)
    if head.status not in OPEN:
        raise ApplicationNotChangeable(application_status=_told(head.status))
    head.status, head.changed_at, head.proposal = "withdrawn", now(), None
    pictures.drop(head.id)
    step(head, "withdrawn", "member", member_id)
    return head


def find(application_id: UUID, *, is_locked: bool = False) -> Application:
    """In the current unit of work. Raises NotFound."""
    row = db.session.get(
        Application, application_id, with_for_update=is_locked, populate_existing=is_locked
    )
    if row is None:
        raise NotFound()
    return row


def latest(head: Application) -> ApplicationVersion:
    """The version that counts, in the current unit of work."""
    mine = (
        ApplicationVersion.application_id == head.id,
        ApplicationVersion.version == head.version,
    )
    return db.session.scalars(select(ApplicationVersion).where(*mine)).one()


def steps(application_id: UUID) -> Sequence[ApplicationStep]:
    """All that was done about an application, oldest first, in the current unit of work."""
    mine = select(ApplicationStep).where(ApplicationStep.application_id == application_id)
    ordered = mine.order_by(ApplicationStep.created_at, ApplicationStep.id)
    return db.session.scalars(ordered).all()


def is_theirs(head: Application, member_id: UUID) -> bool:
    """Whether it is a member's own application, also of an account merged into theirs."""
    return member_id in (head.member_id, members.today(head.member_id))


def step(
    head: Application,
    kind: str,
    actor_kind: str,
    actor_id: UUID,
    reason: str | None = None,
    found: list[comparing.Finding] | None = None,
) -> ApplicationStep:
    """Notes what somebody did, in the current unit of work."""
    row = ApplicationStep(
        id=new_id(bucket_of(head.id)),
        application_id=head.id,
        version=head.version,
        kind=kind,
        actor_kind=actor_kind,
        actor_id=actor_id,
        reason=reason,
        findings=found,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def tell(head: Application, made: ApplicationStep) -> None:
    """Has the applicant told of a step, in the current unit of work."""
    outbox.emit(CHANGED, {"step_id": str(made.id)}, bucket=bucket_of(head.member_id))


def opened(sent: ApplicationVersion, column: str) -> str:
    """A sealed column of a version in clear; empty where the person was erased."""
    sealed = getattr(sent, f"{column}_sealed")
    return crypto.decrypt(sealed, application_context(column, sent.id)) if sealed else ""


def compared(head: Application, sent: ApplicationVersion) -> list[comparing.Finding]:
    """What speaks against a version now, in the current unit of work."""
    holder = rules.normal_name(opened(sent, "account_holder"))
    expected = {sent.normal_name}
    if sent.account_kind == "card":
        expected.add(rules.normal_name(opened(sent, "contact_name")))
    return comparing.findings(head, sent, holder in expected)


def _own(member_id: UUID, application_id: UUID) -> Application:
    head = find(application_id, is_locked=True)
    if not is_theirs(head, member_id):
        raise NotFound()
    return head


def _told(status: str) -> str:
    """Applicants do not learn that a second person is to look."""
    return "submitted" if status == "proposed" else status


def _write(head: Application, sent: Sent) -> None:
    identity = new_id(bucket_of(head.id))
    normal = rules.normal_name(sent.company_name)
    sealed = {
        f"{column}_sealed": crypto.encrypt(
            getattr(sent, column), application_context(column, identity)
        )
        for column in SEALED
    }
    row = ApplicationVersion(
        id=identity,
        application_id=head.id,
        version=head.version,
        company_name=sent.company_name,
        normal_name=normal,
        pairs=sorted(rules.pairs(normal)),
        licence_number=sent.licence_number,
        category=categories.find(sent.category).code,
        stores=[_store(each, sent.category) for each in sent.stores],
        account_kind=sent.account_kind,
        account_last_four=sent.account_number[-4:],
        bank=sent.bank,
        phone_last_four=sent.contact_phone[-4:],
        salesperson_id=_salesperson(sent.salesperson_scene),
        licence_key=keys.licence_key(sent.licence_number),
        account_key=keys.account_key(sent.account_number),
        phone_key=keys.phone_key(sent.contact_phone),
        findings=[],
        created_at=now(),
        **sealed,
    )
    db.session.add(row)
    db.session.flush()
    row.findings = compared(head, row)


def _repeat(head: Application, before: ApplicationVersion) -> None:
    """Writes the same as before down as the newest version, sealed for its own row."""
    identity = new_id(bucket_of(head.id))
    said = {column.name: getattr(before, column.name) for column in before.__table__.columns}
    said |= {"id": identity, "version": head.version, "findings": [], "created_at": now()}
    for column in SEALED:
        said[f"{column}_sealed"] = crypto.encrypt(
            opened(before, column), application_context(column, identity)
        )
    row = ApplicationVersion(**said)
    db.session.add(row)
    db.session.flush()
    row.findings = compared(head, row)


def _store(wanted: dict[str, Any], category: str) -> dict[str, Any]:
    return wanted | {"category": categories.find(wanted.get("category") or category).code}


def _salesperson(scene: str | None) -> UUID | None:
    """Whose code it is that the applicant names. Raises SalespersonUnknown for any other code, and
    for a salesperson who may bring nobody any more."""
    if scene is None:
        return None
    found = salesperson_of_code(scene)
    if found is None:
        raise SalespersonUnknown()
    return found
