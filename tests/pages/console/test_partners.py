"""Merchants written down, their contacts, contracts on paper; accounts confirmed; the blacklist."""

import pytest
from sqlalchemy import text

from app.core.db import read
from app.core.world import beijing_day, new_id, now
from tests.alliance import shop as world
from tests.alliance.joining import applicants, papers

pytestmark = pytest.mark.usefixtures("context")


def _merchant(person):
    person.see("/console/merchants", "添加商家")
    made = person.do("/console/merchants/new", name=applicants.name(), recommender_kind="member")
    return made.location


def test_a_merchant_gets_contacts_and_a_contract_signed_on_paper_and_ended(visitor):
    person, member_id = visitor("operator"), world.member()
    here = _merchant(person)
    person.see(here, "还没有合同")
    person.see(f"{here}/contacts", "还没有联系人")
    assert person.post(f"{here}/contacts", member_id=str(new_id())).status_code == 404
    person.do(f"{here}/contacts", member_id=str(member_id), may_withdraw="on")
    assert f"/contacts/{member_id}/remove" in person.see(f"{here}/contacts", "提现权限待确认")
    assert f"/contacts/{member_id}/confirm" not in person.page
    assert person.post(f"{here}/contacts/{member_id}/confirm").status_code == 403
    other = visitor("operator")
    other.see(f"{here}/contacts", "允许提现")
    other.do(f"{here}/contacts/{member_id}/confirm")
    assert "提现权限待确认" not in person.see(f"{here}/contacts")
    person.do(f"{here}/contacts/{member_id}/remove")
    person.see(f"{here}/contacts", "还没有联系人")
    assert person.post(f"{here}/contacts/{member_id}/remove").status_code == 404
    wish = {"policy_id": str(world.policy()), "concession_bp": "9", "settlement_fee_bp": "1"}
    person.do(f"{here}/contracts", **wish, starts_on=str(beijing_day(now())))
    page = person.see(here, "立即终止", "9 %")
    contract = page.split(f'action="{here}/contracts/')[1].split("/")[0]
    person.do(f"{here}/contracts/{contract}/end")
    person.see(here, "终止于")
    assert "立即终止" not in person.page
    assert person.post("/console/merchants/new", name="").status_code == 422


def test_an_account_is_compared_and_confirmed_once(client, visitor):
    member_id = world.member()
    mine = world.headers(member_id)
    licence, front = (papers.picture(client, mine, kind) for kind in ("licence", "front"))
    made = applicants.applied(client, member_id, pictures=[licence, front])
    assert applicants.decided(client, made, "approve").json["status"] == "approved"
    finance = visitor("finance")
    page = finance.see("/console/bank-accounts", "申请的账户")
    while made["company_name"] not in page:
        page = finance.see(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    card = next(part for part in page.split("<section") if made["company_name"] in part)
    assert "尚无" in card
    path = card.split('action="')[1].split('"')[0]
    assert path.endswith("/confirm")
    assert "1 张图片（查看会留下记录）" in card, "finance see papers, and no shop front"
    picture = finance.get(f"/console/applications/pictures/{licence}.jpg")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert finance.get(f"/console/applications/pictures/{front}.jpg").status_code == 404
    reviewer = visitor("reviewer")
    assert reviewer.see(f"/console/applications/{made['id']}").count("查看了图片") == 1
    finance.do(path)
    assert finance.post(path).status_code == 409
    finance.see("/console/shortages", "停业欠款")
    assert finance.get("/console/blacklist").status_code == 403


def test_a_receiver_of_splits_is_proposed_by_one_and_confirmed_by_another(visitor):
    one, other, here = visitor("finance"), visitor("finance"), "/console/sharing-receivers"
    shop, number = world.shop(), str(new_id().int)[-10:]
    wish = {"merchant_id": str(shop.merchant_id), "account": number, "relation": "STORE"}
    one.see(here)
    assert one.post(here, **wish).status_code == 422
    one.see(here)
    one.do(here, **wish, name="联惠面馆有限公司")
    path = f"{here}/{_proposed(one, number)}/confirm"
    assert one.post(path).status_code == 403
    other.see(here)
    other.do(path)
    _find(other.see(here, status="confirmed"), other, number, "已启用")


def _proposed(person, number):
    receiver_id = read(
        text("SELECT id FROM alliance_sharing_receiver WHERE account = :one"), {"one": number}
    )[0].id
    _find(person.see("/console/sharing-receivers"), person, number, "须由另一人确认")
    return receiver_id


def _find(page, person, number, said):
    while number not in page:
        page = person.see(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    assert said in next(part for part in page.split("<section") if number in part)


def test_an_entry_of_the_blacklist_is_added_and_lifted_with_reasons(visitor):
    person, reviewer = visitor("operator"), visitor("reviewer")
    person.see("/console/blacklist")
    wish = {"kind": "account", "value": "6222" + str(new_id().int)[-12:], "reason": "欠款未还"}
    assert person.post("/console/blacklist", **wish | {"value": "不是号码"}).status_code == 422
    reason = f"欠款{new_id().hex}"
    person.see("/console/blacklist")
    person.do("/console/blacklist", **wish | {"reason": reason})
    page = reviewer.see("/console/blacklist")
    while reason not in page:
        page = reviewer.see(page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    assert "/lift" not in page
    assert wish["value"] not in page
    row = next(part for part in person.see("/console/blacklist").split("<tr>") if reason in part)
    path = row.split('action="')[1].split('"')[0]
    assert reviewer.post(path, reason="x").status_code == 403
    assert person.post(path, reason="").status_code == 422
    person.do(path, reason="已还清")
    person.see("/console/blacklist", reason, "已还清", shown="lifted")
