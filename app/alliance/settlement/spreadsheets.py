"""A statement as CSV that spreadsheets open rightly, amounts in yuan."""

from __future__ import annotations

from app.alliance.settlement import wording
from app.alliance.settlement.models import SettlementLine
from app.alliance.settlement.sealing import beijing_time
from app.alliance.settlement.statements import Statement
from app.core.spreadsheets import more, plain_text, table
from app.core.units import decimal_yuan
from app.core.world import number_of

__all__ = ["amount", "more", "plain_text", "statement_csv", "table"]
COLUMNS = (
    "序号", "时间(北京)", "类型", "门店", "单号", "原消费单号", "金额(元)", "让利(元)",
    "服务费(元)", "通道费(元)", "货款(元)", "体验金(元)", "净额(元)", "支付构成", "会员优惠(元)",
    "供货入账(元)", "供货商品",
)  # fmt: skip


def amount(amount_fen: int) -> str:
    """Yuan with two decimals and no thousands separator: a number to any spreadsheet."""
    return decimal_yuan(amount_fen)


def statement_csv(statement: Statement) -> bytes:
    """The whole statement: what it is, its lines, its sums."""
    head = statement.head
    hash_ = head.hash.hex() if head.hash else "-"
    rows = [
        ["结算单号", statement.reference, "商家", plain_text(statement.merchant_name)],
        ["期次", str(head.number), "结算时间(北京)", beijing_time(head.created_at)],
        list(COLUMNS),
        *(_line(number, line, statement) for number, line in enumerate(statement.lines, 1)),
        *_sums(statement),
        ["校验值 SHA-256", hash_],
    ]
    return table(rows)


def _line(number: int, line: SettlementLine, statement: Statement) -> list[str]:
    store = statement.stores.get(line.store_id, "") if line.store_id else ""
    amounts = (
        line.gross_fen,
        line.concession_fen,
        line.service_fee_fen,
        line.channel_fee_fen,
        line.pending_fen,
        line.experience_fen,
        line.net_fen,
    )
    return [
        str(number),
        beijing_time(line.moment),
        wording.kind(line.kind),
        plain_text(store),
        number_of(line.subject_id),
        number_of(line.sale_id) if line.sale_id else "",
        *map(amount, amounts),
        plain_text(wording.purse_mix(line.purses)),
        amount(line.discount_fen),
        amount(line.supply_fen),
        plain_text(statement.supplied(line)),
    ]


def _sums(statement: Statement) -> list[list[str]]:
    head = statement.head
    sums = (
        ("上期结转", head.opening_fen + head.opening_experience_fen),
        ("本期货款", head.pending_fen),
        ("其中预支收回", head.advance_fen),
        ("本期体验金", head.experience_fen),
        ("服务费", -head.service_fee_fen),
        ("通道费", -head.channel_fee_fen),
        ("本期结算", head.total_fen),
        ("结转下期", head.closing_fen + head.closing_experience_fen),
        ("本期供货入账(不在本期结算内)", head.supply_fen),
        ("期初欠卖方供货退款", head.opening_supply_owed_fen),
        ("期末欠卖方供货退款", head.supply_owed_fen),
    )
    return [[name, amount(fen)] for name, fen in sums]
