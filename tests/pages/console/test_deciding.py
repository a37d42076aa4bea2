"""Pages of what staff decide now and then: each is there for its roles, and for nobody else."""

import pytest

from app.core.config import settings
from app.core.world import PLATFORM_ID, new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.ledger.books import journal, leg, post
from tests.wallet.people import earned, member

pytestmark = pytest.mark.usefixtures("context")
PAGES = {
    "/console/errands": ("跑腿争议", "reviewer"),
    "/console/errand-runners": ("跑腿员", "finance"),
    "/console/salespeople": ("添加业务员", "reviewer"),
    "/console/shippings": ("发货登记", "reviewer"),
    "/console/splits": ("微信分账", "operator"),
    "/console/funds": ("登记到账", "support"),
    "/console/nettings": ("轧差一期", "reviewer"),
    "/console/store-changes": ("门店资料审核", "finance"),
}


def test_each_page_is_for_its_roles(visitor):
    person = visitor("operator", "finance", "support", "reviewer")
    others = {role: visitor(role) for role in {role for _, role in PAGES.values()}}
    for path, (title, other) in PAGES.items():
        person.see(path, title)
        assert others[other].get(path).status_code == 403, path
    assert person.get(f"/console/errands/{new_id()}").status_code == 404
    assert person.get(f"/console/shippings/{new_id()}").status_code == 404


def test_a_salesperson_is_added_and_suspended_with_a_reason(visitor):
    person, here = visitor("operator"), "/console/salespeople"
    person.see(here)
    assert person.post(here, name="").status_code == 422
    made = person.do(here, name="王<业务>").location
    person.see(made, "王&lt;业务&gt;", "来自商家")
    assert person.post(made, state="suspended", reason="").status_code == 422
    person.do(made, state="suspended", reason="培训未完成")
    person.see(made, "培训未完成", "已暂停")


def test_money_that_arrived_is_booked_after_a_proof_and_only_by_finance(visitor):
    person, operator = visitor("finance"), visitor("operator")
    person.see("/console/funds", "登记调拨")
    wish = {"account": "operations", "source": "bank_custody"}
    assert person.post("/console/funds/filling", **wish, amount_fen="零").status_code in (403, 422)
    person.see("/console/funds")
    person.do("/console/funds/filling", **wish, amount_fen="0.01")
    operator.see("/console/funds", "银行存管户")
    assert operator.post("/console/funds/filling", **wish, amount_fen="1").status_code == 403


def test_a_large_sum_waits_at_the_console_for_another_person_of_finance(visitor, monkeypatch):
    monkeypatch.setattr(settings(), "funds_four_eyes_fen", 12_345)
    person, other = visitor("finance"), visitor("finance")
    person.see("/console/funds", "登记到账")
    person.do("/console/funds/filling", account="operations", amount_fen="123.45")
    page = person.see("/console/funds", "待另一名财务人员复核", "¥123.45", "登记待复核")
    here = page.split("撤回</button>")[0].rpartition('action="')[2].split("/reject")[0]
    assert f"{here}/approve" not in page
    assert person.post(f"{here}/approve").status_code == 403
    other.see("/console/funds", f"{here}/approve")
    other.do(f"{here}/approve")
    assert here not in other.see("/console/funds")
    other.see("/console/funds", "¥123.45", "已登记入账", status="booked")


def booked(page: str, amount: str) -> str:
    """The line of a booking, or nothing; balances stand in a table before."""
    lines = page.rpartition("<h2>")[2].split("<tr>")
    return next((each for each in lines if amount in each), "")


def test_what_was_booked_by_mistake_is_reversed_on_its_line_once(visitor, monkeypatch):
    monkeypatch.setattr(settings(), "funds_four_eyes_fen", 50_000)
    person, other, operator = visitor("finance"), visitor("finance"), visitor("operator")
    person.see("/console/funds")
    person.do("/console/funds/filling", account="operations", amount_fen="301.17")
    while ledger.fold_and_seal():
        pass
    here = action(booked(person.see("/console/funds", status="booked"), "¥301.17"), "冲正</button>")
    assert here.endswith("/reverse")
    assert "/reverse" not in operator.see("/console/funds", status="booked")
    assert operator.post(here, reason="重复登记").status_code == 403
    person.see("/console/funds", status="booked")
    assert person.post(here, reason="").status_code == 422
    assert "已冲正" not in booked(person.see("/console/funds", status="booked"), "¥301.17")
    person.do(here, reason="重复登记 <x>")  # with the first it is much for one person on a day
    line = booked(person.see("/console/funds", status="waiting"), "¥301.17")
    assert "冲正待复核" in line
    assert "重复登记 &lt;x&gt;" in line
    assert action(line, "撤回</button>") == f"{here}/reject"
    assert f"{here}/approve" not in line
    assert person.post(f"{here}/approve").status_code == 403
    line = booked(other.see("/console/funds", status="waiting"), "¥301.17")
    assert action(line, "同意冲正</button>") == f"{here}/approve"
    other.do(f"{here}/approve")
    line = booked(other.see("/console/funds", status="reversed"), "¥301.17")
    for text in ("已冲正", "冲正申请人", "冲正复核人: <b>您</b>", "/console/entries/"):
        assert text in line
    assert "/reverse" not in line
    again = other.post(here, reason="重复登记", key=new_id().hex)
    assert again.status_code == 409
    assert "已冲正" in again.text
    person.see(
        line.split('href="')[1].split('"')[0], "资金到位冲正", "冲正原因：重复登记 &lt;x&gt;"
    )


