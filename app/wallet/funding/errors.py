"""Why a booking of the platform's own money is not decided. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class BookingDecided(AppError):
    """The booking waits for nobody: it was booked, or refused."""

    status, code = 409, "booking_decided"
    title, message = "This booking was decided already", "该笔登记已处理"
