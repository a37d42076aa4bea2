"""A statement for printing: A4, PDF, with the vendored Chinese fonts, each page numbered.

The same statement always prints to the same bytes: nothing of the present moment is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fpdf import FPDF

from app.alliance.settlement import wording
from app.alliance.settlement.models import SettlementLine
from app.alliance.settlement.sealing import beijing_time
from app.alliance.settlement.statements import Statement
from app.alliance.settlement.supplied import KINDS, REPAID
from app.core.units import yuan
from app.core.world import BEIJING
from app.qr import service as qr

FAMILY = "NotoSansSC"
MARGIN, BOTTOM, WIDTH = 12.0, 282.0, 186.0
ROW = 4.6
SMALL, NORMAL, TITLE = 6.5, 9, 17
# Where each column of the lines ends (right, for amounts) or begins (left), in millimetres.
COLUMNS: tuple[tuple[str, float, bool], ...] = (
    ("时间", 12, False),
    ("类型", 33, False),
    ("门店", 47, False),
    ("单号", 76, False),
    ("金额", 108, True),
    ("让利", 120, True),
    ("手续费", 131, True),
    ("净额", 146, True),
    ("支付构成", 148, False),
)
STORE_WIDTH, MIX_WIDTH = 27.0, 50.0
STORE_COLUMNS = ((125, "金额"), (150, "让利"), (175, "净额"))
ELLIPSIS = "…"


class _Paper(FPDF):
    """A page with its footer; measures each text once."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(format="A4")
        self._statement = statement
        self._widths: dict[tuple[str, float, str], float] = {}
        for style, path in zip(("", "B"), qr.font_files(), strict=True):
            self.add_font(FAMILY, style, path)
        self.set_auto_page_break(False)
        self.set_margins(MARGIN, MARGIN)
        self.set_creation_date(statement.head.created_at.astimezone(BEIJING))
        self.set_title(f"结算对账单 {statement.reference}")
        self.set_lang("zh-CN")
        self.alias_nb_pages("{pages}")

    def footer(self) -> None:
        """The statement's number and hash, and the page's number, at the foot of each page."""
        head = self._statement.head
        self.set_font(FAMILY, "", SMALL)
        self.text(MARGIN, 288, f"结算单号 {self._statement.reference}")
        self.text(MARGIN, 291.5, f"SHA-256 {head.hash.hex() if head.hash else '-'}")
        self.set_xy(MARGIN + WIDTH - 40, 285)
        self.cell(40, 4, f"第 {self.page_no()} / {{pages}} 页", align="R")

    def fitting(self, text: str, width: float) -> str:
        """The text, shortened to a width in millimetres."""
        if self._width(text) <= width:
            return text
        while text and self._width(text + ELLIPSIS) > width:
            text = text[:-1]
        return text + ELLIPSIS

    def to_right(self, x: float, y: float, text: str) -> None:
        """Text that ends at x."""
        self.text(x - self._width(text), y, text)

    def _width(self, text: str) -> float:
        key = (self.font_style, self.font_size_pt, text)
        found = self._widths.get(key)
        if found is None:
            found = self._widths[key] = self.get_string_width(text)
        return found


def statement_pdf(statement: Statement) -> bytes:
    """The statement as a PDF file."""
    paper = _Paper(statement)
    paper.add_page()
    y = _head(paper, statement)
    y = _supplies(paper, statement, y)
    y = _totals(paper, statement, y)
    _lines(paper, statement, y)
    return bytes(paper.output())


def _head(paper: _Paper, statement: Statement) -> float:
    head = statement.head
    paper.set_font(FAMILY, "B", TITLE)
    paper.text(MARGIN, 20, "结算对账单")
    paper.set_font(FAMILY, "", NORMAL)
    facts = (
        ("商家", qr.covered(statement.merchant_name)),
        ("结算单号", statement.reference),
        ("期次", f"第 {head.number} 期"),
        ("结算时间", f"{beijing_time(head.created_at)}（北京时间）"),
        ("凭证号", head.journal_id.hex if head.journal_id else "—（本期无款项转出）"),
    )
    y = 28.0
    for name, value in facts:
        paper.text(MARGIN, y, name)
        paper.text(MARGIN + 22, y, paper.fitting(value, 160))
        y += 5.2
    return _sums(paper, statement, y + 2)


