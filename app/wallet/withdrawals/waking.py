"""Having a withdrawal looked at outside of any unit of work, as soon as this one is committed."""

from __future__ import annotations

from app.core import outbox
from app.wallet.models import Withdrawal

PAY = "wallet.withdrawal_due"


def ask_now(row: Withdrawal) -> None:
    """Has its channel send a withdrawal, or asked how it stands, after the commit."""
    outbox.emit(PAY, {"withdrawal_id": str(row.id)}, bucket=row.bucket)
