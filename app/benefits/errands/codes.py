"""The six digits that whoever is at the door shows the runner. They follow from SECRET_KEY and from
who took the errand when; they are stored nowhere."""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID

from app.benefits.errands import steps
from app.benefits.errands.errors import ProofCodeWrong
from app.benefits.errands.models import Errand
from app.benefits.errands.rules import MOVES
from app.core import crypto
from app.core.auth import Principal
from app.core.db import in_transaction

DIGITS = 6
MOST_FAILURES = 5


def code(row: Errand, step: str) -> str:
    """What proves this step of a taken errand."""
    taken_at = row.taken_at.isoformat() if row.taken_at else ""
    message = "/".join((str(row.id), step, str(row.runner_id), taken_at)).encode()
    digest = hmac.new(crypto.derived_key("benefits.errand_code"), message, sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


def check(row: Errand, step: str, digits: str | None) -> None:
    """Raises ProofCodeWrong for another code than this step's, or after too many."""
    if digits is None:
        return
    is_right = hmac.compare_digest(code(row, step), digits)
    if not is_right or row.code_failures >= MOST_FAILURES:
        raise ProofCodeWrong()


def count_failure(caller: Principal, errand_id: UUID, step: str, digits: str | None) -> None:
    """Before a step with a code: a wrong one is counted in a unit of its own, so that nobody can
    try them all. Raises ErrandUnknown, ProofCodeWrong."""
    if digits is None:
        return

    def work() -> bool:
        row = steps.run(caller, errand_id)
        if row.status not in MOVES[step].before:
            return True  # done before, or not yet: the step itself answers
        if row.code_failures >= MOST_FAILURES:
            return False
        is_right = hmac.compare_digest(code(row, step), digits)
        row.code_failures += 0 if is_right else 1
        return is_right

    if not in_transaction(work):
        raise ProofCodeWrong()
