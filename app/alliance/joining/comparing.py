"""Comparing an application with what is stored: merchants, other applications, the blacklist.

Findings are for reviewers: an applicant who knew what was found would know how to go round it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.alliance.bank_accounts.models import MerchantBankAccount
from app.alliance.joining import keys, names, rules
from app.alliance.joining.models import Application, ApplicationVersion, BlacklistEntry
from app.alliance.models import Merchant
from app.core.db import db

Finding = dict[str, Any]
OPEN = ("submitted", "proposed", "more_asked")
MOST = 20


def findings(head: Application, sent: ApplicationVersion, is_same_holder: bool) -> list[Finding]:
    """What speaks against a version of an application, in the current unit of work; serious ones
    first. `is_same_holder`: whether the account is the applying company's (or person's)."""
    marks = {"licence": sent.licence_key, "account": sent.account_key, "phone": sent.phone_key}
    found = [
        *_blacklisted(marks),
        *_licence_taken(sent.licence_number),
        *_account_taken(sent.account_key),
        *_names(sent.company_name),
        *_names_applied(head.id, sent.normal_name),
        *_applied(head, sent),
    ]
    if not is_same_holder:
        found.append(_finding("holder_differs"))
    if sent.account_kind == "company":
        found.append(_finding("account_unchecked"))
    return _serious_first(found)


def of_merchant(name: str, licence_number: str | None) -> list[Finding]:
    """The same of a merchant whom staff enter themselves, by its name and licence (normal form), in
    the current unit of work; serious ones first."""
    found = [*_names(name), *_names_applied(None, rules.normal_name(name))]
    if licence_number is not None:
        key = keys.licence_key(licence_number)
        found += [
            *_blacklisted({"licence": key}),
            *_licence_taken(licence_number),
            *_same_applied("licence", key, None, OPEN),
        ]
    return _serious_first(found)


def _serious_first(found: Iterable[Finding]) -> list[Finding]:
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


def _blacklisted(marks: Mapping[str, bytes]) -> Iterator[Finding]:
    for kind, key in marks.items():
        entry = db.session.scalar(
            select(BlacklistEntry.id).where(
                BlacklistEntry.kind == kind,
                BlacklistEntry.key == key,
                BlacklistEntry.removed_at.is_(None),
            )
        )
        if entry is not None:
            yield _finding(f"{kind}_blacklisted", "blacklist", entry)


def _licence_taken(licence_number: str) -> Iterator[Finding]:
    same = select(Merchant.id).where(Merchant.licence_number == licence_number)
    for merchant_id in db.session.scalars(same.order_by(Merchant.id).limit(MOST)):
        yield _finding("licence_taken", "merchant", merchant_id)


def _account_taken(account_key: bytes) -> Iterator[Finding]:
    paid = select(MerchantBankAccount.merchant_id).distinct()
    paid = paid.where(MerchantBankAccount.number_key == account_key)
    for merchant_id in db.session.scalars(paid.limit(MOST)):
        yield _finding("account_taken", "merchant", merchant_id)


def _names(name: str) -> Iterator[Finding]:
    for merchant_id, is_same in names.near(name):
        yield _finding("name_taken" if is_same else "name_similar", "merchant", merchant_id)


def _names_applied(but: UUID | None, normal: str) -> Iterator[Finding]:
    others = select(Application.id, ApplicationVersion.normal_name)
    others = _latest_of_others(others, but, OPEN).where(
        ApplicationVersion.pairs.overlap(cast(sorted(rules.pairs(normal)), ARRAY(Text)))
    )
    for row in db.session.execute(others.limit(MOST)):
        if rules.are_alike(row.normal_name, normal):
            yield _finding("name_similar_applied", "application", row.id)


def _applied(head: Application, sent: ApplicationVersion) -> Iterator[Finding]:
    yield from _same_applied("licence", sent.licence_key, head.id, OPEN)
    yield from _same_applied("account", sent.account_key, head.id, OPEN)
    decided = (*OPEN, "approved", "rejected")
    others = Application.member_id != head.member_id  # one person may bring several shops
    yield from _same_applied("phone", sent.phone_key, head.id, decided, others)


def _same_applied(
    kind: str, key: bytes, but: UUID | None, statuses: tuple[str, ...], *conditions: Any
) -> Iterator[Finding]:
    column = getattr(ApplicationVersion, f"{kind}_key")
    same = _latest_of_others(select(Application.id), but, statuses)
    same = same.where(column == key, *conditions)
    for application_id in db.session.scalars(same.order_by(Application.id).limit(MOST)):
        yield _finding(f"{kind}_applied", "application", application_id)


def _latest_of_others(statement: Any, but: UUID | None, statuses: tuple[str, ...]) -> Any:
    latest = statement.join(
        ApplicationVersion,
        (ApplicationVersion.application_id == Application.id)
        & (ApplicationVersion.version == Application.version),
    ).where(Application.status.in_(statuses))
    return latest if but is None else latest.where(Application.id != but)
