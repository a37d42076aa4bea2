"""Logging in on a page inside WeChat: once, in one browser, and never as somebody made up."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sqlalchemy import text

from app.alliance.web import login as web_login
from app.core.db import db, in_transaction, read
from app.core.world import new_id, now
from app.members import service as members
from app.qr import service as qr
from tests.alliance import shop as world
from tests.alliance.browser import Browser, state_of

APP = "wxdev0fa0000000001"
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def browser(sandbox):
    """Makes browsers, each with a phone of its own if none is given."""
    return lambda phone=None: Browser(sandbox, phone)


def wait(sandbox, seconds):
    """Lets time pass for both sides."""
    sandbox.control("/clock/advance", {"seconds": seconds})
    now(is_exact=True)


def member_of(phone):
    return members.member_of(APP, phone["openid"])


def test_who_opens_a_shops_link_becomes_its_member_and_gets_a_session(browser):
    shop, visitor = world.shop(), browser()
    answer = visitor.log_in(scene=qr.token_of("S", shop.store_id))
    assert answer.status_code == 201, answer.text
    assert answer.json()["home_store_id"] == str(shop.store_id)
    assert answer.json()["is_new"]
    who = {"Authorization": f"Bearer {answer.json()['token']}"}
    me = requests.get(f"{visitor.base}/me", headers=who, timeout=9).json()
    assert me["member_id"] == str(member_of(visitor.phone)) == answer.json()["member_id"]


def test_a_follower_is_the_same_member_on_the_page(browser, sandbox):
    visitor = browser()
    sandbox.act(visitor.phone, "follow")
    followed = member_of(visitor.phone)
    answer = visitor.log_in()
    assert (answer.json()["is_new"], answer.json()["member_id"]) == (False, str(followed))


def test_no_token_stands_in_an_address_and_the_session_is_handed_over_once(browser):
    visitor = browser()
    address = visitor.start(return_to="/shop?a=1")
    back = visitor.get(visitor.consent(address))
    assert back.headers["Location"] == "/shop?a=1"
    assert back.headers["Referrer-Policy"] == "no-referrer"
    token = visitor.session().json()["token"]
    kept = read(text("SELECT joined::text FROM alliance_web_visit"))
    assert all(token not in str(row[0]) for row in kept)
    again = visitor.session()
    assert (again.status_code, again.json()["code"]) == (401, "web_login_missing")


def test_the_cookie_is_only_for_the_login_and_not_for_scripts(browser):
    visitor = browser()
    visitor.start()
    (cookie,) = visitor.cookies()
    assert cookie.path == "/api/v1/oauth"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"


def refused(visitor, address):
    """Says that coming back to this address is refused and makes nobody a member."""
    before = world.count("members_member")
    answer = visitor.get(address)
    assert (answer.status_code, answer.json()["code"]) == (403, "login_state_invalid")
    assert world.count("members_member") == before
    assert visitor.session().status_code == 401


def test_another_browsers_state_is_refused_and_used_up_by_nobody(browser):
    attacker, victim = browser(), browser()
    address = attacker.consent(attacker.start())
    victim.start()
    refused(victim, address)
    refused(browser(), address)
    assert attacker.get(address).status_code == 302


def test_a_state_works_once(browser):
    visitor = browser()
    address = visitor.consent(visitor.start())
    assert visitor.get(address).status_code == 302
    visitor.session()
    refused(visitor, visitor.consent(visitor.start()).replace("state=", "state=x"))
    refused(visitor, address)


def test_the_same_state_at_once_logs_in_once(browser, sandbox):
    visitor = browser()
    address = visitor.consent(visitor.start())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor.get(address).status_code, range(8)))
    assert sorted(answers) == [302] + [403] * 7


def test_a_state_ends_after_ten_minutes(browser, sandbox):
    visitor = browser()
    address = visitor.consent(visitor.start())
    wait(sandbox, 601)
    refused(visitor, address)


def test_who_declines_comes_back_without_a_session(browser):
    visitor = browser()
    back = visitor.get(visitor.consent(visitor.start(return_to="/shop"), decline="1"))
    assert (back.status_code, back.headers["Location"]) == (302, "/shop")
    assert visitor.session().json()["code"] == "web_login_missing"
    assert member_of(visitor.phone) is None


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/a\nb",
        "shop",
        "javascript:x",
        "/" + "a" * 300,
    ],
)
def test_nobody_is_sent_to_another_host(browser, return_to):
    answer = browser().get(browser().base + "/oauth/start", return_to=return_to)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("kind", ["told", "untold"])
def test_a_snapshot_visitor_is_never_a_member_and_logs_in_later(browser, kind):
    shop, visitor = world.shop(), browser()
    before = world.count("members_member"), world.count("members_identity")
    answer = visitor.log_in(kind, scene=qr.token_of("S", shop.store_id), consent="true")
    assert (answer.status_code, answer.json()["code"]) == (403, "snapshot_visitor")
    assert (world.count("members_member"), world.count("members_identity")) == before
    later = visitor.log_in(scene=qr.token_of("S", world.shop().store_id), consent="true")
    assert later.status_code == 201
    assert later.json()["home_store_id"] == str(shop.store_id)  # the code scanned first


def test_the_link_opened_first_counts_though_somebody_followed_by_another_code(browser, sandbox):
    first, second, visitor = world.shop(), world.shop(), browser()
    address = visitor.start(scene=qr.token_of("S", first.store_id))
    wait(sandbox, 5)
    sandbox.act(visitor.phone, "follow", scene=qr.token_of("S", second.store_id))
    bound = members.binding(member_of(visitor.phone))
    assert bound.home_store_id == second.store_id
    wait(sandbox, 5)
    visitor.get(visitor.consent(address))
    assert visitor.session().json()["home_store_id"] == str(first.store_id)
    assert members.binding(member_of(visitor.phone)).recommender_id == first.merchant_id


def test_a_later_login_by_another_link_binds_nobody_again(browser):
    first, visitor = world.shop(), browser()
    visitor.log_in(scene=qr.token_of("S", first.store_id))
    again = visitor.log_in(scene=qr.token_of("S", world.shop().store_id))
    assert again.json()["home_store_id"] == str(first.store_id)


def test_visits_are_forgotten_after_a_day(browser, sandbox):
    browser().start()
    fresh = world.count("alliance_web_visit")
    wait(sandbox, 24 * 3600 + 1)
    browser().start()
    assert web_login.clear_old() >= 1
    assert 1 <= world.count("alliance_web_visit") <= fresh


def test_a_page_of_ours_is_signed_for(browser, sandbox):
    visitor = browser()
    url = f"{sandbox.product_url}/shop?a=1#top"
    answer = visitor.get(f"{visitor.base}/js-sdk", url=url)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"app_id", "timestamp", "nonce", "signature"}
    assert answer.json()["app_id"] == APP


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "{base}.evil.example/",
        "{base}@evil.example/",
        "http://somebody@127.0.0.1/",
        "http://[::1/",
        "http://127.0.0.1:99999/",
        "javascript:alert(1)",
        "//127.0.0.1/",
    ],
)
def test_no_page_of_others_is_signed_for(browser, sandbox, url):
    visitor = browser()
    answer = visitor.get(f"{visitor.base}/js-sdk", url=url.format(base=sandbox.product_url))
    assert (answer.status_code, answer.json()["code"]) == (422, "address_not_ours")


def test_the_session_is_that_of_the_member_they_are_by_now(browser):
    visitor = browser()
    visitor.get(visitor.consent(visitor.start()))
    other = world.member()
    stayed = in_transaction(lambda: members.merge(other, member_of(visitor.phone)))
    answer = visitor.session()
    assert answer.json()["member_id"] == str(stayed)
    db.session.rollback()


def test_wechat_is_told_our_own_address_and_a_fresh_state(browser, sandbox):
    visitor = browser()
    addresses = [visitor.start(scene=str(new_id())) for _ in range(2)]
    assert state_of(addresses[0]) != state_of(addresses[1])
    query = parse_qs(urlsplit(addresses[0]).query)
    assert query["redirect_uri"] == [f"{sandbox.product_url}/api/v1/oauth/callback"]
    assert query["scope"] == ["snsapi_base"]
