"""The operator's way through the console, by mouse and keyboard, at every width, for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.alliance.overview import counting
from app.core.world import beijing_day, now
from tests.alliance import shop as world
from tests.axe import serious_findings
from tests.browser.consoles import TOO_WIDE, WIDTHS, page_of, served, sign_in
from tests.pages.console.test_withdrawals import asked
from tests.pages.console.visitors import Visitor
from tests.wallet.withdrawals.bank.test_batches import state

pytestmark = pytest.mark.usefixtures("context")
MAIN_PAGES = (
    "/console",
    "/console/members",
    "/console/binding",
    "/console/merges",
    "/console/rings",
    "/console/withdrawals",
    "/console/bank-batches",
    "/console/taxes",
    "/console/settlements",
    "/console/refunds",
    "/console/suspense",
    "/console/reconciliation",
    "/console/ledger",
    "/console/tickets",
    "/console/notices",
    "/console/notices/previews",
    "/console/mailings",
    "/console/jobs",
    "/console/audit",
    "/console/staff",
    "/console/staff/resets",
    "/console/second-factor",
    "/console/merchants",
    "/console/closures",
    "/console/applications",
    "/console/offers",
    "/console/campaigns",
    "/console/policies",
    "/console/policies/drafts/new",
    "/console/simulations",
    "/console/sessions",
    "/console/calendar",
    "/console/top-up-plans",
    "/console/fund-movements",
    "/console/store-changes",
    "/console/store-categories",
    "/console/salespeople",
    "/console/errand-runners",
    "/console/splits",
    "/console/funds",
    "/console/nettings",
    "/console/merges/done",
    "/console/rewards",
    "/console/menu-taps",
    "/console/real-name-reveals",
    "/console/campaigns/new/lottery",
)


@pytest.fixture
def address(app):
    with served(app) as found:
        yield found


@pytest.fixture
def console(browser):
    with page_of(browser) as found:
        yield found


def test_an_operator_reviews_approves_and_looks_why_money_moved(app, client, console, address):
    withdrawal_id, member_id = asked(client, 90_000)
    sign_in(console, address, Visitor(app, "finance", "operator"))
    console.get_by_role("link", name="待审核提现").click()
    console.locator(f'a[href="/console/withdrawals/{withdrawal_id}"]').click()
    expect(console.get_by_role("heading", name="提现 ¥900.00")).to_be_visible()
    console.get_by_role("button", name="批准").click()
    dialog = console.get_by_role("dialog")
    expect(dialog).to_contain_text("确定批准吗")
    expect(dialog.get_by_role("button", name="取消")).to_be_focused()
    console.keyboard.press("Escape")
    assert state(withdrawal_id) == "reviewing"
    console.get_by_role("button", name="批准").click()
    dialog.get_by_role("button", name="确定").click()
    expect(console.get_by_role("status").first).to_contain_text("已批准")
    assert state(withdrawal_id) == "approved"
    console.get_by_role("link", name="查看会员").click()
    console.get_by_role("link", name="钱包流水与逐分说明").click()
    console.get_by_role("link", name="逐分说明").first.click()
    expect(console.get_by_role("heading", name="分录")).to_be_visible()
    expect(console.locator("main")).to_contain_text("¥900.00")
    assert str(member_id) not in console.title()


def test_a_reason_is_asked_for_and_a_refusal_keeps_what_was_typed(app, client, console, address):
    withdrawal_id, _ = asked(client, 90_000)
    sign_in(console, address, Visitor(app, "reviewer"))
    console.goto(f"{address}/console/withdrawals/{withdrawal_id}")
    console.get_by_text("驳回…").press("Enter")
    reason = console.get_by_label("原因（会告知申请人）")
    reason.evaluate("element => element.removeAttribute('maxlength')")
    reason.fill("长" * 101)
    console.get_by_role("button", name="驳回并退回款项").click()
    expect(console.get_by_role("alert")).to_contain_text("请求内容不符合要求")
    expect(reason).to_have_value("长" * 101)
    expect(reason).to_have_attribute("aria-invalid", "true")
    assert serious_findings(console) == []
    assert state(withdrawal_id) == "reviewing"


def test_every_main_page_is_for_everybody_and_fits_each_width(app, client, console, address):
    world.paid(client, world.rich(50_000), world.shop(), 12_300)
    asked(client, 90_000)
    counting._write(beijing_day(now()), counting._counted(beijing_day(now())))
    console.goto(f"{address}/console/sign-in")
    found = {"sign-in": serious_findings(console)}
    sign_in(console, address, Visitor(app, "finance", "operator", "support", "reviewer"))
    for path in MAIN_PAGES:
        console.set_viewport_size({"width": 1280, "height": 900})
        console.goto(address + path)
        found[path] = serious_findings(console)
        for width in WIDTHS:
            console.set_viewport_size({"width": width, "height": 900})
            found[path] += [f"{width}: {each}" for each in console.evaluate(TOO_WIDE)]
    assert {path: each for path, each in found.items() if each} == {}


def test_it_is_english_at_a_click_and_signs_out(app, console, address):
    sign_in(console, address, Visitor(app, "support"))
    console.get_by_role("button", name="English").click()
    expect(console.get_by_role("heading", name="Dashboard")).to_be_visible()
    console.locator(".me summary").click()
    console.get_by_role("button", name="Sign out").click()
    expect(console.get_by_role("button", name="Sign in")).to_be_visible()
    console.goto(f"{address}/console")
    assert "/console/sign-in" in console.url
