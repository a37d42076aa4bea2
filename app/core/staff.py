"""Staff accounts: argon2id password, second factor (TOTP), roles, and signing in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import pyotp
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from app.core import auth, crypto, hashing
from app.core.auth import Principal
from app.core.db import TryAgain, db, in_transaction, write_plain
from app.core.errors import AppError
from app.core.models import StaffAccount
from app.core.world import new_id, now

T = TypeVar("T")
TOTP_SECONDS = 30
CODES_AT_ONCE, FIRST_MINUTES, GROWTH, MOST_ROUNDS = 5, 1, 4, 4
"""After each five wrong codes in a row none is looked at for 1, 4, 16, 64, 64 … minutes."""


@cache
def _decoy() -> str:
    """A hash nobody has the password of; made when first needed, since it takes 64 MiB and time."""
    return hashing.hashed("nobody's password: spent so that unknown names take as long")


class WrongCredentials(AppError):
    """User name, password or code is wrong, or the code was used before. Never says which."""

    status, code = 401, "wrong_credentials"
    title, message = "User name, password or code is wrong", "用户名、密码或动态码错误"


class StaffExists(AppError):
    """The user name is taken."""

    status, code = 409, "staff_exists"
    title, message = "This user name is taken", "用户名已存在"


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What is needed to open a staff account."""

    username: str
    password: str
    roles: frozenset[str]
    merchant_id: UUID | None = None
    store_ids: frozenset[UUID] = field(default_factory=frozenset)
    totp_secret: str = field(default_factory=pyotp.random_base32)
    must_change_password: bool = False
    must_enrol_factor: bool = False
    opened_by: UUID | None = None
    is_waiting: bool = False


