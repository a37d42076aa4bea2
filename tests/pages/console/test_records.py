"""What was done and what came of it: merges undone, closures with their steps, programmes and
rewards, taps of the menu, and who saw whose name."""

from datetime import date

import pytest

from app.core.db import db, in_transaction
from app.core.world import beijing_day, new_id, now
from app.members import service as members
from app.members.reviews import mark_same_person
from app.notices import taps
from app.notices.commands import Command
from app.notices.models import MenuTap
from tests.alliance import shop as world
from tests.alliance.closure.desk import requested
from tests.alliance.rewards.test_rewards import rule
from tests.benefits.promotion.programme import brought, programme
from tests.members.people import register, signed_in
from tests.members.real_name.numbers import wish as real_name

pytestmark = pytest.mark.usefixtures("context")


def test_a_merge_is_listed_and_undone_once_with_a_reason(visitor):
    first, second = register().member_id, register().member_id
    proof = {"kind": "phone", "key": "00"}
    in_transaction(lambda: mark_same_person(second, first, why="同一手机号", proof=proof))
    support, person = visitor("support"), visitor("operator")
    pair = f"/console/merges/{second}/{first}"
    support.see(pair)
    support.do(f"{pair}/proposal", proposal="merge", reason="同一人")
    person.see(pair)
    person.do(f"{pair}/decision", decision="confirm")
    assert members.today(second) == first
    page = person.see("/console/merges/done", "已合并", "撤销…", member_id=str(second))
    action = page.split('class="drop"')[-1].split('action="')[1].split('"')[0]
    assert "撤销…" not in support.see("/console/merges/done", "已合并", member_id=str(first))
    assert support.post(action, reason="认错人").status_code == 403
    assert person.post(action, key=new_id().hex).status_code == 422
    assert members.today(second) == first
    person.see("/console/merges/done")
    person.do(action, reason="认错人")
    assert members.today(second) == second
    shown = person.see("/console/merges/done", "已撤销", "认错人", member_id=str(second))
    assert "撤销…" not in shown
    assert visitor("finance").get("/console/merges/done").status_code == 403


def test_a_closure_has_a_page_with_each_step(client, visitor):
    shop = world.shop()
    closure_id = requested(client, shop, fallback_store_id=str(world.shop().store_id)).json["id"]
    address = f"/console/closures/{closure_id}"
    finance, person = visitor("finance"), visitor("reviewer")
    page = finance.see(address, "租约到期", "待决定", "停业日起")
    assert f"{address}/approve" not in page
    assert finance.post(f"{address}/approve").status_code == 403
    person.see(address, f"{address}/approve")
    person.do(f"{address}/reject", reason="租约已续")
    page = person.see(address, "停业申请被拒", "租约已续", "拒绝停业")
    assert f"{address}/approve" not in page
    assert person.get(f"/console/closures/{new_id()}").status_code == 404
    assert visitor("merchant_owner").get(address).status_code == 403


def test_a_programme_shows_its_links_and_sales_and_a_list_its_merchant_by_name(client, visitor):
    promoter = register().member_id
    of = programme(client)
    brought(of, promoter)
    world.burn_letters()
    address = f"/console/campaigns/{of.id}"
    person = visitor("support")
    person.see(address, f"{address}/promotion-links", "面馆")
    person.see(f"{address}/promotion-links", "南门店", str(promoter)[-8:], "¥5.00")
    person.see(f"{address}/promotion-sales", "¥5.00")
    page = person.see("/console/campaigns", benefit="promotion")
    assert "面馆" in page.split(f'href="{address}"')[1].split("</tr>")[0]
    stranger = visitor("reviewer")
    for part in ("links", "sales"):
        assert stranger.get(f"{address}/promotion-{part}").status_code == 403


def test_a_reward_of_the_platform_is_promised_shown_and_ended_once(visitor):
    person = visitor("operator")
    name, on = f"邀友奖 {new_id().hex[-8:]}", str(beijing_day(now()))
    wish = {"kind": "first", "reward_fen": "1", "budget_fen": "10", "starts_on": on, "ends_on": on}
    person.see("/console/rewards")
    refused = person.post("/console/rewards", name=name, threshold_fen="多", **wish)
    assert refused.status_code == 422
    assert name in refused.text
    person.do("/console/rewards", name=name, threshold_fen="100000", **wish)
    row = person.see("/console/rewards", name).split(name)[0].rsplit('href="', 1)[1].split('"')[0]
    page = person.see(row, name, "¥100,000.00", "平台", "还没有人获得奖励")
    assert f"{row}/end" in page
    support = visitor("support")
    assert f"{row}/end" not in support.see(row)
    assert support.post(f"{row}/end").status_code == 403
    person.do(f"{row}/end")
    assert f"{row}/end" not in person.see(row, "结束时间")
    theirs = rule(world.shop())
    assert "面馆" in support.see(f"/console/rewards/{theirs}")
    assert visitor("reviewer").get("/console/rewards").status_code == 403


def test_taps_of_the_menu_are_told_by_entry_and_day(visitor):
    on = date(2019, 3, 4)

    def work():
        for event, key, count in (("click", Command.BALANCE.value, 7), ("view", taps.OTHER, 2)):
            db.session.merge(MenuTap(day=on, event=event, key=key, shard=0, taps=count))

    in_transaction(work)
    person = visitor("support")
    asked = {"from": "2019-03-01", "to": "2019-03-05"}
    page = person.see(
        "/console/menu-taps", "余额", "其他", "2019-03-04", "2019-03-02", "共 9 次", **asked
    )
    assert page.index("余额") < page.index("其他")
    person.see(
        "/console/menu-taps", "这些天没有人", **asked | {"from": "2018-03-01", "to": "2018-03-05"}
    )
    assert person.get("/console/menu-taps", **asked | {"from": "x"}).status_code == 422
    otherwise = {"from": "1551571200", "to": "1551830400"}  # seconds since 1970
    person.see("/console/menu-taps", "共 9 次", **otherwise)
    assert visitor("finance").get("/console/menu-taps").status_code == 403


def test_who_saw_whose_name_is_on_record_with_the_reason(client, visitor):
    member_id = register().member_id
    client.post("/api/v1/real-name", json=real_name(), headers=signed_in(member_id))
    person, reader = visitor("support"), visitor("operator")
    person.see(f"/console/members/{member_id}")
    reason = "核对身份，工单 12345678"
    person.post(f"/console/members/{member_id}/reveal", fields="phone", reason=reason)
    page = reader.see("/console/real-name-reveals", reason, "手机号", member_id=str(member_id))
    assert person.username in page
    reader.see("/console/real-name-reveals", reason, staff_id=str(person.id))
    reader.see("/console/real-name-reveals", "没有这样的记录", staff_id=str(new_id()))
    assert reader.get("/console/real-name-reveals", member_id="x").status_code == 422
    assert person.get("/console/real-name-reveals").status_code == 403
