"""Statements as files: the PDF says what the statement says, the CSV runs nothing."""

import csv
import io
import re
import time
import zlib

import pytest

from app.alliance.settlement import printing, spreadsheets, statements
from app.alliance.settlement.models import SettlementLine
from app.core.world import new_id, now
from tests.alliance import shop as world
from tests.alliance.settlement.books import settled

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def statement(client):
    merchant_id, policy_id = world.merchant("=老街面馆"), world.policy()
    contract_id = world.contract(merchant_id, policy_id)
    store_id = world.store(merchant_id, '@cmd|"南门", 店😀')
    shop = world.Shop(merchant_id, store_id, policy_id, contract_id)
    for amount in (1_000, 2_005):
        world.paid(client, world.rich(), shop, amount)
    (row,) = settled(shop)
    return shop, row


def test_the_csv_is_read_by_spreadsheets_and_holds_no_formula(client, statement):
    shop, row = statement
    answer = client.get(
        f"/api/v1/settlements/{row.id}/statement.csv", headers=world.owner_headers(shop)
    )
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.data.decode("utf-8-sig")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][3] == "'=老街面馆"
    lines = [found for found in rows if len(found) == len(spreadsheets.COLUMNS)][1:]
    assert [(found[3], found[6], found[12]) for found in lines] == [
        ('\'@cmd|"南门", 店😀', "10.00", "9.00"),
        ('\'@cmd|"南门", 店😀', "20.05", "18.04"),
    ]
    assert ["本期结算", "27.04"] in rows
    assert [row.hash.hex()] == [found[1] for found in rows if found[0].startswith("校验值")]


def test_the_pdf_is_a4_numbered_and_always_the_same(client, statement):
    shop, row = statement
    path = f"/api/v1/settlements/{row.id}/statement.pdf"
    answer = client.get(path, headers=world.owner_headers(shop))
    assert answer.data.startswith(b"%PDF-")
    assert answer.content_type == "application/pdf"
    assert b"/MediaBox [0 0 595.28 841.89]" in answer.data
    assert answer.data == client.get(path, headers=world.owner_headers(shop)).data
    assert client.get(path, headers=world.owner_headers(world.shop())).status_code == 404
    assert client.get(path).status_code == 401


def test_all_that_a_statement_says_is_drawn_with_a_glyph(statement):
    _, row = statement
    whole = statements.whole(row)
    for text in (
        "结算对账单 商家 期次 凭证号 大写金额 人民币零壹贰叁肆伍陆柒捌玖拾佰仟万亿兆元角分整负",
        "上期结转 货款（收款 笔，退款 笔）储值预支收回 体验金返还 服务费 微信支付通道费 本期结算",
        "供货（已即时收付，不在本期结算内）供货收入供货退回供货欠款抵扣扣保证金收回期初欠卖方期末×、已扣",
        "分门店小计 时间 类型 单号 金额 让利 手续费 净额 支付构成 本金 赠金 返利 退款等超出",
    ):
        assert printing.qr.covered(text) == text
    content = b"".join(
        zlib.decompress(part)
        for part in re.findall(rb"stream\n(.*?)\nendstream", printing.statement_pdf(whole), re.S)
        if part.startswith(b"x\x9c")
    )
    assert content.count(b" Td ") > 60


def test_five_thousand_lines_are_printed_and_exported_within_reasonable_time(statement):
    _, row = statement
    whole = statements.whole(row)
    store_id = next(iter(whole.stores))
    many = [
        SettlementLine(bucket=1, kind="sale", subject_id=new_id(), settlement_id=row.id,
                       moment=now(), sale_id=new_id(), store_id=store_id, gross_fen=number,
                       concession_fen=1, pending_fen=number - 1, experience_fen=0,
                       service_fee_fen=0, channel_fee_fen=0, purses={"principal": number},
                       discount_fen=0, supply_fen=0)
        for number in range(1, 5_001)
    ]  # fmt: skip
    big = statements.Statement(row, whole.merchant_name, whole.stores, many, whole.totals)
    began = time.process_time()
    pdf = printing.statement_pdf(big)
    table = spreadsheets.statement_csv(big)
    assert time.process_time() - began < 20
    assert len(re.findall(rb"/Type /Page\b", pdf)) > 80
    assert table.count(b"\r\n") > 5_000
