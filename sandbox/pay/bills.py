"""Daily bills, ready the next day at ten in Beijing, fetched by an address that works once.

Trade and fund-flow bills (WeChat fact D12), written from the sandbox's own books.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import names, terms
from sandbox.clock import beijing_day, day_begins
from sandbox.pay import bill_rows
from sandbox.pay.bill_rows import Row
from sandbox.pay.errors import PayError, wrong_parameter
from sandbox.pay_records import BillFile
from sandbox.records import Fault
from sandbox.world import World, world

READY_SECONDS = (24 + 10) * 3600.0
KEPT_DAYS = 92
MISTAKES = ("bill_omit", "bill_add", "bill_alter")
MOST_MISTAKES = 20  # in one bill: a fault may have no end
URL_SECONDS = 300.0
DOWNLOAD = "/v3/billdownload/file"
MARK = "\ufeff"
LINE_END = "\r\n"
ALTERED = ("收支金额(元)", "分账金额(元)", "应结订单金额", "订单金额", "退款金额", "申请退款金额")
IDENTITIES = (
    "微信订单号",
    "商户订单号",
    "微信退款单号",
    "商户退款单号",
    "微信支付业务单号",
    "业务凭证号",
)

blueprint = Blueprint("bills", __name__)


@blueprint.get("/v3/bill/tradebill")
def trade_bill() -> Response:
    """Orders and refunds of a day: bill_type ALL, SUCCESS or REFUND."""
    here = world()
    wish = asked("bill_type", tuple(bill_rows.TRADE_COLUMNS))
    kind = wish["bill_type"]
    with here.state.change():
        ready_at = ready(here, wish["bill_date"])
        rows = bill_rows.trade_rows(here, wish["bill_date"], kind, ready_at)
        rows = spoiled(here, rows, f"bill:tradebill {kind} {wish['bill_date']}")
        columns = bill_rows.TRADE_COLUMNS[kind]
        return offer(here, text(here, columns, rows, bill_rows.trade_summary), wish)


@blueprint.get("/v3/bill/fundflowbill")
def fund_flow_bill() -> Response:
    """Movements of an account: account_type BASIC, OPERATION or FEES."""
    here = world()
    wish = asked("account_type", ("BASIC", "OPERATION", "FEES"))
    account = wish["account_type"]
    with here.state.change():
        ready(here, wish["bill_date"])
        rows = bill_rows.fund_rows(here, wish["bill_date"], account)
        rows = spoiled(here, rows, f"bill:fundflowbill {account} {wish['bill_date']}")
        columns = bill_rows.FUND_COLUMNS
        return offer(here, text(here, columns, rows, bill_rows.fund_summary), wish)


@blueprint.get(DOWNLOAD)
def download() -> Response:
    """The file itself, once; its answer is not signed (WeChat fact D12)."""
    here = world()
    with here.state.change():
        found = here.state.bill_files.get(request.args.get("token", ""))
        if found is None or found.expires_at <= here.clock.now():
            raise PayError(404, "RESOURCE_NOT_EXISTS", "账单下载地址不存在或已失效")
        here.state.bill_files.drop(found.id)
    body = found.text.encode()
    if found.zipped:
        return Response(gzip.compress(body, mtime=0), mimetype="application/gzip")
    return Response(body, content_type="text/plain; charset=utf-8")


def asked(kind: str, choices: tuple[str, ...]) -> dict[str, str]:
    """The query of a bill. Raises PayError 400 for what is unknown or cannot be."""
    wish = request.args.to_dict()
    unknown = next((name for name in wish if name not in ("bill_date", kind, "tar_type")), "")
    if unknown:
        raise wrong_parameter(unknown, "unknown parameter", wish[unknown], "query")
    if choices:
        wish.setdefault(kind, choices[0])
        if wish[kind] not in choices:
            raise wrong_parameter(kind, f"one of {', '.join(choices)}", wish[kind], "query")
    if wish.get("tar_type", "GZIP") != "GZIP":
        raise wrong_parameter("tar_type", "GZIP or nothing", wish["tar_type"], "query")
    try:
        date.fromisoformat(wish.get("bill_date", ""))
        day_begins(wish["bill_date"])
    except ValueError as error:
        raise wrong_parameter("bill_date", "YYYY-MM-DD", location="query") from error
    return wish


def ready(here: World, day: str) -> float:
    """The moment this bill was made. Raises PayError 400 while it is not, or no longer kept."""
    now = here.clock.now()
    begins = day_begins(day)
    if day >= beijing_day(now):
        raise wrong_parameter("bill_date", "the day is not over", day, "query")
    if now - begins > KEPT_DAYS * 86400:
        raise wrong_parameter("bill_date", "older than three months", day, "query")
    if now < begins + READY_SECONDS:
        raise PayError(400, "STATEMENT_CREATING", "账单生成中，请于10点后再试")
    return begins + READY_SECONDS


def text(
    here: World, columns: list[str], rows: list[Row], summary: Callable[[list[Row]], Row]
) -> str:
    """The whole file. Raises PayError 400 NO_STATEMENT_EXIST for a day without lines."""
    if not rows:
        raise PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    last = summary(rows)
    lines = [",".join(columns)]
    lines += [_line(here, columns, row) for row in rows]
    lines += [",".join(last), _line(here, list(last), last)]
    mark = MARK if terms.value(here, "bill_byte_order_mark") else ""
    return mark + "".join(line + LINE_END for line in lines)


def _line(here: World, columns: list[str], row: Row) -> str:
    escaped = terms.value(here, "bill_commas") == "escaped"
    return ",".join("`" + _shown(column, row[column], escaped) for column in columns)


def _shown(column: str, value: str | int, escaped: bool) -> str:
    """Amounts in yuan, fees with five decimals; a comma of the merchant's own stays in it."""
    if isinstance(value, str):
        value = value.replace("\r", " ").replace("\n", "\\n")
        return value.replace(",", "\\ ") if escaped else value
    sign, amount = "-" if value < 0 else "", abs(value)
    decimals = "000" if column.startswith("手续费") else ""
    return f"{sign}{amount // 100}.{amount % 100:02d}{decimals}"


