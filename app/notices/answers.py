"""What the chat answers to each command: the member's own numbers, and where to go on.

Inside the callback's unit of work: the database only. Nothing here names another person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from app.alliance import service as alliance
from app.core.config import settings
from app.core.world import now
from app.ledger import service as ledger
from app.ledger.service import Account
from app.members import service as members
from app.notices import (
    cards,
    commands,
    outgoing,
    pages,
    places,
    preferences,
    service,
    texts,
    wording,
)
from app.notices.commands import Command
from app.notices.kinds import TERMS
from app.notices.rules import hours
from app.wallet import service as wallet
from app.wechat.client import Answer, Card, HandOver

SHOWN_LINES, SHOWN_STORES = 5, 5
SPENDABLE = (
    Account.PREPAID_PRINCIPAL,
    Account.PREPAID_BONUS,
    Account.EXPERIENCE,
    Account.REBATE,
)


def answer(command: Command, member_id: UUID, occasion: str) -> Answer:
    """The answer to a command. `occasion` names the message, so that it is worked on once."""
    if command is Command.PERSON:
        return to_a_person(member_id, occasion)
    return ANSWERS[command](member_id)


def not_understood(nearest: Command | None) -> str:
    """The answer to what is no command; `nearest` is what may have been meant."""
    name = commands.key_of(nearest) if nearest else None
    return wording.not_understood(name, pages.address())


def to_a_person(member_id: UUID, occasion: str) -> Answer:
    """Hands over to customer service within SERVICE_HOURS; otherwise says when it is there."""
    open_hours = settings().service_hours
    if open_hours is None or not hours(open_hours).holds(now()):
        return wording.nobody_there(open_hours, pages.address())
    outgoing.queue(f"service:{occasion}", member_id, texts.service_queue(open_hours))
    return HandOver()


def nearest_stores(latitude: float, longitude: float) -> Answer:
    """The stores nearest to a place (degrees, GCJ-02); the place is not kept."""
    return _shops(alliance.nearest_stores(latitude, longitude, SHOWN_STORES), is_by_distance=True)


def _shops(found: Sequence[wording.Shop], *, is_by_distance: bool) -> Answer:
    text = wording.stores(found, pages.address(Command.STORES), is_by_distance=is_by_distance)
    if not found:
        return text
    title = wording.stores_title(found[0], is_by_distance=is_by_distance)
    return cards.shown(Command.STORES, title, text)


def _balance(member_id: UUID) -> Answer:
    found = wallet.purses(member_id)
    spendable_fen = sum(found[purse].balance_fen for purse in SPENDABLE)
    text = texts.balance(
        prepaid_fen=found[Account.PREPAID_PRINCIPAL].balance_fen,
        bonus_fen=found[Account.PREPAID_BONUS].balance_fen,
        experience_fen=found[Account.EXPERIENCE].balance_fen,
        rebate_fen=found[Account.REBATE].balance_fen,
        pending_fen=found[Account.REBATE_PENDING].balance_fen,
    )
    return cards.shown(Command.BALANCE, wording.balance_title(spendable_fen), text)


def _statement(member_id: UUID) -> str:
    page = ledger.entries(member_id, wallet.PURSES, None, SHOWN_LINES)
    lines = [
        wording.Movement(wallet.statement_title(entry.kind)[0], entry.amount_fen, entry.posted_at)
        for entry in page.entries
    ]
    return wording.statement(lines, pages.address(Command.STATEMENT))


def _own_code(member_id: UUID) -> Answer:
    code = service.invite_code(member_id)
    return Card(wording.CODE_TITLE, wording.CODE_HINT, code.png, code.poster)


def _withdraw(member_id: UUID) -> Answer:
    found = wallet.purses(member_id)
    rebate_fen = found[Account.REBATE].balance_fen
    text = wording.withdrawal(
        rebate_fen=rebate_fen,
        pending_fen=found[Account.REBATE_PENDING].balance_fen,
        under_way_fen=found[Account.WITHDRAWING].balance_fen,
        minimum_fen=settings().withdrawal_minimum_fen,
        address=pages.address(Command.WITHDRAW),
    )
    return cards.shown(Command.WITHDRAW, wording.withdrawal_title(rebate_fen), text)


def _pay(member_id: UUID) -> Answer:
    return cards.shown(Command.PAY, wording.PAY_TITLE, wording.pay(pages.address(Command.PAY)))


def _top_up(member_id: UUID) -> Answer:
    return cards.shown(
        Command.TOP_UP, wording.TOP_UP_TITLE, wording.top_up(pages.address(Command.TOP_UP))
    )


def _stores(member_id: UUID) -> Answer:
    place = places.of(member_id)
    if place is not None:
        return nearest_stores(*place)
    bound = members.binding(member_id)
    found = alliance.some_stores(SHOWN_STORES, bound.home_store_id if bound else None)
    return _shops(found, is_by_distance=False)


def _locate(member_id: UUID) -> str:
    places.consent(member_id)
    return wording.LOCATING


def _locate_no_more(member_id: UUID) -> str:
    places.forget(member_id)
    return wording.LOCATING_NO_MORE


def _decline(member_id: UUID) -> str:
    declined = preferences.decline_all(member_id)
    return wording.declined([TERMS[kind].title for kind in declined])


def _want(member_id: UUID) -> str:
    preferences.want_all(member_id)
    return wording.WANTED


def _help(member_id: UUID) -> str:
    return texts.help_text(pages.address())


ANSWERS: dict[Command, Callable[[UUID], Answer]] = {
    Command.BALANCE: _balance,
    Command.STATEMENT: _statement,
    Command.MY_CODE: _own_code,
    Command.PAY: _pay,
    Command.TOP_UP: _top_up,
    Command.WITHDRAW: _withdraw,
    Command.STORES: _stores,
    Command.LOCATE: _locate,
    Command.LOCATE_NO_MORE: _locate_no_more,
    Command.DECLINE: _decline,
    Command.WANT: _want,
    Command.HELP: _help,
}
