"""The members' client as people meet it: opened on the sandbox's phone, from log-in to rebate."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from app.alliance import distribution
from app.core import outbox, timetable
from app.core.config import settings
from app.ledger.service import Account
from app.members import service as members
from tests.alliance import shop as world
from tests.alliance.prepaid.test_plans import budgeted, plan
from tests.axe import serious_findings
from tests.browser.test_membership import fits
from tests.wallet.people import earned, stocked
from tests.wechat.conftest import sandbox  # noqa: F401  # the whole of WeChat
from tests.wechat.pretend import eventually

PATH = "/open/js/jweixin-1.6.0.js"
PAGES = (
    *("home", "stores", "wallet", "code", "rebates", "withdraw", "invite", "me", "terms"),
    *("benefits", "queue", "errands", "post-errand", "orders"),
    *("cart", "top-up-refund", "real-name", "messages", "privacy", "settings", "devices"),
    *("tickets", "level", "binding", "salesperson", "merchant-applications"),
)
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def shown(browser: BrowserContext, sandbox, monkeypatch) -> Page:  # noqa: F811
    """The sandbox's page; any error, and anything the policy forbids, fails the test."""
    monkeypatch.setattr(settings(), "wechat_js_sdk_url", sandbox.url + PATH)
    monkeypatch.setattr(settings(), "h5_framed_by", sandbox.url)
    troubles: list[str] = []
    page = browser.new_page()
    page.set_viewport_size({"width": 400, "height": 860})
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if "Policy" in line.text else None)
    yield page
    page.close()
    browser.clear_cookies()
    assert troubles == []


def store_named(name: str) -> world.Shop:
    """A store that can be searched for, whose merchant gives a bonus for topping up."""
    shop = budgeted()
    plan(shop, name="开业储值")
    world.store(shop.merchant_id, name)
    return shop


def button(frame: FrameLocator, name: str):
    return frame.get_by_role("button", name=name)


def go_to_store(frame: FrameLocator, name: str) -> None:
    """Chooses a store among all stores."""
    frame.get_by_label("搜索门店").fill(name)
    button(frame, name).click()


def open_client(shown: Page, sandbox, phone):  # noqa: F811
    """Follows, opens the client on the phone and consents; the phone and what it shows."""
    shown.goto(sandbox.url)
    held = shown.locator(f'[data-phone="{phone["id"]}"]')
    held.locator('[data-open="person"]').click()
    held.get_by_role("button", name="关注公众号").click()
    expect(held.locator(".chip.good")).to_contain_text("已关注")
    held.locator('[data-open="mini"]').click()
    held.locator("[data-open-client]").click()
    frame = held.frame_locator("iframe")
    button(frame, "微信登录").click()
    expect(button(frame, "微信登录")).to_be_disabled()
    frame.get_by_role("checkbox").click()
    button(frame, "微信登录").click()
    button(frame, "允许").click()
    return held, frame


def member_of(phone) -> object:
    return members.member_of(settings().wechat_oa_app_id, phone["openid"])


def test_a_person_follows_consents_tops_up_pays_and_sees_the_rebate(shown, sandbox):  # noqa: F811
    store_named("海棠茶馆")
    phone = sandbox.phone()
    held, frame = open_client(shown, sandbox, phone)
    button(frame, "充值").click()
    go_to_store(frame, "海棠茶馆")
    frame.locator(".tier").first.click()
    for box in frame.get_by_role("checkbox").all():
        if box.get_attribute("aria-checked") == "false":
            box.click()
    button(frame, "微信支付 ¥100.00").click()
    expect(held.locator("[data-sheet]")).to_contain_text("¥100.00")
    held.get_by_role("button", name="立即支付").click()
    expect(frame.get_by_text("充值成功")).to_be_visible()
    expect(frame.get_by_text("另赠 ¥10.00")).to_be_visible()
    member_id = eventually(lambda: member_of(phone))
    assert world.balance(member_id, Account.PREPAID_PRINCIPAL) == 10_000
    button(frame, "完成").click()
    pay_at_store(held, frame, member_id)
    expect(frame.get_by_text("付款成功")).to_be_visible()
    distribution.distribute()
    expect(frame.get_by_text("消费返利")).to_be_visible()
    button(frame, "为什么是这个数").click()
    expect(frame.get_by_role("dialog")).to_contain_text("消费者份额")
    assert world.balance(member_id, Account.REBATE_PENDING) > 0


