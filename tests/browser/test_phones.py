"""Everything a person can do with a simulated phone, by the mouse, checked by its effect."""

from __future__ import annotations

import re

import xmltodict
from playwright.sync_api import Page, expect

from tests.sandbox.conftest import ACCOUNTS
from tests.sandbox.test_account_phones import MENU
from tests.sandbox.test_links import make
from tests.sandbox.test_mini_users import number_of
from tests.sandbox.test_official_account import CALLBACK, answer_with, make_code, opened
from tests.sandbox.test_subscriptions import message, send


def phone_of(sandbox, name="小安") -> dict:
    phones = sandbox.control("/phones", method="GET")["phones"]
    return next(phone for phone in phones if phone["name"] == name)


def told(sandbox, phone) -> dict:
    return sandbox.control(f"/phones/{phone['id']}", method="GET")


def on(page: Page, name="小安"):
    """The phone with this owner."""
    return page.locator(".phone", has=page.locator("strong", has_text=re.compile(f"^{name}$")))


def tab(phone, name: str) -> None:
    phone.locator(f'[data-open="{name}"]').click()


def events(product) -> list[str]:
    """Events of the official account that reached the product."""
    letters = [letter for letter in product.of(CALLBACK) if b"<xml>" in letter.body]
    found = [xmltodict.parse(opened(letter))["xml"] for letter in letters]
    return [fields.get("Event") or fields["MsgType"] for fields in found]


def follow(page: Page, sandbox):
    phone = on(page)
    tab(phone, "person")
    phone.get_by_role("button", name="关注公众号").click()
    expect(phone.locator(".chip.good")).to_contain_text("已关注")
    return phone


def test_a_new_phone_is_picked_up(page, sandbox):
    page.get_by_role("button", name="＋ 新手机").first.click()
    expect(page.locator(".phone")).to_have_count(3)
    assert len(sandbox.control("/phones", method="GET")["phones"]) == 3


def test_following_writing_and_leaving(page, sandbox, product):
    product.answer = answer_with("欢迎光临")
    phone = follow(page, sandbox)
    expect(phone.locator(".lines")).to_contain_text("欢迎光临")
    phone.get_by_placeholder("发消息").fill("余额")
    phone.get_by_role("button", name="发送").click()
    expect(phone.locator(".line.me")).to_contain_text("余额")
    tab(phone, "person")
    phone.get_by_role("button", name="拒收消息").click()
    expect(phone.locator(".chip.bad")).to_be_visible()
    phone.get_by_role("button", name="恢复接收").click()
    expect(phone.locator(".chip.bad")).to_have_count(0)  # until then two chips are shown
    phone.get_by_role("button", name="取消关注").click()
    expect(phone.locator(".bar .chip.plain")).to_contain_text("未关注")
    assert events(product) == ["subscribe", "text", "unsubscribe"]


def test_codes_links_and_pictures_are_scanned(page, sandbox, product, tmp_path):
    code = make_code(sandbox, "S12345")
    sandbox.control("/labels", {"labels": {"S12345": "茶小满·门店码"}}, "PUT")
    phone = on(page)
    tab(phone, "scan")
    phone.get_by_role("button", name="茶小满·门店码").click()
    expect(phone.locator(".chip.good")).to_contain_text("已关注")
    tab(phone, "scan")
    phone.get_by_label("粘贴内容").fill(code["url"])
    phone.get_by_role("button", name="扫 Scan", exact=True).click()
    expect(phone.locator(".lines")).to_contain_text("扫了公众号的二维码")
    link = make(sandbox, path="pages/join", query="scene=Sabc")["url_link"]
    tab(phone, "scan")
    phone.get_by_label("粘贴内容").fill(link)
    phone.get_by_role("button", name="扫 Scan", exact=True).click()
    expect(phone.locator('[data-tab="mini"]')).to_be_visible()
    assert events(product) == ["subscribe", "SCAN"]


def test_the_menu_of_the_account(page, sandbox, product):
    assert sandbox.call("/cgi-bin/menu/create", {"button": MENU}).json()["errcode"] == 0
    make_code(sandbox, "S1")
    phone = follow(page, sandbox)
    phone.get_by_role("button", name="钱包").click()
    for name in ("拍照", "位置"):
        phone.get_by_text("更多", exact=True).click()
        phone.get_by_role("button", name=name, exact=True).click()
        expect(phone.locator(".line.me").last).to_be_visible()
        page.wait_for_timeout(300)
        if phone.locator(".menu details[open]").count():
            phone.get_by_text("更多", exact=True).click()
    phone.get_by_text("更多", exact=True).click()
    phone.get_by_role("button", name="扫码", exact=True).click()
    phone.locator(".code").first.click()
    page.wait_for_timeout(500)
    assert events(product)[1:] == [
        "CLICK",
        "pic_sysphoto",
        "image",
        "location_select",
        "location",
        "scancode_waitmsg",
    ]


