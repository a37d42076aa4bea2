"""Staff accounts: argon2id password, second factor (TOTP), roles, and signing in."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.core import auth, crypto
from app.core.auth import OpenedSession, Principal
from app.core.db import TryAgain, db
from app.core.errors import AppError
from app.core.models import StaffAccount
from app.core.world import new_id, now

TOTP_SECONDS = 30
_hasher = PasswordHasher()


@cache
def _decoy() -> str:
    """A hash nobody has the password of; made when first needed, since it takes 64 MiB and time."""
    return _hasher.hash("nobody's password: spent so that unknown names take as long")


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


def create(new: NewStaff) -> UUID:
    """Opens a staff account in the current unit of work; its id. Raises StaffExists."""
    if db.session.scalar(select(StaffAccount.id).where(StaffAccount.username == new.username)):
        raise StaffExists()
    identity = new_id()
    db.session.add(
        StaffAccount(
            id=identity,
            username=new.username,
            password_hash=_hasher.hash(new.password),
            totp_secret=crypto.encrypt(new.totp_secret, totp_context(identity)),
            totp_used_step=0,
            roles=sorted(new.roles),
            merchant_id=new.merchant_id,
            store_ids=sorted(new.store_ids),
            is_active=True,
            created_at=now(),
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:  # the same name was taken at the same moment
        raise StaffExists() from error
    return identity


def sign_in(username: str, password: str, code: str) -> tuple[StaffAccount, OpenedSession]:
    """Opens a session in the current unit of work. Raises WrongCredentials.

    Each code works once (its time step is stored); argon2 runs also for unknown names, so that
    the time taken tells nothing.
    """
    account = db.session.scalar(select(StaffAccount).where(StaffAccount.username == username))
    if not _password_fits(account, password) or account is None or not account.is_active:
        raise WrongCredentials()
    _use_code(account, code)
    caller = Principal(
        "staff",
        account.id,
        frozenset(account.roles),
        account.merchant_id,
        frozenset(account.store_ids),
    )
    return account, auth.open_session(caller)


def prove(identity: UUID, password: str, code: str) -> None:
    """Checks a signed-in person's password and second factor once more, in the current unit of
    work. Raises WrongCredentials."""
    account = db.session.get(StaffAccount, identity)
    if not _password_fits(account, password) or account is None or not account.is_active:
        raise WrongCredentials()
    _use_code(account, code)


def totp_context(identity: UUID) -> str:
    """What a second factor's cipher text is bound to."""
    return f"core_staff/totp_secret/{identity}"


def _password_fits(account: StaffAccount | None, password: str) -> bool:
    try:
        return _hasher.verify(account.password_hash if account else _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False


def _use_code(account: StaffAccount, code: str) -> None:
    totp = pyotp.TOTP(crypto.decrypt(account.totp_secret, totp_context(account.id)))
    moment = now()
    current = int(moment.timestamp()) // TOTP_SECONDS
    fitting = [
        step
        for step in (current - 1, current, current + 1)
        if step > account.totp_used_step
        and pyotp.utils.strings_equal(code, totp.generate_otp(step))
    ]
    if not fitting:
        raise WrongCredentials()
    used = db.session.execute(
        update(StaffAccount)
        .where(StaffAccount.id == account.id, StaffAccount.totp_used_step < fitting[0])
        .values(totp_used_step=fitting[0])
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise TryAgain()
