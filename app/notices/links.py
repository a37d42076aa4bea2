"""What a tap on a notice opens. Kept with the notice as a name, made into an address when it is
sent: an address that lets somebody in must not lie in the database, and its time runs from then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from app.core.config import settings
from app.core.crypto import derived_key
from app.core.world import now
from app.notices import pages

LINK = "{link}"
STATEMENT = "statement:"
SALT = "notices.statement"


@dataclass(frozen=True, slots=True)
class StatementLink:
    """A settlement, who may look at it by this link, and until when (UTC)."""

    settlement_id: UUID
    member_id: UUID
    until: datetime


def statement(settlement_id: UUID) -> str:
    """The name of a link to a settlement's statement."""
    return f"{STATEMENT}{settlement_id}"


def address_of(link: str | None, member_id: UUID) -> str:
    """The address of a link for this member; the client's first page without one."""
    base = settings().base_url.rstrip("/")
    if link is None or not link.startswith(STATEMENT):
        return pages.address()
    until = now() + timedelta(days=settings().statement_link_days)
    settlement_id = UUID(link.removeprefix(STATEMENT))
    words = [settlement_id.hex, member_id.hex, int(until.timestamp())]
    return f"{base}/statements/{_signer().dumps(words)}"


def resolved(text: str, link: str | None, member_id: UUID) -> str:
    """A notice's text with the address in the place of LINK."""
    return text.replace(LINK, address_of(link, member_id)) if LINK in text else text


def plain(text: str) -> str:
    """A notice's text for others than its receiver: the link leads to the client only."""
    return text.replace(LINK, pages.address())


def opened(token: str) -> StatementLink | None:
    """What a link to a statement says, also after its time; None if it is not one of ours."""
    try:
        settlement_id, member_id, until = _signer().loads(token)
        moment = datetime.fromtimestamp(until, now().tzinfo)
        return StatementLink(UUID(hex=settlement_id), UUID(hex=member_id), moment)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(derived_key(SALT), salt=SALT)