def test_pictures_places_and_voices_are_sent(page, sandbox, product):
    phone = follow(page, sandbox)
    phone.get_by_role("button", name="更多 More").click()
    for name in ("随手拍", "语音", "位置 Place", "上报位置"):
        phone.get_by_role("button", name=name).click()
        page.wait_for_timeout(250)
    expect(phone.locator("img.photo")).to_be_visible()
    expect(phone.locator(".lines")).to_contain_text("上报了地理位置")
    assert events(product)[1:] == ["image", "voice", "location", "LOCATION"]


def test_privacy_phone_number_and_revoking(page, sandbox):
    phone = on(page)
    tab(phone, "mini")
    phone.get_by_role("button", name="手机号").click()
    phone.get_by_role("button", name="允许 Allow").click()
    expect(page.locator(".toast.bad")).to_contain_text("还没有同意隐私保护指引")
    phone.get_by_role("button", name="隐私授权").click()
    phone.get_by_role("button", name="同意 Agree").click()
    expect(phone.locator("[data-result]")).to_contain_text("agreed: true")
    phone.get_by_role("button", name="手机号").click()
    phone.get_by_role("button", name="不允许").click()
    expect(phone.locator("[data-result]")).to_contain_text("user deny")
    phone.get_by_role("button", name="手机号").click()
    phone.get_by_role("button", name="允许 Allow").click()
    expect(phone.locator("[data-result]")).to_contain_text("code: ")
    code = phone.locator("[data-result]").inner_text().split("code: ")[1].split()[0]
    number = phone_of(sandbox)["number"]
    assert number_of(sandbox, code)["phone_info"]["phoneNumber"] == number
    phone.get_by_role("button", name="撤回授权").click()
    phone.get_by_role("button", name="撤回 Withdraw").click()
    expect(phone.locator(".abilities")).to_contain_text("未同意隐私指引")
    assert told(sandbox, phone_of(sandbox))["privacy_agreed"] is False


def test_subscriptions_are_accepted_and_refused_later(page, sandbox):
    phone, person = on(page), phone_of(sandbox)
    tab(phone, "mini")
    phone.get_by_role("button", name="订阅消息").click()
    phone.get_by_label("模板 ID").fill("SUB1")
    phone.get_by_role("button", name="允许 Allow").click()
    expect(phone.locator("[data-result]")).to_contain_text("SUB1: accept")
    assert send(sandbox, message(person)) == 0
    assert send(sandbox, message(person)) == 43101
    expect(phone.locator('[data-ask="subscribe"]')).to_have_attribute("data-templates", '["SUB1"]')
    phone.get_by_role("button", name="订阅消息").click()
    phone.get_by_role("button", name="允许 Allow").click()
    tab(phone, "person")
    phone.get_by_role("button", name="关闭 Refuse").click()
    expect(phone.get_by_role("button", name="关闭 Refuse")).to_have_count(0)
    assert send(sandbox, message(person)) == 43101


def test_customer_service_of_the_mini_program(page, sandbox):
    phone, person = on(page), phone_of(sandbox)
    wish = {"touser": person["mini_openid"], "msgtype": "text", "text": {"content": "您好"}}
    tab(phone, "mini")
    phone.get_by_role("button", name="客服会话").click()
    phone.get_by_label("留言").fill("订单没到")
    phone.get_by_role("button", name="进入 Enter").click()
    expect(phone.locator(".line.me")).to_contain_text("订单没到")
    assert sandbox.call("/cgi-bin/message/custom/send", wish, "MINI").json()["errcode"] == 0
    expect(phone.locator(".lines")).to_contain_text("您好")


def test_paying_declining_and_following_after_it(page, sandbox, merchant):
    phone, person = on(page), phone_of(sandbox)
    order, _ = merchant.prepay(person)
    native = merchant.order(person, 990)
    del native["payer"]
    code_url = merchant.send("POST", "/v3/pay/transactions/native", native)[1]["code_url"]
    for answer in ("取消", "立即支付"):
        tab(phone, "scan")
        phone.get_by_label("粘贴内容").fill(code_url)
        phone.get_by_role("button", name="扫 Scan", exact=True).click()
        expect(phone.locator(".sheet .sum")).to_contain_text("9.90")
        phone.get_by_role("button", name=answer).click()
    expect(page.locator("#toasts")).to_contain_text("支付成功")
    tab(phone, "person")
    expect(phone.locator('[data-tab="person"]')).to_contain_text(order["out_trade_no"][:10])
    phone.get_by_role("button", name="支付后关注").click()
    expect(phone.locator(".chip.good")).to_contain_text("已关注")


