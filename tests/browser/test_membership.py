"""Membership on a phone: what it is, which plan, whose store, paid in WeChat, and credited."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import text

from app.core.config import settings
from app.core.db import read
from app.ledger.service import Account
from app.members import service as members
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.prepaid.test_plans import budgeted, plan
from tests.wechat.conftest import sandbox  # noqa: F401  # the whole of WeChat

PHONE = {"width": 360, "height": 780}
IN_WECHAT = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shown(browser: BrowserContext, sandbox) -> Page:  # noqa: F811
    """A page as wide as a small phone; any error in it fails the test."""
    troubles: list[str] = []
    page = browser.new_page()
    page.set_viewport_size(PHONE)
    page.add_init_script(
        f"Object.defineProperty(navigator, 'userAgent', {{get: () => '{IN_WECHAT}'}})"
    )
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    page.close()
    browser.clear_cookies()
    assert troubles == []


def picture(page: Page, folder: Path, name: str) -> None:
    """Keeps a picture for the documentation where WRITE_DOCS=1, else throws it away."""
    there = PICTURES if os.environ.get("WRITE_DOCS") else folder
    page.screenshot(path=there / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Whether nothing has to be moved sideways to be read."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def base() -> str:
    """Where the product is."""
    return settings().base_url.rstrip("/")


def log_in(page: Page, phone, scene: str, back: str) -> None:
    """Opens a code's link and consents on WeChat's page."""
    page.goto(
        f"/api/v1/oauth/start?scene={scene}&return_to={back}".replace("/api", f"{base()}/api", 1)
    )
    address = page.url.partition("#")[0]
    page.goto(f"{address}&phone={phone['id']}")


def test_a_member_compares_chooses_a_plan_and_pays(shown, sandbox, tmp_path):  # noqa: F811
    shop, phone = budgeted(), sandbox.phone()
    plan(shop, name="开业储值")
    back = f"/membership%3Fstore={shop.store_id}"
    shown.expose_function("payOnPhone", lambda wish: sandbox.act(phone, "pay", **wish))
    shown.add_init_script(
        "window.WeixinJSBridge = {invoke: (name, wish, done) =>"
        " payOnPhone(wish).then(() => done({err_msg: `${name}:ok`}))}"
    )
    log_in(shown, phone, qr.token_of("S", shop.store_id), back)
    expect(shown.locator("#home")).to_contain_text("这是您的归属门店")
    shown.fill("#name", "王小明")
    shown.fill("#phone", "12345")
    shown.click("#check")
    expect(shown.locator("#name-result")).to_contain_text("尚未登记")
    expect(shown.locator("#phone-result")).to_contain_text("格式有误")
    expect(shown.locator("#pay")).to_be_disabled()
    shown.locator(".tiers label").first.click()
    shown.check("#agree")
    expect(shown.locator("#pay")).to_contain_text("¥100.00")
    assert fits(shown)
    picture(shown, tmp_path, "membership")
    shown.click("#pay")
    expect(shown.locator("#outcome")).to_contain_text("充值成功：¥100.00，赠送 ¥10.00")
    member_id = members.member_of(settings().wechat_oa_app_id, phone["openid"])
    assert world.balance(member_id, Account.PREPAID_PRINCIPAL) == 10_000
    assert world.balance(member_id, Account.PREPAID_BONUS) == 1_000
    consents = text("SELECT version FROM alliance_terms_consent WHERE member_id = :m")
    assert len(read(consents, {"m": member_id})) == 1


def test_a_member_without_a_home_store_agrees_to_it_for_good_first(shown, sandbox):  # noqa: F811
    shop, phone = world.shop(), sandbox.phone()
    log_in(shown, phone, "", f"/membership%3Fstore={shop.store_id}")
    expect(shown.locator("#home")).to_contain_text("还没有归属门店")
    shown.fill("#amount", "88.8")
    shown.check("#agree")
    expect(shown.locator("#pay")).to_be_disabled()
    shown.check("#once-agree")
    expect(shown.locator("#pay")).to_be_enabled()
    expect(shown.locator("#pay")).to_contain_text("¥88.80")


def test_who_is_not_signed_in_sees_everything_but_cannot_pay(shown):
    shop = world.shop()
    shown.goto(f"{base()}/membership?store={shop.store_id}")
    expect(shown.locator("#login")).to_be_visible()
    shown.fill("#amount", "100")
    shown.check("#agree")
    expect(shown.locator("#pay")).to_be_disabled()
    shown.goto(f"{base()}/membership")
    expect(shown.get_by_text("选择门店")).to_be_visible()
    assert fits(shown)
