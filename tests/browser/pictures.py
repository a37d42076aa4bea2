"""Writes the pictures of the sandbox's page: `./test tests/browser/pictures.py`.

They go to docs/pictures/ only when WRITE_DOCS=1 is set; otherwise they are taken and thrown away,
which still shows that the page can be.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_phones import on, tab
from tests.sandbox.conftest import Product
from tests.sandbox.test_official_account import answer_with, make_code

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PHONE_HEIGHT = 770
BUTTONS = [
    {"type": "view", "name": "会员中心", "url": "https://shop.example/"},
    {"name": "我的", "sub_button": [{"type": "click", "name": "余额", "key": "BALANCE"}]},
]


@pytest.fixture
def folder(tmp_path) -> Path:
    """Where the pictures go."""
    return PICTURES if os.environ.get("WRITE_DOCS") else tmp_path


def furnish(sandbox, product: Product, merchant) -> dict:
    """A person who follows, chatted, paid and was told so."""
    sandbox.call("/cgi-bin/menu/create", {"button": BUTTONS})
    make_code(sandbox, "S12345")
    sandbox.control("/labels", {"labels": {"S12345": "茶小满·人民路店"}}, "PUT")
    product.answer = answer_with(
        "欢迎来到茶小满！您已是联盟会员，归属茶小满·人民路店，体验金 10.00 元已到账。"
    )
    person = sandbox.control("/phones", method="GET")["phones"][0]
    sandbox.control(f"/phones/{person['id']}/follow", {"scene": "S12345"})
    product.answer = answer_with("可用余额 100.00 元：储值 90.00 元，赠送金 10.00 元。")
    sandbox.control(f"/phones/{person['id']}/text", {"content": "余额"})
    product.answer = lambda letter: (200, b"success")
    _, prepay_id = merchant.prepay(person, 2800)
    sandbox.control(f"/phones/{person['id']}/pay", merchant.sheet(prepay_id))
    data = {
        "thing1": {"value": "茶小满·人民路店"},
        "amount2": {"value": "¥28.00"},
        "time3": {"value": time.strftime("%Y年%m月%d日 %H:%M")},
        "thing4": {"value": "返利 1.40 元，7 天后可用"},
    }
    wish = {"touser": person["openid"], "template_id": "TM_paid", "data": data}
    sandbox.call("/cgi-bin/message/template/send", wish | {"url": "https://shop.example/"})
    sandbox.drain()
    return dict(person)


def settle(page) -> None:
    """Let toasts go and pictures come."""
    page.wait_for_timeout(3500)


def test_pictures_are_taken(page, sandbox, product, merchant, folder):
    person = furnish(sandbox, product, merchant)
    phone = on(page)
    expect(phone.locator(".card.template")).to_be_visible()
    settle(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.screenshot(path=folder / "phones.png")
    phone.screenshot(path=folder / "phone-chat.png")
    native = merchant.order(person, 990, description="茶小满 · 乌龙茶")
    del native["payer"]
    code_url = merchant.send("POST", "/v3/pay/transactions/native", native)[1]["code_url"]
    tab(phone, "scan")
    phone.get_by_label("粘贴内容").fill(code_url)
    phone.get_by_role("button", name="扫 Scan", exact=True).click()
    expect(phone.locator(".sheet .sum")).to_contain_text("9.90")
    page.wait_for_timeout(400)
    phone.screenshot(path=folder / "phone-pay.png")
    phone.get_by_role("button", name="取消").click()
    tab(phone, "mini")
    phone.get_by_role("button", name="手机号").click()
    page.wait_for_timeout(400)
    phone.screenshot(path=folder / "phone-popup.png")
    page.get_by_text("更多故障").click()
    page.wait_for_timeout(600)
    page.evaluate("scrollTo(0, 0)")
    box = page.locator("#desk").bounding_box()
    shown = {"x": box["x"], "y": box["y"], "width": box["width"], "height": PHONE_HEIGHT}
    page.screenshot(path=folder / "desk.png", clip=shown, full_page=True)
    page.set_viewport_size({"width": 360, "height": 780})
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(400)
    page.screenshot(path=folder / "narrow.png")
    assert (folder / "desk.png").stat().st_size > 10_000
