"""Which versions of contracts count. Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists

from app.alliance.contracts.models import ContractOffer
from app.alliance.models import Contract


def is_agreed() -> Any:
    """The condition that a row of Contract was signed on paper, or accepted by the merchant."""
    return ~exists().where(
        ContractOffer.bucket == Contract.bucket,
        ContractOffer.contract_id == Contract.id,
        ContractOffer.answer.is_distinct_from("accepted"),
    )
