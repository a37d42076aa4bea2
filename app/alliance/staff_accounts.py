"""Staff accounts of the platform and of merchants: who may open which."""

from __future__ import annotations

from typing import Any

from app.alliance import catalogue
from app.alliance.errors import StaffRoleNotAllowed
from app.alliance.schemas import StaffRequest
from app.core import auth
from app.core.auth import Principal
from app.core.staff import NewStaff, create

MERCHANT_ROLES = frozenset({"merchant_owner", "cashier"})
MONEY_ROLES = frozenset({"finance", "reviewer"})


def open_account(caller: Principal, wanted: StaffRequest) -> dict[str, Any]:
    """Opens a staff account in the current unit; its fields and the second factor's secret.

    The operator may give every role but those that decide over money, which only finance may;
    a merchant's owner may give those of a merchant, for their own.
    Raises StaffRoleNotAllowed, MerchantUnknown, core's StaffExists.
    """
    roles = frozenset(wanted.roles)
    _check_roles(caller, roles, wanted)
    if wanted.merchant_id is not None:
        catalogue.merchant(wanted.merchant_id)
        if not set(wanted.store_ids) <= set(catalogue.stores_of(wanted.merchant_id)):
            raise StaffRoleNotAllowed("the stores are not this merchant's")
    new = NewStaff(
        username=wanted.username,
        password=wanted.password,
        roles=roles,
        merchant_id=wanted.merchant_id,
        store_ids=frozenset(wanted.store_ids),
    )
    return {
        "staff_id": create(new),
        "username": new.username,
        "roles": sorted(roles),
        "merchant_id": new.merchant_id,
        "store_ids": sorted(new.store_ids),
        "totp_secret": new.totp_secret,
    }


def _check_roles(caller: Principal, roles: frozenset[str], wanted: StaffRequest) -> None:
    if not roles <= auth.STAFF_ROLES:
        raise StaffRoleNotAllowed("there is no such role")
    is_of_merchant = bool(roles & MERCHANT_ROLES)
    if is_of_merchant and not roles <= MERCHANT_ROLES:
        raise StaffRoleNotAllowed("roles of a merchant and of the platform are kept apart")
    if is_of_merchant != (wanted.merchant_id is not None):
        raise StaffRoleNotAllowed("roles of a merchant go with a merchant, others without")
    if roles & MONEY_ROLES:
        if roles <= MONEY_ROLES and "finance" in caller.roles:
            return
        raise StaffRoleNotAllowed("finance and reviewers are named by finance, and by nobody else")
    if "operator" in caller.roles:
        return
    if not is_of_merchant or wanted.merchant_id != caller.merchant_id:
        raise StaffRoleNotAllowed()