def test_a_parcel_is_received_and_a_transfer_accepted(page, sandbox, merchant):
    phone, person = on(page), phone_of(sandbox)
    sandbox.control("/console", {"order_visible_after_seconds": 0}, "PUT")
    order, prepay_id = merchant.prepay(person)
    sandbox.control(f"/phones/{person['id']}/pay", merchant.sheet(prepay_id))
    key = {"mchid": ACCOUNTS["WECHAT_PAY_MCH_ID"], "out_trade_no": order["out_trade_no"]}
    wish = {
        "order_key": {"order_number_type": 1} | key,
        "logistics_type": 4,
        "delivery_mode": 1,
        "shipping_list": [{"item_desc": "乌龙茶*1"}],
        "upload_time": "2026-11-22T15:04:05+08:00",
        "payer": {"openid": person["mini_openid"]},
    }
    path = "/wxa/sec/order/upload_shipping_info"
    assert sandbox.call(path, wish, "MINI").json()["errcode"] == 0
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 100000})
    bill = merchant.transfer(person, 3000)
    assert merchant.send("POST", "/v3/fund-app/mch-transfer/transfer-bills", bill)[0] == 200
    tab(phone, "mini")
    phone.get_by_role("button", name="确认收货").click()
    expect(phone.get_by_role("button", name="确认收货")).to_have_count(0)
    tab(phone, "person")
    phone.get_by_role("button", name="确认收款").click()
    expect(phone.get_by_role("button", name="确认收款")).to_have_count(0)
    sandbox.drain()
    assert merchant.bill(bill["out_bill_no"])["state"] in ("TRANSFERING", "SUCCESS")


def test_a_payment_code_is_shown(page, sandbox):
    phone = on(page)
    tab(phone, "person")
    phone.get_by_role("button", name="付款码").click()
    shown = phone.locator("[data-auth-code]").get_attribute("data-auth-code")
    person = phone_of(sandbox)
    assert sandbox.control(f"/phones/{person['id']}/payment-code")["auth_code"] == shown
    phone.get_by_role("button", name="关闭 Close").click()
    expect(phone.locator(".sheet")).to_be_hidden()


def test_the_real_name_is_told_to_wechat_pay(page, sandbox):
    phone = on(page)
    tab(phone, "person")
    phone.get_by_text("实名", exact=False).first.click()
    phone.locator("[name=real_name]").fill("安静")
    phone.get_by_role("button", name="保存").click()
    expect(page.locator("#toasts")).to_contain_text("已保存")
    assert phone_of(sandbox)["real_name"] == "安静"


def test_a_payment_by_code_is_confirmed_with_the_password(page, sandbox, merchant):
    phone, person = on(page), phone_of(sandbox)
    sandbox.control("/pay/terms", {"codepay_free_fen": 0}, "PUT")
    code = sandbox.control(f"/phones/{person['id']}/payment-code")["auth_code"]
    order = merchant.order(person, 4500) | {"payer": {"auth_code": code}}
    order |= {"scene_info": {"store_info": {"id": "S1"}}}
    del order["notify_url"]
    merchant.send("POST", "/v3/pay/transactions/codepay", order)
    tab(phone, "person")
    expect(phone.locator('[data-tab="person"]')).to_contain_text("输入密码")
    phone.locator('[data-act="confirm-payment"]').first.click()
    expect(phone.locator('[data-act="confirm-payment"]')).to_have_count(0)
    found = sandbox.world.state.orders.get(order["out_trade_no"])
    assert found.state == "SUCCESS"


def test_a_snapshot_visitor_comes_to_the_product(page, sandbox, product, browser):
    arrived: list[str] = []
    browser.on("request", lambda request: arrived.append(request.url))
    phone = on(page)
    tab(phone, "person")
    phone.get_by_text("网页授权").click()
    phone.get_by_label("要打开的网页").fill("/h5")
    phone.get_by_label("scope").select_option("snsapi_userinfo")
    phone.get_by_label("快照页").select_option("told")
    with browser.expect_page() as opened_page:
        phone.get_by_role("button", name="打开 Open").click()
    opened_page.value.wait_for_timeout(500)
    opened_page.value.close()
    landed = next(url for url in arrived if url.startswith(f"{product.url}/h5"))
    code = re.search(r"code=(\w+)", landed)[1]
    assert sandbox.world.state.login_codes.get(code).snapshot == "told"


def test_a_person_without_unionid_gets_one(page, sandbox):
    sandbox.control("/phones", {"name": "小文", "unionid": False})
    phone = on(page, "小文")
    tab(phone, "person")
    phone.get_by_role("button", name="绑定开放平台").click()
    expect(phone.get_by_role("button", name="绑定开放平台")).to_have_count(0)
    assert phone_of(sandbox, "小文")["unionid"]
