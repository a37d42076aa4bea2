"""What this merchant has agreed with WeChat Pay: limits, delays, how its bills are written.

Real values differ from merchant to merchant, so each can be set by the control API, which hands
out this list as it stands.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sandbox.records import Meta
from sandbox.world import World

NAME = "pay_terms"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing agreed; without `choices` any value like the default, not below zero."""

    default: Any
    zh: str
    en: str
    choices: tuple[str, ...] = ()


TERMS: dict[str, Term] = {
    "fees_from": Term(
        "BASIC", "手续费从哪个账户扣", "the account fees are taken from", ("BASIC", "FEES")
    ),
    "bill_byte_order_mark": Term(True, "账单以 BOM 开头", "bills begin with a byte order mark"),
    "bill_commas": Term(
        "raw",
        "账单中商户自定义文字里的逗号",
        "commas in the merchant's own words",
        ("raw", "escaped"),
    ),
    "codepay_free_fen": Term(
        100_000, "付款码免密上限（分）", "fen; above it the person confirms a payment by code"
    ),
    "refund_seconds": Term(2.0, "退款到账秒数", "virtual seconds until a refund ends"),
    "sharing_percent": Term(30, "最大分账比例（%）", "percent of a payment that may be shared"),
    "sharing_seconds": Term(3.0, "分账处理秒数", "virtual seconds until the parts are given"),
    "transfer_bill_limit_fen": Term(2_000_000, "转账单笔限额（分）", "fen of one transfer"),
    "transfer_user_day_limit_fen": Term(
        2_000_000, "单用户单日收款限额（分）", "fen one person receives in a day"
    ),
    "transfer_day_limit_fen": Term(
        100_000_000, "商户单日转账限额（分）", "fen the merchant transfers in a day"
    ),
    "transfer_close_lag_seconds": Term(
        0.0, "超时未确认的转账延迟关闭秒数", "virtual seconds a transfer is closed late"
    ),
    "transfer_notice_schedule": Term(
        "pay",
        "转账通知的重试节奏",
        "how notifications of transfers are repeated",
        ("pay", "transfer"),
    ),
}


class WrongTerm(ValueError):
    """No such term, or a value it cannot have."""


def value(here: World, name: str) -> Any:
    """A term in force."""
    kept = here.state.meta.get(NAME)
    return (kept.value if kept else {}).get(name, TERMS[name].default)


def everything(here: World) -> dict[str, Any]:
    """All terms in force."""
    return {name: value(here, name) for name in TERMS}


def catalogue() -> list[dict[str, Any]]:
    """What can be agreed, for the control API."""
    return [{"name": name} | asdict(term) for name, term in TERMS.items()]


def agree(here: World, wish: dict[str, Any]) -> dict[str, Any]:
    """Change some terms; returns all of them. Raises WrongTerm and then changes none."""
    for name, wanted in wish.items():
        _check(name, wanted)
    with here.state.change():
        kept = here.state.meta.get(NAME)
        here.state.meta.put(Meta(NAME, (kept.value if kept else {}) | wish))
    return everything(here)


def _check(name: str, wanted: Any) -> None:
    term = TERMS.get(name)
    if term is None:
        raise WrongTerm(f"{name}: one of {', '.join(TERMS)}")
    if term.choices and wanted not in term.choices:
        raise WrongTerm(f"{name}: one of {', '.join(term.choices)}")
    kinds = (int, float) if type(term.default) is float else (type(term.default),)
    if type(wanted) not in kinds or (type(wanted) in (int, float) and wanted < 0):
        raise WrongTerm(f"{name}: a value like {term.default!r}")
