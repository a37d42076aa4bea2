"""Merchants at the console: found, paused, closed by two, offered contracts, let in, reviewed."""

import pytest

from app.core.world import beijing_day, new_id, now
from app.pages.console import calls
from tests.alliance import shop as world
from tests.alliance.closure import desk
from tests.alliance.joining import applicants, papers
from tests.alliance.offers import stall
from tests.pages.console.visitors import hidden

pytestmark = pytest.mark.usefixtures("context")


def test_a_merchant_is_found_by_its_name_paused_once_and_opened_again(client, visitor):
    person = visitor("operator")
    headers = world.staff_headers("operator")
    name = applicants.name()
    made = desk.post(client, "/merchants", headers, name=f"{name}100%")
    here = f"/console/merchants/{made.json['id']}"
    person.see("/console/merchants", here, name=f"{name}100%")
    assert here not in person.see("/console/merchants", name=f"{name}1%0")
    person.see(here, "还没有合同", "没有门店")
    shop = world.shop()
    here = f"/console/merchants/{shop.merchant_id}"
    key = hidden(person.see(here, "营业中"), "key")
    assert person.post(f"{here}/pauses", reason="").status_code == 422
    assert person.post(f"{here}/pauses", key=key, reason="消防<检查>").status_code == 303
    person.see(here, "已暂停")
    assert person.post(f"{here}/pauses", key=key, reason="消防<检查>").status_code in (303, 409)
    page = person.see(f"{here}/stops")
    assert page.count("消防&lt;检查&gt;") == 1
    pause = page.split(f'action="{here}/pauses/')[1].split('"')[0]
    refused = person.post(f"{here}/pauses/{pause}", reason="")
    assert refused.status_code == 422
    assert "消防&lt;检查&gt;" in refused.text
    person.do(f"{here}/pauses/{pause}", reason="查完了")
    person.see(here, "营业中")
    person.see(f"{here}/stops", "查完了")


def test_a_closure_takes_another_person(visitor):
    shop, author, other = world.shop(), visitor("operator"), visitor("reviewer")
    here = f"/console/merchants/{shop.merchant_id}"
    author.see(f"{here}/closures", "接收门店")
    author.do(f"{here}/closures", closes_on=str(desk.day(5)), reason="租约到期")
    page = author.see(f"{here}/stops", "待决定")
    closure = page.split('action="/console/closures/')[1].split("/")[0]
    action = f"/console/closures/{closure}/approve"
    author.see("/console/closures")
    assert author.post(action).status_code == 403
    other.see("/console/closures")
    other.do(action)
    assert other.post(action).status_code in (403, 409)
    author.see(f"{here}/stops", "已同意停业")


def test_a_next_contract_is_offered_and_taken_back(visitor):
    shop, person = world.shop(), visitor("operator")
    here = f"/console/merchants/{shop.merchant_id}"
    person.see(here, "提出新版合同")
    wish = {"policy_id": str(world.policy()), "concession_bp": "12.5"}
    wish |= {"starts_on": str(beijing_day(now()))}
    assert person.post(f"{here}/offers", **wish | {"concession_bp": "多"}).status_code == 422
    person.see(here)
    person.do(f"{here}/offers", **wish)
    page = person.see(here, "待商家答复", "12.5 %")
    offered = page.split(f'action="{here}/contracts/')[1].split('"')[0]
    person.do(f"{here}/contracts/{offered}", reason="写错了")
    person.see(here, "已撤回")


def test_an_application_is_approved_with_its_first_contract_once(client, visitor):
    made = applicants.applied(client)
    here = f"/console/applications/{made['id']}"
    person = visitor("reviewer")
    person.see("/console/applications", "入驻审核")
    page = person.see(here, made["company_name"], "批准并拟定首份合同")
    assert "张小明" not in page
    wish = {"version": "1", "concession_bp": "8", "starts_on": str(beijing_day(now()))}
    wish |= {"policy_id": str(world.policy())}
    person.do(f"{here}/approve", **wish)
    person.see(here, "已批准入驻")
    assert person.post(f"{here}/approve", **wish).status_code == 409