def pay_at_store(held, frame: FrameLocator, member_id) -> None:
    """By WeChat although the purses would do: cancelled once, then paid."""
    button(frame, "首页").click()
    frame.locator("body").evaluate("location.hash = '/pages/stores/index?then=pay'")
    go_to_store(frame, "海棠茶馆")
    frame.get_by_label("消费金额").fill("50")
    expect(frame.get_by_text("推荐")).to_be_visible()
    button(frame, "更换").click()
    frame.locator(".choice").filter(has_text="微信支付 ¥50.00").click()
    before = world.balance(member_id, Account.PREPAID_PRINCIPAL)
    button(frame, "付款 ¥50.00").click()
    held.get_by_role("button", name="取消").click()
    expect(frame.get_by_text("您取消了微信支付")).to_be_visible()
    button(frame, "付款 ¥50.00").click()
    held.get_by_role("button", name="立即支付").click()
    expect(frame.get_by_text("付款成功")).to_be_visible()
    assert world.balance(member_id, Account.PREPAID_PRINCIPAL) == before


def test_two_phones_on_one_screen_are_two_people(shown, sandbox):  # noqa: F811
    one, other = sandbox.phone(), sandbox.phone()
    _, first = open_client(shown, sandbox, one)
    expect(first.get_by_text("可用余额")).to_be_visible()
    held = shown.locator(f'[data-phone="{other["id"]}"]')
    held.locator('[data-open="mini"]').click()
    held.locator("[data-open-client]").click()
    expect(button(held.frame_locator("iframe"), "微信登录")).to_be_visible()


def signed_in(page: Page, phone) -> None:
    """The client in a window of its own, logged in silently."""
    base = settings().base_url.rstrip("/")
    page.goto(f"{base}/api/v1/oauth/start?return_to=/h5/")
    page.goto(f"{page.url.partition('#')[0]}&phone={phone['id']}")
    button(page, "开始使用").click()


@pytest.mark.parametrize(("width", "height"), [(360, 780), (768, 900)])
def test_every_page_fits_its_window_and_can_be_used_by_everybody(shown, sandbox, width, height):  # noqa: F811
    shown.set_viewport_size({"width": width, "height": height})
    signed_in(shown, sandbox.phone())
    expect(shown.get_by_text("可用余额")).to_be_visible()
    for name in PAGES:
        shown.evaluate(f"location.hash = '/pages/{name}/index'")
        expect(shown.locator(".loading")).to_have_count(0)
        expect(shown.locator(".notice-bad")).to_have_count(0)
        assert fits(shown), name
        assert width > 360 or serious_findings(shown) == [], name


def test_a_person_withdraws_and_accepts_the_money_on_the_phone(shown, sandbox):  # noqa: F811
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 50_000})
    phone = sandbox.phone()
    held, frame = open_client(shown, sandbox, phone)
    expect(frame.get_by_text("可用余额")).to_be_visible()
    member_id = eventually(lambda: member_of(phone))
    earned(member_id, 15_000)
    stocked(50_000)
    frame.locator("body").evaluate("location.hash = '/pages/withdraw/index'")
    frame.get_by_label("提现金额").fill("100")
    expect(frame.get_by_text("到账金额")).to_be_visible()
    button(frame, "申请提现").click()
    eventually(lambda: world.balance(member_id, Account.WITHDRAWING) == 10_000)
    work_off()
    button(frame, "确认收款").click()
    held.locator("[data-sheet]").get_by_role("button", name="确认收款").click()
    eventually(lambda: sandbox.control(f"/phones/{phone['id']}", method="GET")["transfers"])
    sandbox.control("/clock/advance", {"seconds": 5})
    work_off()
    expect(frame.get_by_text("已到账")).to_be_visible()
    assert world.balance(member_id, Account.REBATE) == 5_000
    assert world.balance(member_id, Account.WITHDRAWING) == 0


def work_off() -> None:
    """What relay and workers would do now."""
    for _ in range(8):
        timetable.run_all()
        outbox.work_off()