def offer(here: World, text: str, wish: dict[str, str]) -> Response:
    """Keep the file for five minutes and say where it is; the hash is of the unzipped text."""
    now = here.clock.now()
    for old in here.state.bill_files.all():
        if old.expires_at <= now:
            here.state.bill_files.drop(old.id)
    found = BillFile(names.letters(48), text, wish.get("tar_type") == "GZIP", now + URL_SECONDS)
    here.state.bill_files.put(found)
    return jsonify(
        hash_type="SHA1",
        hash_value=hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
        download_url=f"{request.host_url.rstrip('/')}{DOWNLOAD}?token={found.id}",
    )


def spoiled(here: World, rows: list[Row], subject: str) -> list[Row]:
    """The lines with the mistakes that were asked for, so that reconciliation has to find them."""
    for _ in range(MOST_MISTAKES):
        fault = here.faults.take(subject, *MISTAKES) if rows else None
        if fault is None:
            break
        rows = _spoil(rows, fault)
    return rows


def _spoil(rows: list[Row], fault: Fault) -> list[Row]:
    """One mistake at the line `line` (0 is the first), or at the one that has `number` in it."""
    number, place = str(fault.detail.get("number", "")), int(fault.detail.get("line", 0))
    places = [n for n, row in enumerate(rows) if number and number in row.values()]
    place = places[0] if places else min(place, len(rows) - 1)
    if fault.kind == "bill_omit":
        return rows[:place] + rows[place + 1 :]
    amount: Any = fault.detail.get("amount_fen", 1)
    row = dict(rows[place])
    if fault.kind == "bill_add":
        row |= {name: _other(str(row[name])) for name in IDENTITIES if name in row}
        return [*rows[: place + 1], row, *rows[place + 1 :]]
    for name in ALTERED:
        if isinstance(row.get(name), int) and row[name]:
            row[name] = int(row[name]) + int(amount)
    return [*rows[:place], row, *rows[place + 1 :]]


def _other(number: str) -> str:
    """A number of the same length that nobody has."""
    return number if number in ("", "0") else "9" * 10 + names.digits(max(len(number) - 10, 4))
