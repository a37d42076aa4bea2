"""Accounts and funds of merchants by two people, plans that the platform pays, stores and their
changes."""

from io import BytesIO

import pytest

from app.core.world import beijing_day, new_id, now
from app.pages.console import calls
from tests.alliance import shop as world
from tests.alliance.offers import stall

pytestmark = pytest.mark.usefixtures("context")


def test_an_account_is_proposed_by_one_of_finance_and_confirmed_by_another(visitor):
    shop, one, other = world.shop(), visitor("finance"), visitor("finance")
    here = f"/console/merchants/{shop.merchant_id}/money"
    one.see(here, "还没有收款账户", "提出新账户")
    wish = {"holder": "茶小满商贸有限公司", "bank": "招商银行上海分行"}
    assert one.post(f"{here}/account", **wish, number="12").status_code == 422
    one.do(f"{here}/account", **wish, number="1000 2233 4455")
    assert "还没有收款账户" in one.see(here)
    page = other.see("/console/bank-accounts")
    while str(shop.merchant_id) not in page:
        page = other.see(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    card = next(part for part in page.split("<section") if str(shop.merchant_id) in part)
    other.do(card.split('action="')[1].split('"')[0])
    assert "**** 4455" in one.see(here)
    assert wish["holder"] not in one.page


def test_what_a_merchant_paid_in_is_booked_by_two(visitor):
    shop, one, other = world.shop(), visitor("finance"), visitor("finance")
    here, reference = f"/console/merchants/{shop.merchant_id}/money", f"流水{new_id().hex}"
    one.see(here)
    wish = {"kind": "paid_in", "target": "deposit", "amount_fen": "1,000.50"}
    one.do(f"{here}/movements", **wish, reference=reference)
    page = other.see("/console/fund-movements")
    while reference not in page:
        page = other.see(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    row = next(part for part in page.split("<tr>") if reference in part)
    path = row.split('action="')[1].split('"')[0]
    assert one.post(path).status_code == 403
    other.do(path)
    assert other.post(path).status_code == 409
    assert one.see(here).count("¥1,000.50") == 1
    assert one.see(f"{here}/movements", "划转已入账", reference).count("¥1,000.50") == 1
    support = visitor("support")
    for part in ("", "/payout", "/receiver", "/movements"):
        assert support.get(f"{here}{part}").status_code == 403, part


def test_rarely_seen_parts_come_alone_or_under_the_merchants_name_as_a_page(visitor):
    shop, person, operator = world.shop(), visitor("finance"), visitor("operator")
    here = f"/console/merchants/{shop.merchant_id}/money"
    page = person.see(here)
    for part, text in (("payout", "未开启"), ("receiver", "未登记"), ("movements", "还没有划转")):
        assert f'hx-get="{here}/{part}"' in page
        assert f'<a href="{here}/{part}">' in page
        assert text not in page
        assert f'<a class="back" href="{here}">' in person.see(f"{here}/{part}", "<html", text)
        alone = person.browser.get(f"{here}/{part}", headers={"HX-Request": "true"})
        assert alone.status_code == 200, alone.text
        assert text in alone.text
        assert "<h1" not in alone.text
        main = operator.see(f"{here}/{part}", text).split("<main")[1].split("</main>")[0]
        assert "<form" not in main
    assert person.get(f"/console/merchants/{new_id()}/money/payout").status_code == 404
    person.browser.delete_cookie("staff")
    away = person.browser.get(f"{here}/movements", headers={"HX-Request": "true"})
    assert (away.headers["HX-Redirect"], away.text) == ("/console/sign-in", "")


def test_a_form_of_a_part_that_is_refused_says_so_where_it_stands_and_changes_nothing(visitor):
    shop, person = world.shop(), visitor("finance")
    here = f"/console/merchants/{shop.merchant_id}/money"
    person.see(f"{here}/movements")
    wish = {"kind": "paid_in", "target": "deposit", "amount_fen": "很多", "reference": "流水9"}
    refused = person.post(f"{here}/movements", **wish)
    assert refused.status_code == 422
    for text in ('role="alert"', 'value="很多"', 'value="流水9"', f'class="back" href="{here}"'):
        assert text in refused.text
    refused = person.post(f"{here}/payout", is_on="on", minimum_fen="x", receiver_id="")
    assert refused.status_code == 422
    assert 'value="x"' in refused.text
    person.see(f"{here}/movements", "还没有划转")
    person.see(f"{here}/payout", "未开启")


def test_a_merchants_money_asks_the_api_five_times(visitor, monkeypatch):
    person, shop, asked = visitor("finance"), world.shop(), []
    ask = calls._ask
    monkeypatch.setattr(calls, "_ask", lambda *all: asked.append(all[1]) or ask(*all))
    person.see(f"/console/merchants/{shop.merchant_id}/money")
    assert len(asked) == 5, asked


def test_a_plan_that_the_platform_pays_is_published_by_another_operator(visitor):
    one, other, name = visitor("operator"), visitor("operator"), f"方案{new_id().hex}"
    here = "/console/top-up-plans"
    one.see(here, "起草平台出资的方案")
    shop = world.shop()
    wish = {"name": name, "merchant_id": str(shop.merchant_id), "at_least-0": "100"}
    wish |= {"budget_fen": "500", "starts_on": str(beijing_day(now()))}
    assert one.post(here, **wish, **{"bonus-0": "999"}).status_code == 422
    one.do(here, **wish, **{"bonus-0": "8"})
    row = _row(one, here, name, "draft")
    assert "/publish" not in row
    assert "待另一人发布" in row
    path = _row(other, here, name, "draft").split('action="')[1].split('"')[0]
    other.do(path)
    row = _row(other, here, name, "after")
    assert "¥500.00" in row
    assert "充 ¥100.00 送 ¥8.00" in row
    other.do(row.split('action="')[1].split('"')[0])
    assert name not in other.see(here)


def _row(person, here, name, cursor):
    page = person.see(here)
    while name not in page:
        links = page.split('rel="next" href="')[1:]
        found = next(link.split('"')[0] for link in links if f"?{cursor}=" in link)
        page = person.see(found)
    return next(part for part in page.split("<tr>") if name in part)


def test_an_owner_proposes_pictures_and_hours_and_the_operator_applies_them(visitor):
    operator, shop = visitor("operator"), world.shop()
    merchant = f"/console/merchants/{shop.merchant_id}"
    operator.see(merchant, "添加门店")
    new = {"name": "南门店", "address": "上海市南门路 1 号", "category": "food.tea"}
    store = operator.do(f"{merchant}/stores", **new).location
    operator.see(store, "南门店", "未填营业时间")
    owner = visitor("merchant_owner", merchant_id=shop.merchant_id)
    here = store.replace("/console", "/shop")
    owner.see(here, "添加图片")
    wish = new | {"hours-monday": "09:00-14:00, 17:00-21:00", "note": "新店照片"}
    assert owner.post(here, **wish | {"hours-monday": "九点"}).status_code == 422
    owner.do(here, **wish, files=(BytesIO(stall.picture()), "store.png"))
    assert owner.see("/shop/stores", "待审核").count("/shop/pictures/") == 2
    page = operator.see("/console/store-changes")
    card = next(part for part in page.split("<section") if str(shop.merchant_id) in part)
    assert "17:00–21:00" in card
    picture = card.split('src="')[1].split('"')[0]
    assert operator.get(picture).mimetype == "image/jpeg"
    operator.see("/console/store-changes")
    operator.do(card.split('action="')[1].split('"')[0])
    operator.see(store, "已有图片", "09:00-14:00, 17:00-21:00")
    stranger = visitor("merchant_owner", merchant_id=world.shop().merchant_id)
    assert stranger.get(here).status_code == 404


def test_a_category_is_added_renamed_and_closed(visitor):
    letters = str.maketrans("0123456789", "ghijklmnop")
    person, code = visitor("operator"), f"test_{new_id().hex.translate(letters)}"
    here = "/console/store-categories"
    person.see(here)
    person.do(here, code=code, name=f"类{code[5:17]}", name_en="Test", position="9")
    person.do(f"{here}/{code}", name=f"改{code[5:17]}", name_en="Test", position="9")
    row = next(part for part in person.see(here).split("<tr>") if code in part)
    assert "已关闭" in row
    assert visitor("support").get(here).status_code == 403