def test_pictures_of_an_application_are_named_and_opened_on_record(client, visitor):
    member_id = world.member()
    mine = world.headers(member_id)
    kinds = ("licence", "front")
    sent = [papers.picture(client, mine, kind) for kind in kinds]
    made = applicants.applied(client, member_id, pictures=sent)
    here, person = f"/console/applications/{made['id']}", visitor("reviewer")
    page = person.see(here, "证照图片", "2 张图片（查看会留下记录）", "门头照 2")
    for number, (each, name) in enumerate(zip(sent, ("营业执照", "门头照"), strict=True), 1):
        address = f"/console/applications/pictures/{each}.jpg"
        assert f'<a href="{address}"><img src="{address}" alt="{name} {number}（打开大图）"' in page
        assert 'loading="lazy"' in page, "nothing is looked at before the reviewer opens them"
    assert "查看了图片" not in person.see(here)
    picture = person.get(f"/console/applications/pictures/{sent[0]}.jpg")
    assert (picture.mimetype, picture.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert "no-store" in picture.headers["Cache-Control"]
    person.see(here, "查看了图片")
    for role, status in (("finance", 404), ("support", 403), ("cashier", 403)):
        address = f"/console/applications/pictures/{sent[0]}.jpg"
        assert visitor(role).get(address).status_code == status, role
    assert person.get(f"/console/applications/pictures/{made['id']}.jpg").status_code == 404
    bare = applicants.applied(client)
    person.see(f"/console/applications/{bare['id']}", "申请没有图片。需要时请要求补充。")
    person.post("/console/language", language="en", next=here)
    person.see(here, "Pictures of licence and shop", "Shop front 2", "Pictures were looked at")


def test_an_offer_is_rejected_with_a_reason_or_taken_down(client, visitor):
    shop, person = world.shop(), visitor("operator")
    offer = stall.written(client, shop)
    stall.submit(client, shop, offer)
    here = f"/console/offers/{offer['id']}"
    person.see("/console/offers", here)
    person.see(here, "审核中", "¥50.00")
    assert person.post(f"{here}/reject", version="1", reason="").status_code == 422
    person.do(f"{here}/approve", version="1")
    person.see(here, "展示中")
    person.do(f"{here}/take-down", reason="投诉")
    person.see(here, "平台下架")


def test_others_see_and_change_nothing_of_them(client, visitor):
    shop = world.shop()
    here = f"/console/merchants/{shop.merchant_id}"
    cashier, finance = visitor("cashier"), visitor("finance")
    for path in ("merchants", "closures", "applications", "offers"):
        assert cashier.get(f"/console/{path}").status_code == 403
    assert f'action="{here}/' not in finance.see(here)
    assert f'action="{here}/' not in finance.see(f"{here}/contacts")
    for part in ("offers", "contracts", "closures", "stores"):
        assert finance.get(f"{here}/{part}").status_code == 403
    assert cashier.get(f"{here}/stops").status_code == 403
    for step in ("pauses", "closures", "offers"):
        assert finance.post(f"{here}/{step}", reason="x").status_code == 403
    assert finance.get("/console/applications").status_code == 403
    assert "已暂停" not in finance.see(here)


def test_a_part_comes_alone_to_who_is_signed_in_and_under_the_merchants_name_as_a_page(visitor):
    shop, person = world.shop(), visitor("operator")
    here = f"/console/merchants/{shop.merchant_id}"
    page = person.see(here)
    for part in ("contacts", "stops", "offers", "contracts", "closures", "stores"):
        assert f'hx-get="{here}/{part}"' in page
        assert f'<a href="{here}/{part}">' in page
        assert f'<a class="back" href="{here}">' in person.see(f"{here}/{part}", "<html")
        alone = person.browser.get(f"{here}/{part}", headers={"HX-Request": "true"})
        assert alone.status_code == 200, alone.text
        assert "<html" not in alone.text
        assert "<h1" not in alone.text
    person.see(f"{here}/stops", "没有暂停，也没有停业申请")
    assert person.get(f"/console/merchants/{new_id()}/stops").status_code == 404
    person.browser.delete_cookie("staff")
    away = person.browser.get(f"{here}/stops", headers={"HX-Request": "true"})
    assert away.headers["HX-Redirect"] == "/console/sign-in"
    assert away.text == ""


def test_a_merchants_page_asks_the_api_six_times(visitor, monkeypatch):
    person, shop, asked = visitor("operator"), world.shop(), []
    ask = calls._ask
    monkeypatch.setattr(calls, "_ask", lambda *all: asked.append(all[1]) or ask(*all))
    person.see(f"/console/merchants/{shop.merchant_id}")
    assert len(asked) == 6, asked
