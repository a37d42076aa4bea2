"""Merchants whom the operator enters without an application, compared like those that apply."""

from __future__ import annotations

from uuid import UUID

from app.alliance import catalogue
from app.alliance.catalogue import Recommender
from app.alliance.joining import comparing
from app.alliance.joining.comparing import Finding
from app.alliance.joining.errors import LicenceDoubtful
from app.alliance.models import Merchant
from app.core.db import one_at_a_time


def enter(
    name: str,
    licence_number: str | None,
    salesperson_id: UUID | None,
    recommender: Recommender | None,
) -> tuple[Merchant, list[Finding]]:
    """Adds a merchant, and says whose name is like its own, in the current unit of work; one after
    the other with approvals of applications, so that a licence joins once.

    A licence (normal form) that an application could join with only under the eyes of two people is
    refused: one operator alone does not decide that. A name proves nothing, and is told. Raises
    LicenceDoubtful, SalespersonUnknown, RecommenderInvalid.
    """
    one_at_a_time("alliance/joining")
    found = comparing.of_merchant(name, licence_number)
    doubts = [each for each in found if each["is_serious"] and each["kind"] != "name_taken"]
    if doubts:
        raise LicenceDoubtful(findings=doubts)
    return catalogue.add_merchant(name, salesperson_id, recommender, licence_number), found
