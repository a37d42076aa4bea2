"""Opens the merchant console: its areas, in the order of the menu."""

from __future__ import annotations

from apiflask import APIFlask

from app.pages.console.areas import open_console
from app.pages.shop import (
    amount_codes,
    errands,
    money,
    offers,
    orders,
    place,
    promotions,
    purchases,
    staff,
    supplied,
    supplies,
    takings,
    till,
)

AREAS = (
    till.AREA,
    amount_codes.AREA,
    takings.AREA,
    orders.AREA,
    offers.AREA,
    supplied.AREA,
    supplies.AREA,
    errands.AREA,
    promotions.AREA,
    money.AREA,
    purchases.AREA,
    place.AREA,
    staff.AREA,
)


def install(app: APIFlask) -> None:
    """Connects the pages to the application."""
    open_console(app, "/shop", "商家后台", AREAS)