def _sums(paper: _Paper, statement: Statement, y: float) -> float:
    head = statement.head
    opening = head.opening_fen + head.opening_experience_fen
    sums = (
        ("上期结转", opening),
        (f"货款（收款 {head.sale_count} 笔，退款 {head.refund_count} 笔）",
         head.pending_fen - head.advance_fen),
        ("储值预支收回", head.advance_fen),
        ("体验金返还", head.experience_fen),
        ("服务费", -head.service_fee_fen),
        ("微信支付通道费", -head.channel_fee_fen),
    )  # fmt: skip
    for name, fen in sums:
        paper.text(MARGIN, y, name)
        paper.to_right(110, y, yuan(fen))
        y += 5
    paper.set_font(FAMILY, "B", NORMAL + 1)
    paper.line(MARGIN, y - 3.4, 110, y - 3.4)
    paper.text(MARGIN, y + 1, "本期结算（元）")
    paper.to_right(110, y + 1, yuan(head.total_fen))
    paper.text(MARGIN, y + 7, f"大写金额  人民币{wording.in_words(head.total_fen)}")
    paper.set_font(FAMILY, "", NORMAL)
    closing = head.closing_fen + head.closing_experience_fen
    if closing:
        y += 6
        paper.text(MARGIN, y + 7, f"退款等超出本期货款，{yuan(closing)} 元结转下期")
    return y + 16


def _supplies(paper: _Paper, statement: Statement, y: float) -> float:
    """What the merchant supplied or was supplied: money that came and went at once, and what it
    owes sellers, where it supplies others."""
    head, kinds = statement.head, statement.supplies
    if not (kinds or head.supply_owed_fen):
        return y
    paper.set_font(FAMILY, "B", NORMAL)
    paper.text(MARGIN, y, "供货（已即时收付，不在本期结算内）")
    paper.set_font(FAMILY, "", NORMAL)
    rows = [
        (f"{wording.kind(kind)}（{each['count']} 笔）", each["supply_fen"])
        for kind, each in kinds.items()
    ]
    rows.append(("本期供货入账", head.supply_fen))
    if kinds.keys() - {REPAID} or head.opening_supply_owed_fen:
        rows.append(("期初欠卖方供货退款", head.opening_supply_owed_fen))
        rows.append(("期末欠卖方供货退款", head.supply_owed_fen))
    for name, fen in rows:
        y = _on_page(paper, y + 5, lambda: None)
        paper.text(MARGIN, y, name)
        paper.to_right(110, y, yuan(fen))
    return y + 10


def _totals(paper: _Paper, statement: Statement, y: float) -> float:
    paper.set_font(FAMILY, "B", NORMAL)
    paper.text(MARGIN, y, "分门店小计")
    for x, name in STORE_COLUMNS:
        paper.to_right(x, y, name)
    paper.set_font(FAMILY, "", SMALL + 0.5)
    y += 5
    for total in statement.totals:
        y = _on_page(paper, y, lambda: None)
        store = next((n for i, n in statement.stores.items() if str(i) == total["store_id"]), "—")
        paper.text(MARGIN, y, paper.fitting(qr.covered(store), 50))
        paper.text(66, y, wording.kind(total["kind"]))
        paper.to_right(100, y, f"{total['count']} 笔")
        amounts = (total["gross_fen"], total["concession_fen"], total["net_fen"])
        for (x, _), fen in zip(STORE_COLUMNS, amounts, strict=True):
            paper.to_right(x, y, yuan(fen))
        y += ROW
    return y + 5


def _lines(paper: _Paper, statement: Statement, y: float) -> None:
    y = _titles(paper, y)
    names = {store: qr.covered(name) for store, name in statement.stores.items()}
    for line in statement.lines:
        y = _on_page(paper, y, lambda: _titles(paper, 18))
        goods = qr.covered(statement.supplied(line))
        _line(paper, y, line, names.get(line.store_id, "") if line.store_id else goods)
        y += ROW


def _line(paper: _Paper, y: float, line: SettlementLine, store: str) -> None:
    fees = line.service_fee_fen + line.channel_fee_fen
    mix = wording.purse_mix(line.purses, line.discount_fen)
    if line.kind in KINDS:
        mix = wording.supply_mix(line.kind, line.gross_fen, line.supply_fen)
    texts: Iterable[str] = (
        beijing_time(line.moment)[:-3],
        wording.kind(line.kind),
        paper.fitting(store, STORE_WIDTH),
        line.subject_id.hex[-14:],
        *map(yuan, (line.gross_fen, line.concession_fen, fees, line.net_fen)),
        paper.fitting(mix, MIX_WIDTH),
    )
    for (_, x, is_right), text in zip(COLUMNS, texts, strict=True):
        if is_right:
            paper.to_right(x, y, text)
        else:
            paper.text(x, y, text)


def _titles(paper: _Paper, y: float) -> float:
    paper.set_font(FAMILY, "B", SMALL)
    for name, x, is_right in COLUMNS:
        if is_right:
            paper.to_right(x, y, name)
        else:
            paper.text(x, y, name)
    paper.line(MARGIN, y + 1.4, MARGIN + WIDTH, y + 1.4)
    paper.set_font(FAMILY, "", SMALL)
    return y + ROW + 0.8


def _on_page(paper: _Paper, y: float, begin: Callable[[], Any]) -> float:
    """Where to write next: at `y`, or on a new page."""
    if y <= BOTTOM:
        return y
    size, style = paper.font_size_pt, paper.font_style
    paper.add_page()
    paper.set_font(FAMILY, style, size)
    begun = begin()
    return float(begun) if begun is not None else 18.0
