"""Staff accounts of the platform and of merchants: who may open, change and see which."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from app.alliance import catalogue
from app.alliance.access import is_platform
from app.alliance.errors import OwnAccount, StaffRoleNotAllowed
from app.alliance.schemas import StaffRequest
from app.core import auth
from app.core.accounts import service as accounts
from app.core.auth import Principal
from app.core.errors import NotFound
from app.core.models import StaffAccount
from app.core.staff import NewStaff, create

MERCHANT_ROLES = frozenset({"merchant_owner", "cashier"})
MONEY_ROLES = frozenset({"finance", "reviewer"})
POWERFUL = MONEY_ROLES | {"operator"}


def open_account(caller: Principal, wanted: StaffRequest) -> dict[str, Any]:
    """Opens a staff account in the current unit; its fields and the second factor's secret.

    The operator may give every role but those that decide over money, which only finance may;
    a merchant's owner may give those of a merchant, for their own.
    One with a say over money waits until somebody else has let it in. Raises StaffRoleNotAllowed,
    MerchantUnknown, core's StaffExists.
    """
    roles = frozenset(wanted.roles)
    _check_roles(caller, roles, wanted.merchant_id)
    _check_stores(wanted.merchant_id, wanted.store_ids)
    new = NewStaff(
        username=wanted.username,
        password=wanted.password,
        roles=roles,
        merchant_id=wanted.merchant_id,
        store_ids=frozenset(wanted.store_ids),
        must_change_password=True,
        must_enrol_factor=True,
        opened_by=caller.id,
        is_waiting=_needs_second(caller, roles, wanted.merchant_id),
    )
    return {
        "staff_id": create(new),
        "username": new.username,
        "roles": sorted(roles),
        "merchant_id": new.merchant_id,
        "store_ids": sorted(new.store_ids),
        "totp_secret": new.totp_secret,
        "is_waiting": new.is_waiting,
    }


def seen(caller: Principal, staff_id: UUID) -> StaffAccount:
    """An account that the caller may look at, locked until the unit ends: the platform's staff
    see all, an owner those of the own merchant. Raises NotFound."""
    row = accounts.account(staff_id)
    is_theirs = row.merchant_id is not None and row.merchant_id == caller.merchant_id
    if not is_platform(caller) and not is_theirs:
        raise NotFound()
    return row


def reach(caller: Principal, merchant_id: UUID | None) -> UUID | None:
    """Whose accounts a list shows: of the merchant that was asked for, or all (None) for the
    platform's staff; the own merchant's for an owner. Raises NotFound for another's."""
    if is_platform(caller):
        return merchant_id
    if caller.merchant_id is None or merchant_id not in (None, caller.merchant_id):
        raise NotFound()
    return caller.merchant_id


def managed(caller: Principal, staff_id: UUID) -> StaffAccount:
    """An account that the caller may give the roles it has, and that is not their own.

    Raises NotFound, OwnAccount, StaffRoleNotAllowed.
    """
    row = seen(caller, staff_id)
    if row.id == caller.id:
        raise OwnAccount()
    _check_roles(caller, frozenset(row.roles), row.merchant_id)
    return row


def change_roles(
    caller: Principal, staff_id: UUID, roles: Collection[str], store_ids: Collection[UUID]
) -> StaffAccount:
    """Gives an account other roles, in the current unit. Who changes it must be allowed to give
    those it has and those it gets.

    Raises NotFound, OwnAccount, StaffRoleNotAllowed.
    """
    row = managed(caller, staff_id)
    _check_roles(caller, frozenset(roles), row.merchant_id)
    _check_stores(row.merchant_id, store_ids)
    gained = frozenset(roles) - frozenset(row.roles)
    accounts.change_roles(row, frozenset(roles), frozenset(store_ids))
    if _needs_second(caller, gained, row.merchant_id):
        accounts.hold(row, caller.id)
    return row


def let_in(caller: Principal, staff_id: UUID) -> StaffAccount:
    """Lets an account sign in, in the current unit. One that waits for its second person needs one
    of the platform's managers or the merchant's owner; any other who may give its roles.

    Raises NotFound, OwnAccount, StaffRoleNotAllowed, SecondPersonNeeded.
    """
    row = seen(caller, staff_id)
    if row.id == caller.id:
        raise OwnAccount()
    if row.is_waiting:
        accounts.activate(row, caller.id)
    else:
        accounts.set_active(managed(caller, staff_id), is_active=True)
    return row


def _needs_second(caller: Principal, roles: frozenset[str], merchant_id: UUID | None) -> bool:
    """Whether roles give a say over money that no one person gives: the platform's, and an owner's
    of a merchant that has staff, unless its own owner names them."""
    if roles & POWERFUL:
        return True
    is_owner = "merchant_owner" in roles and merchant_id is not None
    return is_owner and is_platform(caller) and accounts.has_staff(merchant_id)


def close(caller: Principal, staff_id: UUID) -> StaffAccount:
    """Ends what an account may do, at once, in the current unit. An operator may stop anybody
    else, since that gives nobody anything. Raises NotFound, OwnAccount, StaffRoleNotAllowed."""
    row = seen(caller, staff_id)
    if row.id == caller.id:
        raise OwnAccount()
    if "operator" not in caller.roles:
        managed(caller, staff_id)
    accounts.set_active(row, is_active=False)
    return row


def may_reset_alone(caller: Principal, row: StaffAccount) -> bool:
    """Whether a reset needs no second person: a merchant's owner for the own staff."""
    is_owner = "merchant_owner" in caller.roles and row.merchant_id is not None
    return is_owner and row.merchant_id == caller.merchant_id


def _check_stores(merchant_id: UUID | None, store_ids: Collection[UUID]) -> None:
    if merchant_id is not None:
        catalogue.merchant(merchant_id)
        if set(store_ids) <= set(catalogue.stores_of(merchant_id)):
            return
        raise StaffRoleNotAllowed("the stores are not this merchant's")
    if store_ids:
        raise StaffRoleNotAllowed("stores go with a merchant")


def _check_roles(caller: Principal, roles: frozenset[str], merchant_id: UUID | None) -> None:
    if not roles <= auth.STAFF_ROLES:
        raise StaffRoleNotAllowed("there is no such role")
    is_of_merchant = bool(roles & MERCHANT_ROLES)
    if is_of_merchant and not roles <= MERCHANT_ROLES:
        raise StaffRoleNotAllowed("roles of a merchant and of the platform are kept apart")
    if is_of_merchant != (merchant_id is not None):
        raise StaffRoleNotAllowed("roles of a merchant go with a merchant, others without")
    if roles & MONEY_ROLES:
        if roles <= MONEY_ROLES and "finance" in caller.roles:
            return
        raise StaffRoleNotAllowed("finance and reviewers are named by finance, and by nobody else")
    if "operator" in caller.roles:
        return
    if not is_of_merchant or merchant_id != caller.merchant_id:
        raise StaffRoleNotAllowed()
