"""The same request twice does its work once: `Idempotency-Key` (design, "The contract").

Same key and request: same status and body, with `Idempotency-Replayed: true`. Same key, other
request: 422. Still in progress: 409 with Retry-After. Refusals are not stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, g, json, request
from sqlalchemy import Row, Table, select, text
from sqlalchemy.exc import IntegrityError

from app.core import auth
from app.core.db import NewRow, TryAgain, db, in_transaction, insert, read
from app.core.errors import AppError
from app.core.models import AnsweredRequest
from app.core.world import bucket_of, now

View = TypeVar("View", bound=Callable[..., Any])
Answer = tuple[int, dict[str, Any]]
LONGEST_KEY = 100


class IdempotencyKeyMissing(AppError):
    """A request that moves money came without a usable Idempotency-Key header."""

    status, code = 400, "idempotency_key_missing"
    title, message = "Send an Idempotency-Key header of 1–100 visible characters", "缺少幂等键"


class IdempotencyKeyReused(AppError):
    """The key was used before, for another request."""

    status, code = 422, "idempotency_key_reused"
    title, message = "This Idempotency-Key belongs to another request", "幂等键已用于其他请求"


class RequestInProgress(AppError):
    """The same request is being worked on at this moment."""

    status, code = 409, "request_in_progress"
    title, message = "The same request is in progress", "相同请求正在处理中"

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"Retry-After": "1"}


def idempotent(*, money: bool) -> Callable[[View], View]:
    """Marks a view for the API description: it takes an Idempotency-Key; does it move money?"""

    def mark(view: View) -> View:
        view.idempotent = True  # type: ignore[attr-defined]
        view.money = money  # type: ignore[attr-defined]
        return view

    return mark


def request_key() -> str:
    """The request's Idempotency-Key. Raises IdempotencyKeyMissing."""
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise IdempotencyKeyMissing()
    return key


def fingerprint() -> bytes:
    """What makes two requests the same: method, path with query, and the raw body."""
    head = f"{request.method}\n{request.full_path}\n".encode("latin-1", "replace")
    return sha256(head + request.get_data()).digest()


def execute(work: Callable[[], Answer]) -> Response:
    """Runs `work` once for this key, in one unit with the stored answer.

    `work` returns (status, body) and changes the database only. Raises the errors of this module
    and of `work`.
    """
    key, print_ = request_key(), fingerprint()

    def unit() -> Response:
        _one_at_a_time(key)
        stored = db.session.execute(_stored(key)).first()
        if stored is not None:
            return _replay(stored, print_)
        status, body = work()
        body = {**body, "request_id": str(g.request_id)}
        try:
            insert([asked().answer_row(status, body)])
        except IntegrityError as error:
            raise TryAgain() from error
        return _response(status, body)

    return in_transaction(unit)


def replayed() -> Response | None:
    """The stored answer to this very request, or None. Raises IdempotencyKeyReused.

    For views whose work commits by other means: with it they store the `answer_row` of `asked`.
    """
    found = read(_stored(request_key()))
    return _replay(found[0], fingerprint()) if found else None


@dataclass(frozen=True, slots=True)
class Asked:
    """The current request as its stored answer will be known."""

    bucket: int
    principal_id: UUID
    key: str
    fingerprint: bytes

    def answer_row(self, status: int, body: dict[str, Any]) -> NewRow:
        """The row that makes an answer repeatable, to be inserted with what the request did."""
        values = {
            "bucket": self.bucket,
            "principal_id": self.principal_id,
            "key": self.key,
            "fingerprint": self.fingerprint,
            "status": status,
            "body": body,
            "created_at": now(),
        }
        table = AnsweredRequest.__table__
        assert isinstance(table, Table)
        return NewRow(table, values)


def asked() -> Asked:
    """What identifies the current request. Raises IdempotencyKeyMissing."""
    principal_id = auth.principal().id
    return Asked(bucket_of(principal_id), principal_id, request_key(), fingerprint())


def complete(fields: dict[str, Any]) -> dict[str, Any]:
    """Adds to the stored answer, in the current unit, what only the network could tell; the body.

    What is there already stays: whoever completes first decides for all repetitions.
    """
    row = db.session.get(
        AnsweredRequest, (_bucket(), auth.principal().id, request_key()), with_for_update=True
    )
    if row is None:
        raise LookupError("only an answered request can be completed")
    known = {name: value for name, value in row.body.items() if value is not None}
    row.body = row.body | fields | known
    return row.body


_COPY = text(
    """
    INSERT INTO core_request (bucket, principal_id, key, fingerprint, status, body, created_at)
    SELECT :bucket, :to_id, key, fingerprint, status, body, created_at FROM core_request
    WHERE bucket = :from_bucket AND principal_id = :from_id
    ON CONFLICT DO NOTHING
    """
)


def copy_answers(from_id: UUID, to_id: UUID) -> int:
    """Lets whoever goes on as another principal repeat their requests; how many were answered.

    In the current unit of work.
    """
    values = {"bucket": bucket_of(to_id), "to_id": to_id}
    values |= {"from_bucket": bucket_of(from_id), "from_id": from_id}
    return int(db.session.execute(_COPY, values).rowcount)  # type: ignore[attr-defined]


def _bucket() -> int:
    """The caller's: a key belongs to who sent it, whosever money moves."""
    return bucket_of(auth.principal().id)


def _one_at_a_time(key: str) -> None:
    principal_id: UUID = auth.principal().id
    lock = int.from_bytes(sha256(f"{principal_id}/{key}".encode()).digest()[:8], signed=True)
    taken = db.session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": lock})
    if not taken:
        raise RequestInProgress()


def _stored(key: str) -> Any:
    return select(AnsweredRequest.fingerprint, AnsweredRequest.status, AnsweredRequest.body).where(
        AnsweredRequest.bucket == _bucket(),
        AnsweredRequest.principal_id == auth.principal().id,
        AnsweredRequest.key == key,
    )


def _replay(stored: Row[Any], print_: bytes) -> Response:
    if stored.fingerprint != print_:
        raise IdempotencyKeyReused()
    response = _response(stored.status, stored.body)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _response(status: int, body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")
