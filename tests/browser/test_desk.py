"""The control desk by the mouse: clock, faults, pushes, books, settings, starting over."""

from __future__ import annotations

import requests
from playwright.sync_api import expect

from sandbox.clock import beijing_day
from tests.sandbox.test_official_account import CALLBACK

# What reaches beyond the window, other than inside something that scrolls.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".phones, .tab"))
  .map((element) => element.tagName + "." + element.className)"""


def faults(sandbox) -> list[dict]:
    return list(sandbox.control("/faults", method="GET")["faults"])


def test_time_passes_at_a_click(page, sandbox):
    page.get_by_role("button", name="+1 天").click()
    expect(page.locator("#toasts")).to_contain_text("时间过去了")
    assert sandbox.control("/clock", method="GET")["offset_seconds"] == 86400


def test_the_form_of_faults_is_drawn_from_the_catalogue(page, sandbox):
    page.get_by_text("更多故障").click()
    form = page.locator("[data-drawn-fault]")
    expect(form).to_be_visible()
    kinds = [kind["kind"] for kind in sandbox.control("/faults", method="GET")["kinds"]]
    shown = form.locator("select[name=kind] option")
    assert sorted(option.get_attribute("value") for option in shown.all()) == sorted(kinds)
    form.locator("select[name=kind]").select_option("errcode")
    for name, value in {"errcode": "45009", "match": "template/send", "count": "3"}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("[name=probability]").fill("0.5")
    form.locator("[name=seed]").fill("7")
    form.get_by_role("button", name="安排").click()
    expect(page.locator(".active")).to_contain_text("errcode")
    (fault,) = faults(sandbox)
    assert (fault["kind"], fault["left"], fault["match"]) == ("errcode", 3, "template/send")
    assert (fault["probability"], fault["detail"]["errcode"]) == (0.5, 45009)
    page.get_by_role("button", name="全部解除").click()
    expect(page.locator(".active")).to_have_count(0)
    assert faults(sandbox) == []


def test_each_quick_fault_is_one_click(page, sandbox):
    for name in ("延迟", "重复", "丢失", "伪造", "乱序"):
        page.get_by_role("button", name=name, exact=False).first.click()
        page.wait_for_timeout(150)
    kinds = [fault["kind"] for fault in faults(sandbox)]
    assert kinds == ["delay", "repeat", "drop", "forge", "reorder"]


def test_pushes_are_shown_replayed_forged_and_verified(page, sandbox, product):
    phone = sandbox.control("/phones", method="GET")["phones"][0]
    sandbox.control(f"/phones/{phone['id']}/follow")
    expect(page.locator(".letters")).to_contain_text("subscribe")
    page.get_by_role("button", name="重发 Replay subscribe").click()
    expect(page.locator("#toasts")).to_contain_text("已重发")
    assert len(product.of(CALLBACK)) == 2
    page.get_by_role("button", name="注入假推送").click()
    expect(page.locator(".letters")).to_contain_text("伪造")
    page.get_by_role("button", name="验证回调").click()
    expect(page.locator(".toast.bad").last).to_contain_text("未通过")
    assert len(product.of(CALLBACK)) == 3


def test_the_merchant_pays_in(page, sandbox):
    form = page.locator("[data-top-up]")
    form.locator("[name=yuan]").fill("88.50")
    form.get_by_role("button", name="充入").click()
    expect(page.locator("[data-part=books]")).to_contain_text("88.50")


def test_settings_of_the_console_and_of_pay_are_changed(page, sandbox):
    page.get_by_text("推送格式、模板、额度").click()
    settings = page.locator('[data-settings="/console"]')
    settings.locator("[name=mini_push_format]").select_option("xml")
    settings.locator("[name=mini_pages]").fill('["pages/join"]')
    settings.locator("[name=trade_managed]").uncheck()
    settings.get_by_role("button", name="保存").click()
    expect(page.locator("#toasts")).to_contain_text("已保存")
    told = sandbox.control("/console", method="GET")
    assert (told["mini_push_format"], told["mini_pages"]) == ("xml", ["pages/join"])
    assert told["trade_managed"] is False
    page.get_by_text("约定：手续费").click()
    terms = page.locator('[data-settings="/pay/terms"]')
    terms.locator("[name=fees_from]").select_option("FEES")
    terms.get_by_role("button", name="保存").click()
    expect(page.locator("#toasts")).to_contain_text("已保存")
    page.wait_for_timeout(300)
    assert "FEES" in str(sandbox.control("/pay/terms", method="GET"))


def test_a_bill_is_read_and_records_are_listed(page, sandbox, merchant):
    person = sandbox.control("/phones", method="GET")["phones"][0]
    order, prepay_id = merchant.prepay(person)
    sandbox.control(f"/phones/{person['id']}/pay", merchant.sheet(prepay_id))
    day = beijing_day(sandbox.world.clock.now())
    form = page.locator("[data-bill]")
    form.locator("[name=day]").fill(day)
    form.get_by_role("button", name="查看").click()
    expect(page.locator(".toast.bad")).to_be_visible()
    sandbox.pass_time(2 * 86400)
    form.get_by_role("button", name="查看").click()
    expect(page.locator("[data-bill-text]")).to_contain_text(order["out_trade_no"])
    form.locator("[name=kind]").select_option("BASIC")
    form.get_by_role("button", name="查看").click()
    expect(page.locator("[data-bill-text]")).to_contain_text("10.00")
    page.get_by_text("记录 Records").click()
    expect(page.locator("[data-records]")).to_contain_text("还没有记录")


def test_the_keys_of_pay_are_switched(page, sandbox):
    page.get_by_role("button", name="平台证书").click()
    expect(page.get_by_role("button", name="平台证书")).to_have_attribute("aria-pressed", "true")
    assert sandbox.control("/pay/keys", method="GET")["mode"] == "certificate"


def test_trade_is_restricted_and_everything_forgotten_after_asking_twice(page, sandbox, product):
    page.get_by_role("button", name="限制小程序交易").click()
    expect(page.locator(".letters")).to_contain_text("wxa_trade_controlled")
    page.get_by_role("button", name="清空一切").click()
    assert len(sandbox.control("/phones", method="GET")["phones"]) == 2
    page.get_by_role("button", name="再点一次").click()
    expect(page.locator(".phone")).to_have_count(0)
    assert sandbox.control("/phones", method="GET")["phones"] == []


def test_the_page_fits_every_width(page, sandbox):
    for width in (360, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(150)
        wide = page.evaluate(TOO_WIDE)
        assert wide == [], f"{width} px"
    assert requests.get(sandbox.url, timeout=9).status_code == 200
