"""Campaigns and errands in the members' client: a draw with its proof, and a posted errand."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from app.ledger.service import Account
from tests.alliance import shop as world
from tests.axe import serious_findings
from tests.benefits.conftest import stage  # noqa: F401  # what runs on it ends with its test
from tests.benefits.errands.town import Town
from tests.benefits.lottery.games import PURCHASE_FEN, lottery
from tests.browser.test_client import member_of, shown, signed_in  # noqa: F401
from tests.browser.test_membership import fits
from tests.wechat.conftest import sandbox  # noqa: F401  # the whole of WeChat
from tests.wechat.pretend import eventually

# Where the campaign fund is not empty a newcomer has experience money too: what is paid with it
# concedes less, and might give no chance.
OWN_MONEY = ["prepaid"]


def arrived(shown: Page, sandbox):  # noqa: F811
    """Somebody with prepaid money, signed in at 360 px."""
    shown.set_viewport_size({"width": 360, "height": 780})
    phone = sandbox.phone()
    signed_in(shown, phone)
    expect(shown.get_by_text("可用余额")).to_be_visible()
    member_id = eventually(lambda: member_of(phone))
    world.give(member_id, Account.REBATE, 100_000)
    world.give(member_id, Account.PREPAID_PRINCIPAL, 100_000)
    return member_id


def look(shown: Page, name: str) -> None:  # noqa: F811
    """The page with what is on it: no refusal, within the screen, usable by everybody."""
    expect(shown.locator(".notice-bad")).to_have_count(0)
    assert fits(shown), name
    assert serious_findings(shown) == [], name


def test_a_person_draws_and_sees_what_the_draw_follows_from(shown, sandbox, stage):  # noqa: F811
    lottery(stage.client)
    member_id = arrived(shown, sandbox)
    stage.buy(member_id, PURCHASE_FEN, stage.store(), purses=OWN_MONEY)
    shown.get_by_role("button", name="活动与福利").click()
    expect(shown.get_by_text("进行中的活动")).to_be_visible()
    look(shown, "benefits")
    shown.get_by_role("button", name="周年庆").click()
    draw = shown.get_by_role("button", name="抽一次")
    expect(draw).to_be_enabled()
    look(shown, "lottery")
    before = world.balance(member_id, Account.REBATE_PENDING)
    draw.click()
    expect(shown.get_by_text("恭喜")).to_be_visible()
    expect(draw).to_be_disabled()
    won = world.balance(member_id, Account.REBATE_PENDING) - before
    assert won == 640  # free after its cooling time
    shown.get_by_role("button", name="验证").click()
    expect(shown.get_by_role("dialog")).to_contain_text("/draws/1")
    look(shown, "proof")


def test_a_person_posts_an_errand_and_a_runner_brings_it(shown, sandbox, stage):  # noqa: F811
    town = Town(stage.client)
    runner = town.runner()
    member_id = arrived(shown, sandbox)
    shown.evaluate("location.hash = '/pages/post-errand/index'")
    shown.get_by_label("标题").fill("取快递")
    shown.get_by_label("要做什么").fill("从驿站取一个小件")
    for place, address in enumerate(("湖滨路 1 号", "河坊街 2 号")):
        shown.get_by_label("地址").nth(place).fill(address)
        shown.get_by_label("纬度").nth(place).fill("30.25, 120.16")
        shown.get_by_label("联系人").nth(place).fill("李雷")
        shown.get_by_label("手机号").nth(place).fill("13800002222")
    shown.get_by_label("报酬金额").fill("20")
    look(shown, "post-errand")
    shown.get_by_role("button", name="发布跑腿").click()
    expect(shown.get_by_text("待接单").first).to_be_visible()
    assert world.balance(member_id, Account.REBATE) == 98_000
    errand_id = town.look(member_id, "/errands", role="posted").json["errands"][0]["id"]
    town.act(runner, errand_id, "take")
    shown.reload()
    expect(shown.get_by_text("取件码")).to_be_visible()
    look(shown, "errand")
    seen = town.seen(member_id, errand_id)
    town.act(runner, errand_id, "pick-up", {"code": seen["pick_up_code"]})
    town.act(runner, errand_id, "deliver", {"code": seen["delivery_code"]})
    shown.evaluate("location.hash = '/pages/errands/index'")
    shown.get_by_role("button", name="取快递").click()
    shown.get_by_role("button", name="确认完成").click()
    expect(shown.get_by_role("dialog")).to_contain_text("不能撤回")
    shown.get_by_role("dialog").get_by_role("button", name="确认", exact=True).click()
    expect(shown.locator(".hero-label").first).to_have_text("已完成")
    assert town.seen(member_id, errand_id)["status"] == "completed"
