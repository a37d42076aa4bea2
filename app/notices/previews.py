"""Each kind as its receiver would see it, with example values; and whether WeChat would take it.

`check` runs when the application starts: a template in the settings that names what cannot be
told, or fields that our words do not fit into, is found then and not with the first notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.core.config import settings
from app.notices import benefits, channels, experience, links, order_texts, texts
from app.notices.kinds import TERMS, Door, Kind, Terms
from app.notices.rules import fitted, template_of, value_fits
from app.notices.texts import Content

AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
STORE = "老街面馆·河坊街店"
PURSES = {"体验金": 500, "储值": 4_500}
EXAMPLES: dict[Kind, Content] = {
    content.kind: content
    for content in (
        texts.joined(2_000, AT),
        texts.topped_up(STORE, 50_000, AT),
        texts.paid(STORE, 5_000, PURSES, AT),
        texts.refunded(STORE, 5_000, AT),
        texts.rebate(STORE, 50, False, AT, AT),
        order_texts.content(Kind.MEMBER_ORDER, STORE, "牛肉酱", 2_800, "支付成功", AT),
        order_texts.content(Kind.MERCHANT_ORDER, STORE, "牛肉酱", 2_800, "新订单，请备货", AT),
        experience.content(2_000, AT),
        texts.withdrawal(12_000, True, AT),
        texts.friend_joined(AT),
        texts.service_queue("09:00-21:00"),
        texts.ticket_answered(AT, is_closed=False),
        texts.application("老街面馆", "more_asked", "请补充门店照片", AT),
        texts.store_closing(STORE, "2026年12月1日起停业", "老街面馆·北街店", AT),
        texts.offered("周末储值满五百元送八十元", AT),
        benefits.content(benefits.EXAMPLE, AT),
        texts.payment_received(STORE, 5_000, 4_600, AT),
        texts.payment_refunded(STORE, 5_000, AT),
        texts.settled("老街面馆", 123_456, 42, AT, UUID(int=0)),
        texts.partnership(STORE, "已暂停营业", AT, "原因：消防检查。"),
        texts.customer_brought(AT),
        texts.salesperson_earned(STORE, 40, AT),
    )
}
TEMPLATE_DOORS = (Door.SUBSCRIPTION, Door.MINI_SUBSCRIPTION, Door.TEMPLATE)


class TemplatesInvalid(ValueError):
    """Templates in the settings that WeChat would refuse; says which and why."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template's message as it would be sent through a door."""

    door: Door
    template_id: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """A kind with example values: its terms, its text in the chat, its configured templates."""

    kind: Kind
    terms: Terms
    daily: int
    text: str
    templates: tuple[Filled, ...]


def all_kinds() -> list[Preview]:
    """Every kind as it would be told now."""
    return [
        Preview(
            kind=kind,
            terms=terms,
            daily=settings().notice_daily_limits.get(kind, terms.daily),
            text=links.plain(EXAMPLES[kind].text),
            templates=tuple(_filled(kind)),
        )
        for kind, terms in TERMS.items()
    ]


def check() -> None:
    """Raises TemplatesInvalid for settings that could not be sent."""
    found = [*_unknown_kinds(), *(fault for kind in Kind for fault in _faults(kind))]
    if found:
        raise TemplatesInvalid("; ".join(found))


def _unknown_kinds() -> Iterator[str]:
    named = {name for door in TEMPLATE_DOORS for name in channels.templates_of(door)}
    for name in sorted((named | settings().notice_daily_limits.keys()) - set(Kind)):
        yield f"no notice is called {name}"


def _faults(kind: Kind) -> Iterator[str]:
    for door in TEMPLATE_DOORS:
        configured = channels.templates_of(door).get(kind)
        if configured is None:
            continue
        if door not in TERMS[kind].doors:
            yield f"{kind} is never sent as {door}"
        try:
            _, keys = template_of(configured, kind)
        except ValueError:
            yield f"the template of {kind} is not `id name=field …`"
            continue
        fields = EXAMPLES[kind].fields
        for name, key in keys.items():
            if name not in fields:
                yield f"{kind} cannot tell {name}"
            elif not value_fits(fields[name], key):
                yield f"{kind} does not fit into {key}: {fields[name]}"


def _filled(kind: Kind) -> Iterator[Filled]:
    for door in TERMS[kind].doors:
        configured = channels.templates_of(door).get(kind) if door in TEMPLATE_DOORS else None
        if configured is not None:
            template_id, keys = template_of(configured, kind)
            fields = EXAMPLES[kind].fields
            values = {key: fitted(fields.get(name, ""), key) for name, key in keys.items()}
            yield Filled(door, template_id, values)
