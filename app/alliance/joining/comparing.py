"""Comparing an application with what is stored: merchants, other applications, the blacklist.

Findings are for reviewers: an applicant who knew what was found would know how to go round it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.alliance.bank_accounts.models import MerchantBankAccount
from app.alliance.joining import names, rules
from app.alliance.joining.models import Application, ApplicationVersion, BlacklistEntry
from app.alliance.models import Merchant
from app.core.db import db

Finding = dict[str, Any]
OPEN = ("submitted", "proposed", "more_asked")
MOST = 20


def findings(head: Application, sent: ApplicationVersion, is_same_holder: bool) -> list[Finding]:
    """What speaks against a version of an application, in the current unit of work; serious ones
    first. `is_same_holder`: whether the account is the applying company's (or person's)."""
    found = [
        *_blacklisted(sent),
        *_taken(sent),
        *_names(head, sent),
        *_applied(head, sent),
    ]
    if not is_same_holder:
        found.append(_finding("holder_differs"))
    if sent.account_kind == "company":
        found.append(_finding("account_unchecked"))
    return sorted(found, key=lambda each: not each["is_serious"])


def serious(found: Iterable[Finding]) -> set[tuple[str, str | None]]:
    """The serious ones, by what they say of whom."""
    return {(each["kind"], each["subject_id"]) for each in found if each["is_serious"]}


def _finding(kind: str, subject: str | None = None, subject_id: UUID | None = None) -> Finding:
    meaning = rules.FINDINGS[kind]
    return {
        "kind": kind,
        "is_serious": meaning.is_serious,
        "reason": meaning.reason,
        "subject_kind": subject,
        "subject_id": str(subject_id) if subject_id else None,
    }


def _blacklisted(sent: ApplicationVersion) -> Iterator[Finding]:
    keys = {"licence": sent.licence_key, "account": sent.account_key, "phone": sent.phone_key}
    for kind, key in keys.items():
        entry = db.session.scalar(
            select(BlacklistEntry.id).where(
                BlacklistEntry.kind == kind,
                BlacklistEntry.key == key,
                BlacklistEntry.removed_at.is_(None),
            )
        )
        if entry is not None:
            yield _finding(f"{kind}_blacklisted", "blacklist", entry)


def _taken(sent: ApplicationVersion) -> Iterator[Finding]:
    same = select(Merchant.id).where(Merchant.licence_number == sent.licence_number)
    for merchant_id in db.session.scalars(same.order_by(Merchant.id).limit(MOST)):
        yield _finding("licence_taken", "merchant", merchant_id)
    paid = select(MerchantBankAccount.merchant_id).distinct()
    paid = paid.where(MerchantBankAccount.number_key == sent.account_key)
    for merchant_id in db.session.scalars(paid.limit(MOST)):
        yield _finding("account_taken", "merchant", merchant_id)


def _names(head: Application, sent: ApplicationVersion) -> Iterator[Finding]:
    for merchant_id, is_same in names.near(sent.company_name):
        yield _finding("name_taken" if is_same else "name_similar", "merchant", merchant_id)
    others = select(Application.id, ApplicationVersion.normal_name)
    others = _latest_of_others(others, head, OPEN).where(
        ApplicationVersion.pairs.overlap(cast(sent.pairs, ARRAY(Text)))
    )
    for row in db.session.execute(others.limit(MOST)):
        if rules.are_alike(row.normal_name, sent.normal_name):
            yield _finding("name_similar_applied", "application", row.id)


def _applied(head: Application, sent: ApplicationVersion) -> Iterator[Finding]:
    for kind, statuses in (
        ("licence", OPEN),
        ("account", OPEN),
        ("phone", (*OPEN, "approved", "rejected")),
    ):
        column = getattr(ApplicationVersion, f"{kind}_key")
        same = _latest_of_others(select(Application.id), head, statuses)
        same = same.where(column == getattr(sent, f"{kind}_key"))
        if kind == "phone":  # one person may bring several shops
            same = same.where(Application.member_id != head.member_id)
        for application_id in db.session.scalars(same.order_by(Application.id).limit(MOST)):
            yield _finding(f"{kind}_applied", "application", application_id)


def _latest_of_others(statement: Any, head: Application, statuses: tuple[str, ...]) -> Any:
    return statement.join(
        ApplicationVersion,
        (ApplicationVersion.application_id == Application.id)
        & (ApplicationVersion.version == Application.version),
    ).where(Application.id != head.id, Application.status.in_(statuses))
