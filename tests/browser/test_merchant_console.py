"""A cashier's and an owner's way through the merchant console: with the camera, at every width."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Page, expect

from app.ledger.service import Account
from tests.alliance import shop as world
from tests.alliance.offers import stall
from tests.alliance.orders import market
from tests.axe import serious_findings
from tests.browser.consoles import TOO_WIDE, WIDTHS, page_of, served, sign_in
from tests.pages.console.visitors import Visitor

pytestmark = pytest.mark.usefixtures("context")
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
FRAME = (640, 480)
MAIN_PAGES = (
    "/shop",
    "/shop/amount-codes",
    "/shop/payments",
    "/shop/orders",
    "/shop/pick-up",
    "/shop/shipping",
    "/shop/offers",
    "/shop/offers/new",
    "/shop/errands",
    "/shop/top-up-plans",
    "/shop/campaigns",
    "/shop/rewards",
    "/shop/money",
    "/shop/settlements",
    "/shop/prepaid",
    "/shop/stores",
    "/shop/contracts",
    "/shop/difference",
    "/shop/staff",
    "/shop/actions",
)


@pytest.fixture
def address(app):
    with served(app) as found:
        yield found


@pytest.fixture
def console(browser):
    with page_of(browser) as found:
        yield found


def staff(app, shop, *store_ids):
    role = "cashier" if store_ids else "merchant_owner"
    return Visitor(app, role, merchant_id=shop.merchant_id, store_ids=frozenset(store_ids))


def film(text: str, path: Path) -> None:
    """A film of one picture, for a camera that looks at a QR code."""
    code = qrcode.make(text, border=4).get_image().convert("L").resize((360, 360))
    picture = Image.new("L", FRAME, 200)
    picture.paste(code, ((FRAME[0] - 360) // 2, (FRAME[1] - 360) // 2))
    colours = bytes([128]) * (FRAME[0] * FRAME[1] // 2)
    frame = b"FRAME\n" + picture.tobytes() + colours
    head = f"YUV4MPEG2 W{FRAME[0]} H{FRAME[1]} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + frame * 10)


def keep(page: Page, name: str, folder: Path) -> None:
    """A picture for the documentation where WRITE_DOCS=1, else thrown away."""
    there = PICTURES if os.environ.get("WRITE_DOCS") else folder
    page.screenshot(path=there / f"{name}.png")


def test_a_cashier_scans_a_members_code_with_the_camera_and_gives_the_money_back(
    app, client, console, address, camera, tmp_path
):
    shop, payer = world.shop(), world.rich()
    console.set_viewport_size(PHONE)
    sign_in(console, address, staff(app, shop, shop.store_id))
    expect(console).to_have_url(f"{address}/shop")
    for key in ("1", "2", "小数点", "5"):
        console.get_by_role("button", name=key, exact=True).click()
    expect(console.get_by_label("金额")).to_have_value("12.5")
    keep(console, "shop-till", tmp_path)
    code = client.get("/api/v1/me/payment-code", headers=world.headers(payer)).json["code"]
    film(code, camera)
    console.get_by_role("button", name="扫会员付款码收款").click()
    expect(console.get_by_role("status").first).to_contain_text("收款成功")
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 1_250
    assert serious_findings(console) == []
    keep(console, "shop-paid", tmp_path)
    assert code not in console.url
    console.get_by_label("退款金额（不填为全部）").fill("2.50")
    console.get_by_role("button", name="退款").click()
    question = console.get_by_role("dialog")
    expect(question).to_contain_text("确定退款吗")
    question.get_by_role("button", name="取消").click()
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 1_250
    console.get_by_role("button", name="退款").click()
    question.get_by_role("button", name="确定").click()
    expect(console.locator("main")).to_contain_text("已退款 ¥2.50")
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 1_000
    console.get_by_role("link", name="收下一笔").click()
    expect(console.get_by_label("今日收款")).to_contain_text("¥12.50")


def test_an_amount_is_needed_before_the_camera_and_a_code_can_be_typed(
    app, client, console, address
):
    shop, payer = world.shop(), world.rich()
    console.set_viewport_size(DESK)
    sign_in(console, address, staff(app, shop))
    console.get_by_role("button", name="扫会员付款码收款").click()
    expect(console.get_by_role("dialog")).to_have_count(0)
    expect(console.get_by_label("金额")).to_be_focused()
    console.keyboard.type("3")
    code = client.get("/api/v1/me/payment-code", headers=world.headers(payer)).json["code"]
    console.get_by_label("会员付款码", exact=True).fill(code)
    console.keyboard.press("Enter")
    expect(console.get_by_role("status").first).to_contain_text("收款成功")
    assert world.balance(payer, Account.PREPAID_PRINCIPAL) == 100_000 - 300


def test_every_main_page_is_for_everybody_and_fits_each_width(
    app, client, console, address, tmp_path
):
    shop, payer = world.shop(), world.rich()
    for fen in (1_280, 3_600, 880):
        world.paid(client, payer, shop, fen)
    market.bought(client, payer, shop)
    stall.displayed(client, shop)
    world.give(shop.merchant_id, Account.AVAILABLE, 123_400)
    sign_in(console, address, staff(app, shop))
    found = {}
    for path in MAIN_PAGES:
        console.set_viewport_size(DESK)
        console.goto(address + path)
        if path == "/shop":
            expect(console.get_by_label("今日收款")).to_contain_text("¥57.60")
        found[path] = serious_findings(console)
        for width in WIDTHS:
            console.set_viewport_size({"width": width, "height": 900})
            found[path] += [f"{width}: {each}" for each in console.evaluate(TOO_WIDE)]
        if path in ("/shop", "/shop/payments", "/shop/money"):
            console.set_viewport_size(DESK)
            keep(console, path[1:].replace("/", "-") + "-desk", tmp_path)
    assert {path: each for path, each in found.items() if each} == {}
