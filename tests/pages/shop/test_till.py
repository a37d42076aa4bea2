"""The till: taken once by the code a member shows, given back once, and only in the own store."""

import pytest

from app.ledger.service import Account
from tests.alliance import shop as world
from tests.pages.console.visitors import hidden

pytestmark = pytest.mark.usefixtures("context")


def code_of(client, member_id):
    answer = client.get("/api/v1/me/payment-code", headers=world.headers(member_id))
    return answer.json["code"]


def left(member_id):
    return world.balance(member_id, Account.PREPAID_PRINCIPAL)


def test_a_members_code_is_charged_once_whoever_clicks_twice(client, shop, enter):
    payer = world.rich()
    till = enter(shop)
    key = hidden(till.see("/shop", "收款", "扫会员付款码收款", "数字键盘"), "key")
    wish = {"code": code_of(client, payer), "amount_fen": "12.50", "store_id": str(shop.store_id)}
    first = till.post("/shop/payments", key=key, **wish)
    again = till.post("/shop/payments", key=key, **wish)
    assert (first.status_code, again.status_code) == (303, 303), first.text
    assert first.location == again.location
    assert left(payer) == 100_000 - 1_250
    page = till.see(first.location, "收款成功", "已收款 ¥12.50", "收下一笔", "凭证与分账")
    assert str(payer) not in page
    till.see("/shop/payments", "¥12.50", "¥11.25")
    till.see("/shop/takings", "今日收款", "¥12.50")


def test_a_part_and_then_the_rest_go_back_once_each(client, shop, enter):
    payer = world.rich()
    payment = world.paid(client, payer, shop, 1_000)
    here = f"/shop/payments/{payment['id']}"
    till = enter(shop, shop.store_id)
    key = hidden(till.see(here, "可退 ¥10.00"), "key")
    for _ in range(2):
        assert till.post(f"{here}/refunds", key=key, amount_fen="4").status_code == 303
    assert left(payer) == 100_000 - 600
    till.see(here, "可退 ¥6.00", "部分退款")
    refused = till.post(f"{here}/refunds", amount_fen="6.01")
    assert refused.status_code == 409
    for nothing in ("0", "0.00"):
        refused = till.post(f"{here}/refunds", amount_fen=nothing)
        assert refused.status_code == 422
        assert "退款金额须大于 0" in refused.text
    assert left(payer) == 100_000 - 600
    till.do(f"{here}/refunds", reason="收错<了>")
    assert "退款金额" not in till.see(here, "已全部退款")
    assert left(payer) == 100_000


def test_what_cannot_be_taken_says_why_keeps_what_was_typed_and_takes_nothing(client, shop, enter):
    payer = world.rich(500)
    till = enter(shop)
    till.see("/shop")
    wish = {"code": code_of(client, payer), "amount_fen": "6", "store_id": str(shop.store_id)}
    short = till.post("/shop/payments", **wish)
    assert short.status_code in (409, 422)
    assert "余额不足" in short.text
    assert 'value="6"' in short.text
    wrong = till.post("/shop/payments", **wish | {"code": "88" + "0" * 18})
    assert wrong.status_code == 422
    assert till.post("/shop/payments", **wish | {"amount_fen": "六元"}).status_code == 422
    of_wechat = till.post("/shop/payments", **wish | {"code": "134567890123456789"})
    assert "这是微信付款码" in of_wechat.text
    assert left(payer) == 500


def test_a_payment_above_the_free_limits_waits_and_can_be_called_off(client, shop, enter):
    payer = world.rich(200_000)
    till = enter(shop)
    till.see("/shop")
    wish = {"code": code_of(client, payer), "amount_fen": "600", "store_id": str(shop.store_id)}
    here = till.do("/shop/payments", **wish).location
    till.see(here, "等待顾客确认", f'hx-get="{here}/standing"')
    assert "等待顾客确认" in till.see(f"{here}/standing")
    till.see(here)
    till.do(f"{here}/cancel")
    assert till.get(f"{here}/standing").headers["HX-Refresh"] == "true"
    till.see(here, "没有收款")
    assert left(payer) == 200_000


def test_others_see_no_payment_of_this_store_and_take_nothing_here(client, shop, enter):
    payer = world.rich()
    payment = world.paid(client, payer, shop, 1_000)
    north = world.store(shop.merchant_id, "北门店")
    for person in (enter(world.shop()), enter(shop, north)):
        here = f"/shop/payments/{payment['id']}"
        assert person.get(here).status_code == 404
        person.see("/shop/payments", "没有符合条件的收款")
        assert person.post(f"{here}/refunds", amount_fen="1").status_code == 404
        wish = {"code": code_of(client, payer), "amount_fen": "1", "store_id": str(shop.store_id)}
        assert person.post("/shop/payments", **wish).status_code == 404
    assert left(payer) == 99_000


def test_only_pages_with_a_camera_may_ask_for_it_and_none_runs_inline_scripts(shop, enter):
    till = enter(shop)
    page = till.get("/shop")
    assert page.headers["Permissions-Policy"].startswith("camera=(self)")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "camera=(self)" not in str(till.get("/shop/payments").headers)
    for part in ("<style", "style=", "onclick=", "<script>"):
        assert part not in page.text


def test_an_amount_code_is_shown_until_it_was_paid(client, shop, enter):
    till = enter(shop)
    till.see("/shop")
    here = till.do(
        "/shop/amount-codes/at-till", amount_fen="8.80", store_id=str(shop.store_id)
    ).location
    page = till.see(here, "¥8.80", "等待付款", "请用微信扫一扫付款")
    token = page.split("/api/v1/codes/")[1].split(".png")[0]
    assert "等待付款" in till.see(f"{here}/standing")
    wish = {"code": token, "purses": ["prepaid"]}
    headers = world.headers(world.rich())
    assert client.post("/api/v1/payments", json=wish, headers=headers).status_code == 201
    assert till.get(f"{here}/standing").headers["HX-Refresh"] == "true"
    till.see(here, "查看收款", "已使用")
    assert enter(world.shop()).get(here).status_code == 404


def test_codes_for_the_wall_are_listed_and_ended_once(shop, enter):
    till = enter(shop, shop.store_id)
    till.see("/shop/amount-codes", "还没有收款码")
    wish = {"store_id": str(shop.store_id), "amount_fen": "15", "description": "牛肉<面>"}
    here = till.do("/shop/amount-codes", **wish).location
    till.see("/shop/amount-codes", "牛肉&lt;面&gt;", "¥15.00", "多次", "可使用")
    till.do(f"{here}/end")
    till.see("/shop/amount-codes", "已停用")


def test_staff_of_the_platform_find_nothing_here(shop, visitor):
    operator = visitor("operator")
    for path in ("/shop", "/shop/payments", "/shop/takings", "/shop/amount-codes"):
        assert operator.get(path).status_code == 403, path
    assert operator.get("/shop/nowhere").status_code == 404
