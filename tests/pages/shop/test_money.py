"""Money, staff and what brings customers at the merchants' console: the owner's own, once each."""

import re

import pyotp
import pytest

from app.alliance import distribution
from app.ledger.service import Account
from app.pages.shop import money
from tests.alliance import shop as world
from tests.alliance.settlement.books import settled
from tests.pages.console.visitors import PASSWORD, Visitor, hidden, hiddens

pytestmark = pytest.mark.usefixtures("context")
OWNERS = ("errands", "money", "purchases", "settlements", "prepaid", "top-up-plans", "rewards",
          "campaigns", "contracts", "difference", "staff", "actions")  # fmt: skip
DAYS = {"starts_on": "2026-01-01", "ends_on": "2099-12-31"}


@pytest.fixture
def owner(shop, enter):
    return enter(shop)


def test_each_page_of_the_owner_is_there_also_with_nothing_on_it_and_in_english(owner):
    for name in OWNERS:
        owner.see(f"/shop/{name}")
    owner.post("/console/language", language="en", next="/shop")
    for name in OWNERS:
        owner.see(f"/shop/{name}", "Merchant console")


def test_a_cashier_sees_neither_money_nor_staff_nor_contracts(shop, enter):
    cashier = enter(shop, shop.store_id)
    menu = cashier.see("/shop")
    for name in OWNERS:
        assert cashier.get(f"/shop/{name}").status_code == 403, name
        assert f'href="/shop/{name}"' not in menu
    cashier.see("/shop/stores", "poster.png")


def test_settled_money_is_moved_to_the_budget_once_and_no_more_than_there_is(shop, owner):
    world.give(shop.merchant_id, Account.AVAILABLE, 10_000)
    key = hidden(owner.see("/shop/money", "¥100.00"), "key")
    for _ in range(2):
        wish = {"target": "offer_budget", "amount_fen": "60"}
        assert owner.post("/shop/money/funds", key=key, **wish).status_code == 303
    assert world.balance(shop.merchant_id, Account.OFFER_BUDGET) == 6_000
    owner.see("/shop/money", "¥40.00", "¥60.00")
    assert owner.post("/shop/money/funds", **wish).status_code in (409, 422)
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 4_000


def test_a_withdrawal_says_its_cost_first_and_keeps_no_key_of_another(shop, owner):
    world.give(shop.merchant_id, Account.AVAILABLE, 50_000)
    owner.see("/shop/money")
    quoted = owner.post("/shop/money/quote", source="available", amount_fen="200")
    assert quoted.status_code == 200, quoted.text
    assert "确认提现 ¥200.00" in quoted.text
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 50_000


def test_a_top_up_plan_is_published_and_ended(shop, owner):
    world.give(shop.merchant_id, Account.OFFER_BUDGET, 100_000)
    owner.see("/shop/top-up-plans", "没有充值方案")
    wish = {"name": "开业<大>礼", "store_id": str(shop.store_id), "budget_fen": "500", **DAYS}
    wish |= {"at_least-0": "100", "bonus-0": "10", "at_least-1": "500", "bonus-1": "80"}
    refused = owner.post("/shop/top-up-plans", **wish | {"bonus-1": "5"})
    assert refused.status_code == 422
    owner.do("/shop/top-up-plans", **wish)
    page = owner.see("/shop/top-up-plans", "开业&lt;大&gt;礼", "充 ¥500.00 送 ¥80.00", "可购买")
    end = page.split("/end")[0].rpartition('"')[2]
    owner.do(f"{end}/end")
    assert f'action="{end}/end"' not in owner.see("/shop/top-up-plans")


def test_a_reward_is_promised_from_the_own_budget_and_ended(shop, owner):
    world.give(shop.merchant_id, Account.OFFER_BUDGET, 100_000)
    owner.see("/shop/rewards", "没有推荐奖励")
    wish = {"name": "带新客", "kind": "first", "threshold_fen": "50", "reward_fen": "5"}
    owner.do("/shop/rewards", **wish, budget_fen="200", **DAYS)
    page = owner.see("/shop/rewards", "带新客", "首次消费满")
    here = "/shop/rewards/" + page.split('href="/shop/rewards/')[1].split('"')[0]
    owner.see(here, "还没有人获得奖励")
    owner.see("/shop/rewards")
    owner.do(f"{here}/end")
    owner.see("/shop/rewards", "已结束")


def test_a_campaign_is_drafted_by_a_form_of_its_kinds_schema(client, shop, owner, enter):
    kinds = client.get("/api/v1/benefits", headers=world.owner_headers(shop)).json["benefits"]
    paid = [each for each in kinds if "offer_budget" in each["funders"]]
    assert paid
    for kind in paid:
        here = f"/shop/campaigns/new/{kind['name']}"
        page = owner.see(here, "规则", "保存草稿")
        wish = typed(page) | {"name": "活动", "name_en": "Campaign", "budget_fen": "1000"}
        wish |= {"starts_at": "2027-01-01T08:00", "ends_at": "2027-02-01T08:00"}
        drafted = owner.post(here, **wish)
        assert drafted.status_code == 303, (kind["name"], wish, drafted.text)
        page = owner.see(drafted.location, "草稿待平台发布", "规则")
        assert '{"' not in page.split("<main")[1], kind["name"]
        assert enter(world.shop()).get(drafted.location).status_code == 404
    assert owner.get("/shop/campaigns/new/nothing").status_code == 404


