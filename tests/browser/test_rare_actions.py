"""What people do rarely, by the mouse: leave to be paid, pictures, a forged notice, new keys."""

from __future__ import annotations

import requests
from playwright.sync_api import expect

from tests.browser.test_phones import events, on, phone_of, tab
from tests.sandbox.test_authorizations import PATH, query, wanted
from tests.sandbox.test_official_account import make_code
from tests.sandbox.test_pay import NOTIFY


def test_leave_to_be_paid_is_given_and_taken_back(page, sandbox, merchant):
    status, answer = merchant.send("POST", PATH, wanted(merchant, phone_of(sandbox)))
    assert (status, answer["state"]) == (200, "WAIT_USER_CONFIRM")
    phone = on(page)
    tab(phone, "person")
    phone.get_by_role("button", name="授权 Allow").click()
    expect(phone.locator('[data-tab="person"]')).to_contain_text("TAKING_EFFECT")
    assert query(merchant, "A1")["state"] == "TAKING_EFFECT"
    phone.get_by_role("button", name="关闭 Close").click()
    expect(phone.get_by_role("button", name="关闭 Close")).to_have_count(0)
    assert query(merchant, "A1")["state"] == "CLOSED"


def test_a_picture_is_sent_and_a_picture_of_a_code_is_scanned(page, sandbox, product, tmp_path):
    ticket = make_code(sandbox, "S12345")["ticket"]
    picture = tmp_path / "code.png"
    shown = requests.get(f"{sandbox.url}/cgi-bin/showqrcode", {"ticket": ticket}, timeout=9)
    picture.write_bytes(shown.content)
    phone = on(page)
    tab(phone, "scan")
    phone.locator("[data-picture]").set_input_files(picture)
    expect(phone.locator(".chip.good")).to_contain_text("已关注")
    tab(phone, "chat")
    phone.get_by_role("button", name="更多 More").click()
    phone.locator("[data-send-picture]").set_input_files(picture)
    sent = phone.locator(".line.me img.photo")
    expect(sent).to_be_visible()
    assert requests.get(f"{sandbox.url}{sent.get_attribute('src')}", timeout=9).content
    assert events(product) == ["subscribe", "image"]


def test_a_forged_notice_reaches_the_product_and_is_marked(page, sandbox, product, merchant):
    merchant.prepay(phone_of(sandbox))
    page.get_by_role("button", name="注入假通知").click()
    expect(page.locator("#toasts")).to_contain_text("产品回答")
    [letter] = product.of(NOTIFY)
    [notice] = sandbox.control("/pushes", method="GET")["notices"]
    assert notice["attempts"][0]["twist"] == "forge"
    assert letter.body
    expect(page.locator(".letters")).to_contain_text("伪造")


def test_a_certificate_is_rotated_where_there_are_certificates(page, sandbox):
    def serials():
        return [
            one["serial_no"] for one in sandbox.control("/pay/keys", method="GET")["certificates"]
        ]

    page.get_by_role("button", name="平台证书").click()
    expect(page.get_by_role("button", name="平台证书")).to_have_attribute("aria-pressed", "true")
    before = serials()
    page.get_by_role("button", name="更换证书").click()
    expect(page.locator("#toasts")).to_contain_text("已执行")
    after = serials()
    assert len(after) == len(before) + 1
    assert set(before) < set(after)
