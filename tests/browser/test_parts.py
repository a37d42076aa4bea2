"""Parts of a page that come when they are in sight: by scrolling, by opening, by keyboard; what is
slow says so, and what does not come is asked for again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.alliance import shop as world
from tests.axe import serious_findings
from tests.browser.consoles import TOO_WIDE, WIDTHS, page_of, served, sign_in
from tests.pages.console.visitors import Visitor

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def address(app):
    with served(app) as found:
        yield found


@pytest.fixture
def merchant(app, browser, address):
    """The page of a merchant, not looked at yet, and its address."""
    with page_of(browser) as found:
        sign_in(found, address, Visitor(app, "operator"))
        yield found, f"{address}/console/merchants/{world.shop().merchant_id}"


def test_a_part_comes_by_scrolling_and_by_opening_and_fits_each_width(merchant):
    page, here = merchant
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 1280, "height": 320})
    page.goto(here)
    expect(page.get_by_role("heading", name="合同")).to_be_attached()
    assert not [each for each in asked if each.startswith(f"{here}/")]
    page.get_by_role("link", name="单独打开：联系人").focus()
    expect(page.get_by_text("还没有联系人")).to_be_visible()
    page.get_by_role("heading", name="暂停与停业").scroll_into_view_if_needed()
    page.mouse.wheel(0, 4000)
    expect(page.get_by_text("没有暂停，也没有停业申请")).to_be_visible()
    for summary, shown in (("提出新版合同…", "发给商家"), ("添加门店…", "名称 *")):
        page.get_by_text(summary).press("Enter")
        expect(page.get_by_text(shown).first).to_be_visible()
    page.get_by_text("申请停业…").press("Enter")
    expect(page.get_by_label("停业日 *")).to_be_visible()
    assert asked.count(f"{here}/closures") == 1
    assert serious_findings(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(TOO_WIDE) == [], width


def test_what_is_slow_says_so_and_what_does_not_come_is_asked_for_again(merchant):
    page, here = merchant
    held = []
    page.route(f"{here}/contacts", lambda route: held.append(route))
    page.goto(here)
    place = page.locator("[data-later]").filter(has_text="联系人")
    place.scroll_into_view_if_needed()
    expect(place).to_have_attribute("aria-busy", "true")
    expect(place.get_by_text("正在读取…")).to_be_visible()
    expect(page.locator("[data-slow]")).to_have_text("仍在处理，请稍候…")
    held.pop().fulfill(status=503, body="")
    expect(place.get_by_role("alert")).to_have_text("没有读到。")
    expect(page.locator("[data-slow]")).to_be_empty()
    assert serious_findings(page) == []
    page.unroute(f"{here}/contacts")
    page.route(f"{here}/contacts", lambda route: route.abort())
    again = place.get_by_role("button", name="再试一次")
    again.press("Enter")
    expect(place.get_by_role("alert")).to_have_text("没有读到。")
    page.unroute(f"{here}/contacts")
    again.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("还没有联系人")).to_be_visible()
    focused = "document.activeElement.hasAttribute('data-later')"
    assert page.evaluate(focused)  # whoever read there by keyboard goes on there


def test_a_contact_is_looked_for_and_named_by_keyboard(merchant):
    page, here = merchant
    member_id = world.member()
    page.goto(here)
    page.get_by_role("heading", name="暂停与停业").scroll_into_view_if_needed()
    page.get_by_text("指定联系人…").press("Enter")
    page.get_by_label("查找会员（按手机号或编号）").fill(str(member_id))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{here}/contacts")
    expect(page.get_by_role("dialog")).to_be_hidden()  # nothing was to be done yet
    page.get_by_label("会员", exact=True).select_option(str(member_id))
    assert serious_findings(page) == []
    page.get_by_role("button", name="指定", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    page.wait_for_url(here)
    page.goto(f"{here}/contacts")
    expect(page.get_by_text(f"…{str(member_id)[-8:]}")).to_be_visible()
