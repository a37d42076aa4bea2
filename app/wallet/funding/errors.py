"""Why a booking of platform money is not decided or reversed. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class BookingDecided(AppError):
    """The booking, or its reversal, waits for nobody: it was booked, refused or never asked for."""

    status, code = 409, "booking_decided"
    title, message = "This booking was decided already", "该笔登记已处理"


class BookingNotBooked(AppError):
    """Nothing was posted for the booking, so that there is nothing to reverse."""

    status, code = 409, "booking_not_booked"
    title, message = "Only what was booked can be reversed", "未入账的登记不能冲正"


class ReversalWaiting(AppError):
    """The booking's reversal was asked for before and waits for a second person."""

    status, code = 409, "reversal_waiting"
    title, message = "A reversal of this booking waits for a decision", "该笔登记的冲正待复核"
