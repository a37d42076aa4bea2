"""Why a ticket is not opened or changed. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class TooManyTickets(AppError):
    """The member has as many open tickets as anybody may have."""

    status, code = 409, "too_many_tickets"
    title, message = "Too many of your tickets are open", "未结工单过多，请等待回复或补充原工单"


class TooManyTicketMessages(AppError):
    """The member has written as often in this ticket as anybody may within an hour."""

    status, code = 429, "too_many_ticket_messages"
    title, message = "Too many messages in this ticket, come back later", "留言过于频繁，请稍后再试"


class TicketFull(AppError):
    """The ticket holds as many of its member's messages as it may."""

    status, code = 409, "ticket_full"
    title, message = "This ticket is full; open a new one", "该工单留言已满，请新建工单"


class TicketPictureUnknown(AppError):
    """There is no such picture of the member's, or it was sent with something before; `ids`."""

    status, code = 404, "ticket_picture_unknown"
    title, message = "There is no such picture", "没有找到该图片"


class TooManyTicketPictures(AppError):
    """Too many pictures of the member lie unused; they go within a day."""

    status, code = 409, "too_many_ticket_pictures"
    title, message = "Use the pictures sent before, or wait", "未使用的图片过多，请先使用或稍后再传"


class TicketClosed(AppError):
    """The ticket is closed, and too long ago to be opened again."""

    status, code = 409, "ticket_closed"
    title, message = "This ticket is closed; open a new one", "该工单已关闭，请新建工单"


class TicketOpen(AppError):
    """A ticket is rated when it is closed."""

    status, code = 409, "ticket_open"
    title, message = "A ticket is rated when it is closed", "工单关闭后才能评价"


class TicketRated(AppError):
    """A ticket is rated once for each time it was closed."""

    status, code = 409, "ticket_rated"
    title, message = "This ticket is rated already", "该工单已评价"