def typed(page):
    """What a form holds when it is loaded: its inputs, ticks and chosen options."""
    form = page.split('action="/shop/campaigns')[1]
    inputs = r'<input [^>]*name="([^"]+)" type="(?:text|number)"[^>]*value="([^"]*)"'
    found = dict(re.findall(inputs, form))
    for name, value in re.findall(r'type="checkbox" name="([^"]+)" value="([^"]*)" checked', form):
        found.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', form):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        found[name] = chosen[0] if chosen else ""
    return found


def test_an_account_is_opened_for_a_cashier_stopped_and_foreign_ones_are_not_there(
    app, shop, owner, enter
):
    owner.see("/shop/staff", owner.username)
    wish = {"username": f"till-{shop.store_id.hex}", "roles": "cashier"}
    opened = owner.post("/shop/staff", **wish, store_ids=str(shop.store_id))
    if "confirm_to" in opened.text:  # asks who they are first, then goes on
        proof = dict(hiddens(opened.text)) | {"password": PASSWORD, "totp": owner.code()}
        onwards = owner.post("/console/confirm", **proof)
        assert onwards.status_code == 307
        opened = owner.post(onwards.location, **proof)
    assert "以下内容只显示这一次" in opened.text
    assert PASSWORD not in opened.text
    first, secret = re.findall(r'<p class="secret">([^<]+)</p>', opened.text)
    new_hand = Visitor(app, "support")
    new_hand.username, new_hand._secret = wish["username"], secret
    new_hand.get("/console/sign-in")
    proof = {"username": wish["username"], "password": first, "totp": new_hand.code()}
    assert new_hand.post("/console/sign-in", **proof).status_code == 303
    assert new_hand.get("/shop").location == "/console/password"
    new_hand.see("/console/password", "修改密码")
    assert new_hand.post("/shop/payments", amount_fen="1").location == "/console/password"
    weak = new_hand.post("/console/password", current=first, new=wish["username"])
    assert weak.status_code == 422
    assert first not in weak.text
    chosen = {"current": first, "new": "only they know this one"}
    assert new_hand.post("/console/password", **chosen).location == "/console/second-factor"
    assert new_hand.get("/shop").location == "/console/second-factor"
    new_hand.see("/console/second-factor", "更换动态码")
    begun = new_hand.post("/console/second-factor").text
    own = re.search(r"<code>([A-Z2-7]+)</code>", begun)[1]
    new_hand.do("/console/second-factor/confirm", totp=pyotp.TOTP(own).now())
    new_hand.see("/shop", "扫会员付款码收款")
    page = owner.see("/shop/staff", wish["username"], "正常")
    mine = page.split(wish["username"])[0].rpartition('href="')[2].split('"')[0]
    owner.see(mine, "退出其全部登录")
    owner.do(f"{mine}/disable", reason="员工离职交接完成")
    owner.see(mine, "启用")
    stranger = enter(world.shop())
    assert stranger.get(mine).status_code == 404
    assert stranger.post(f"{mine}/enable", reason="恢复其账号使用").status_code == 404
    owner.see("/shop/actions", owner.username, "完成", "工作人员登录")
    owner.browser.set_cookie("language", "en")
    assert "工作人员登录" not in owner.see("/shop/actions", "Signed in")


def test_an_offered_contract_is_read_and_accepted_as_it_was_shown(client, shop, owner, enter):
    policy_id = world.policy()
    wish = {"merchant_id": str(shop.merchant_id), "policy_id": str(policy_id),
            "concession_bp": 1_200, "starts_on": "2027-06-01"}  # fmt: skip
    operator = world.staff_headers("operator")
    offered = client.post("/api/v1/contracts/offers", json=wish, headers=operator)
    assert offered.status_code == 201, offered.json
    page = owner.see("/shop/contracts", "待您答复", "12 %")
    here = f"/shop/contracts/{offered.json['id']}/answer"
    wrong = owner.post(here, answer="accept", terms_hash="0" * 64)
    assert wrong.status_code in (409, 422)
    owner.see("/shop/contracts", "待您答复")
    owner.do(here, answer="accept", terms_hash=hidden(page, "terms_hash"))
    owner.see("/shop/contracts", "已接受")
    assert enter(world.shop()).get("/shop/contracts").status_code == 200


def test_statements_are_listed_newest_first_page_by_page(client, shop, owner, monkeypatch):
    for days in (30, 60):
        world.paid(client, world.rich(), shop, 1_000)
        distribution.distribute()
        older, *newer = settled(shop, days)
    places = [f"/shop/settlements/{each.id}" for each in (*newer, older)]
    page = owner.see("/shop/settlements", *places)
    assert page.index(places[0]) < page.index(places[1])
    monkeypatch.setattr(money, "PAGE", 2)
    owner.see("/shop/settlements", f"before={older.id}")
    assert places[1] not in owner.see("/shop/settlements", before=str(older.id))
    owner.see("/shop/settlements", places[1], before=str(newer[0].id))


def test_files_of_statements_are_the_own_merchants(client, shop, owner, enter):
    stranger = enter(world.shop())
    for path in (f"/shop/settlements/{shop.store_id}", f"/shop/prepaid/{shop.store_id}/matrix.csv"):
        assert stranger.get(path).status_code == 404
        assert owner.get(path).status_code == 404
    file = owner.get("/shop/difference.csv", month="2026-01")
    assert file.mimetype == "text/csv"
    assert "attachment" in file.headers["Content-Disposition"]