def create(new: NewStaff) -> UUID:
    """Opens a staff account in the current unit of work; its id. Raises StaffExists."""
    if db.session.scalar(select(StaffAccount.id).where(StaffAccount.username == new.username)):
        raise StaffExists()
    identity = new_id()
    db.session.add(
        StaffAccount(
            id=identity,
            username=new.username,
            password_hash=hashing.hashed(new.password),
            totp_secret=crypto.encrypt(new.totp_secret, totp_context(identity)),
            totp_used_step=0,
            roles=sorted(new.roles),
            merchant_id=new.merchant_id,
            store_ids=sorted(new.store_ids),
            is_active=not new.is_waiting,
            created_at=now(),
            must_change_password=new.must_change_password,
            must_enrol_factor=new.must_enrol_factor,
            is_waiting=new.is_waiting,
            opened_by=new.opened_by,
            opened_at=now() if new.opened_by else None,
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:  # the same name was taken at the same moment
        raise StaffExists() from error
    return identity


def set_password(account: StaffAccount, password: str) -> None:
    """Replaces an account's password, in the current unit of work."""
    account.password_hash = hashing.hashed(password)


def sign_in(username: str, password: str, code: str) -> dict[str, Any]:
    """Opens a session, in units of its own; what its holder is told, with how many wrong codes came
    with the right password since the last time. Raises WrongCredentials.

    Each code works once (its time step is stored); argon2 runs also for unknown names, so that
    the time taken tells nothing.
    """

    def opened(account: StaffAccount, wrong_codes: int) -> dict[str, Any]:
        session = auth.open_session(principal_of(account))
        return {
            "token": session.token,
            "expires_at": session.expires_at,
            "staff_id": account.id,
            "roles": account.roles,
            "merchant_id": account.merchant_id,
            "must_change_password": account.must_change_password,
            "must_enrol_factor": account.must_enrol_factor,
            "wrong_codes": wrong_codes,
        }

    return _proven(StaffAccount.username == username, password, code, opened)


def names(staff_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The user names of staff by id, in the current unit of work."""
    found = select(StaffAccount.id, StaffAccount.username).where(StaffAccount.id.in_(staff_ids))
    return {row.id: row.username for row in db.session.execute(found)}


def principal_named(username: str) -> Principal | None:
    """Whom a user name belongs to, in the current unit of work; None for nobody."""
    account = db.session.scalar(select(StaffAccount).where(StaffAccount.username == username))
    return principal_of(account) if account else None


def principal_of(account: StaffAccount) -> Principal:
    """What an account may do; nothing before its holder has chosen password and second factor,
    if somebody else gave them."""
    is_given = account.must_change_password or account.must_enrol_factor
    roles = frozenset() if is_given else frozenset(account.roles)
    places = account.merchant_id, frozenset(account.store_ids)
    return Principal("staff", account.id, roles, *places)


def prove(identity: UUID, password: str, code: str, then: Callable[[], T]) -> T:
    """Checks a signed-in person's password and second factor once more, in units of its own, and
    does in the last one what they were asked for. Raises WrongCredentials."""
    return _proven(StaffAccount.id == identity, password, code, lambda *_: then())


_COUNT = f"""
    UPDATE core_staff SET wrong_codes = wrong_codes + 1,
        codes_closed_until = CASE WHEN (wrong_codes + 1) % {CODES_AT_ONCE} = 0
            THEN %s::timestamptz + interval '{FIRST_MINUTES} minutes'
                * power({GROWTH}, least((wrong_codes + 1) / {CODES_AT_ONCE}, {MOST_ROUNDS}) - 1)
            ELSE codes_closed_until END
    WHERE id = %s AND is_active AND (codes_closed_until IS NULL OR codes_closed_until <= %s)
    RETURNING wrong_codes
""".replace(" % ", " %% ")


def _proven(
    named: ColumnElement[bool],
    password: str,
    code: str,
    then: Callable[[StaffAccount, int], T],
) -> T:
    """A code is counted as wrong before it is looked at, so that many at once are no more guesses;
    only with the right password, so that nobody else closes the account. It has to be right at
    the moment it came, however long the password took."""
    moment = now()

    def whose() -> UUID:
        account = db.session.scalar(select(StaffAccount).where(named))
        if not is_password(account, password) or account is None:
            raise WrongCredentials()
        return account.id

    identity = in_transaction(whose)
    counted = write_plain(_COUNT, (moment, identity, moment))
    if not counted:
        raise WrongCredentials()

    def work() -> T:
        account = db.session.get_one(StaffAccount, identity, populate_existing=True)
        if not account.is_active or not is_code_used(account, code, moment):
            raise WrongCredentials()
        accept_codes(account)
        return then(account, int(counted[0][0]) - 1)

    return in_transaction(work)


def accept_codes(account: StaffAccount) -> None:
    """Forgets wrong codes, in the current unit of work."""
    account.wrong_codes, account.codes_closed_until = 0, None


def totp_context(identity: UUID) -> str:
    """What a second factor's cipher text is bound to."""
    return f"core_staff/totp_secret/{identity}"


def next_totp_context(identity: UUID) -> str:
    """What the cipher text of a second factor being set up is bound to."""
    return f"core_staff/totp_next/{identity}"


def is_password(account: StaffAccount | None, password: str) -> bool:
    """Whether it is the account's password; takes as long for nobody's."""
    return hashing.matches(account.password_hash if account else _decoy(), password)


def is_code_used(account: StaffAccount, code: str, moment: datetime) -> bool:
    """Whether it is a code of the account's second factor at a moment, not used before; it then is
    used. In the current unit of work."""
    secret = crypto.decrypt(account.totp_secret, totp_context(account.id))
    step = step_of(secret, code, account.totp_used_step, moment)
    if step is None:
        return False
    use_step(account, step)
    return True


def step_of(secret: str, code: str, used_step: int, moment: datetime) -> int | None:
    """The time step of a code, one to each side allowed; None if it is wrong or not after
    `used_step`."""
    totp, current = pyotp.TOTP(secret), int(moment.timestamp()) // TOTP_SECONDS
    for step in (current - 1, current, current + 1):
        if step > used_step and pyotp.utils.strings_equal(code, totp.generate_otp(step)):
            return step
    return None


def use_step(account: StaffAccount, step: int) -> None:
    """Remembers the newest time step whose code was used, in the current unit of work."""
    used = db.session.execute(
        update(StaffAccount)
        .where(StaffAccount.id == account.id, StaffAccount.totp_used_step < step)
        .values(totp_used_step=step)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise TryAgain()