def test_a_reversal_that_another_refuses_leaves_the_booking_as_it_was(visitor, monkeypatch):
    monkeypatch.setattr(settings(), "funds_four_eyes_fen", 20_000)
    earned(member(), 40_000)
    person, other = visitor("finance"), visitor("finance")
    wish = {"from": "bank_custody", "to": "wechat_operating", "amount_fen": "131.19"}
    person.see("/console/funds")
    person.do("/console/funds/moving", **wish)
    line = booked(person.see("/console/funds", status="booked"), "¥131.19")
    here = action(line, "冲正</button>")
    person.do(here, reason="金额有误")
    other.see("/console/funds", status="waiting")
    other.do(f"{here}/reject")
    line = booked(other.see("/console/funds", status="booked"), "¥131.19")
    assert "冲正已驳回" in line
    assert action(line, "冲正</button>") == here


def test_a_tax_payment_is_found_by_its_kind_and_reversed_on_its_line(visitor, monkeypatch):
    monkeypatch.setattr(settings(), "funds_four_eyes_fen", 30_000)
    post(
        journal(
            leg(PLATFORM_ID, Account.TAX_WITHHELD, 50_000),
            leg(PLATFORM_ID, Account.BANK_CUSTODY, -50_000),
        )
    )
    while ledger.fold_and_seal():
        pass
    person, other, receipt = visitor("finance"), visitor("finance"), f"<{new_id().hex}>"
    listed = {"kind": "tax_paid", "status": "booked"}
    person.see("/console/taxes", "缴税登记与冲正", "/console/funds?kind=tax_paid&amp;status=booked")
    person.do("/console/taxes/payments", amount_fen="211.37", receipt=receipt)
    line = booked(person.see("/console/funds", **listed), "¥211.37")
    assert f"完税凭证号: &lt;{receipt[1:-1]}&gt;" in line
    assert receipt[1:-1] not in person.see("/console/funds", kind="moved", status="booked")
    assert "kind=tax_paid" in person.see("/console/funds", **listed).split("data-filters")[1]
    person.do(action(line, "冲正</button>"), reason="金额有误")
    assert "冲正待复核" in booked(person.see("/console/funds", **listed), "¥211.37")
    line = booked(other.see("/console/funds", kind="tax_paid", status="waiting"), "¥211.37")
    other.do(action(line, "同意冲正</button>"))
    line = booked(other.see("/console/funds", kind="tax_paid", status="reversed"), "¥211.37")
    assert "已冲正" in line
    other.see(line.split('href="')[1].split('"')[0], "代扣税缴纳冲正", receipt[1:-1])
    person.see("/console/taxes")
    large = person.do("/console/taxes/payments", amount_fen="300", receipt=receipt).location
    person.see(large, "待另一名财务人员复核")


def action(line: str, button: str) -> str:
    """Where the form goes whose button this is."""
    return line.split(button)[0].rpartition('action="')[2].split('"')[0]


def test_a_year_is_entered_with_a_reason(visitor):
    person, year = visitor("operator"), 2098
    here = f"/console/calendar/{year}"
    person.see("/console/calendar", "尚未录入", year=year)
    assert person.post(here, days="某日 休", reason="x").status_code == 422
    assert visitor("support").post(here, days="", reason="x").status_code == 403
    person.see("/console/calendar", year=year)
    wish = {"days": f"{year}-01-01 休 元旦\n{year}-01-04 班", "reason": "国办发明电"}
    person.do(here, **wish)
    person.see("/console/calendar", "元旦", "国办发明电", year=year)
    known = person.see("/console/calendar", "<td>春节</td>", "2026-02-17 休 春节", year=2026)
    assert "Spring" not in known


def test_a_level_is_defined_and_ended(visitor):
    person, name, here = visitor("operator"), f"级{new_id().hex[:12]}", "/console/member-levels"
    person.see(here, "设置等级")
    wish = {"name": name, "name_en": "Level", "threshold_fen": "990000", "period_days": "30"}
    assert person.post(here, **wish | {"gift_fen": "很多"}).status_code == 422
    person.do(here, **wish)
    row = next(part for part in person.see(here).split("<tr>") if name in part)
    person.do(row.split('action="')[1].split('"')[0])
    assert name not in person.see(here)
    assert visitor("support").get(here).status_code == 403


def test_a_supply_is_asked_for_accepted_and_ended_at_the_pages(visitor):
    seller, maker, operator = world.shop(), world.shop(), visitor("operator")
    merchant = f"/console/merchants/{maker.merchant_id}"
    operator.see(merchant)
    operator.do(f"{merchant}/supplier")
    owner = visitor("merchant_owner", merchant_id=seller.merchant_id)
    other = visitor("merchant_owner", merchant_id=maker.merchant_id)
    owner.see("/shop/supplies", "还没有供货约定")
    wish = {"store_id": str(seller.store_id), "kind": "goods", "title": "龙井", "stock": "5"}
    wish |= {"price_fen": "88", "category": "food.tea", "deliveries": "shipment"}
    offer = owner.do("/shop/offers", **wish).location
    owner.see(offer, "请人供货")
    owner.do(f"{offer}/supply", supplier_id=str(maker.merchant_id), price_fen="50")
    page = other.see("/shop/supplies", "待供货商答复", "¥50.00")
    path = page.split('action="/shop/supplies/')[1].split('"')[0]
    assert owner.post(f"/shop/supplies/{path}").status_code == 404
    other.do(f"/shop/supplies/{path}")
    other.see("/shop/supplies", "供货中")
    other.do(f"/shop/supplies/{path.split('/')[0]}/end")
    owner.see("/shop/supplies", "供货结束")
