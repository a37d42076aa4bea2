"""Signing in, topping up and paying with WeChat, against the sandbox over real HTTP."""

import pytest

from app.alliance import distribution, terms
from app.core.world import PLATFORM_ID
from app.ledger.service import Account
from app.qr import service as qr
from app.wallet.refunds import look_at_refund
from tests.alliance import shop as world
from tests.wallet.people import moved
from tests.wechat.pretend import eventually

PAYMENTS = "/api/v1/payments"


@pytest.fixture
def guest(context, client, sandbox):
    """Somebody with a phone who has signed in at a shop: (phone, member id, shop)."""
    shop = world.shop()
    phone = sandbox.phone()
    code = sandbox.act(phone, "login")["code"]
    wish = {"code": code, "scene": qr.token_of("S", shop.store_id)}
    answer = client.post("/api/v1/sessions", json=wish)
    assert answer.status_code == 201, answer.json
    return phone, world.UUID(answer.json["member_id"]), shop, answer.json


def test_signing_in_with_a_code_makes_a_member_and_a_session(guest, client):
    _, member_id, shop, session = guest
    assert session["is_new"]
    assert session["home_store_id"] == str(shop.store_id)
    who = {"Authorization": f"Bearer {session['token']}"}
    assert client.get("/api/v1/me", headers=who).json["member_id"] == str(member_id)
    bound = client.get("/api/v1/me/binding", headers=who).json
    assert bound["home_store_id"] == str(shop.store_id)


def test_a_login_code_works_once(client, context, sandbox):
    code = sandbox.act(sandbox.phone(), "login")["code"]
    assert client.post("/api/v1/sessions", json={"code": code}).status_code == 201
    again = client.post("/api/v1/sessions", json={"code": code})
    assert (again.status_code, again.json["code"]) == (422, "login_code_invalid")


def pay_on(sandbox, phone, parameters, **more):
    return sandbox.act(phone, "pay", **parameters, **more)


def test_a_top_up_at_the_home_store_is_credited_when_wechat_says_so(guest, client, sandbox):
    phone, member_id, shop, _ = guest
    who = world.headers(member_id)
    wish = {"amount_fen": 10_000, "store_id": str(shop.store_id)}
    started = client.post("/api/v1/top-ups", json=wish, headers=who)
    assert started.status_code == 201, started.json
    assert client.post("/api/v1/top-ups", json=wish, headers=who).json == started.json
    pay_on(sandbox, phone, started.json["wechat_pay_parameters"])
    eventually(lambda: world.balance(member_id, Account.PREPAID_PRINCIPAL) == 10_000)


def test_topping_up_elsewhere_is_refused_and_the_first_store_becomes_home(guest, client, sandbox):
    _, member_id, _, _ = guest
    other = world.shop()
    wish = {"amount_fen": 10_000, "store_id": str(other.store_id)}
    refused = client.post("/api/v1/top-ups", json=wish, headers=world.headers(member_id))
    assert (refused.status_code, refused.json["code"]) == (409, "not_your_home_store")
    code = sandbox.act(sandbox.phone(), "login")["code"]
    stranger = client.post("/api/v1/sessions", json={"code": code}).json["member_id"]
    who = world.headers(world.UUID(stranger))
    assert client.post("/api/v1/top-ups", json=wish, headers=who).status_code == 201
    bound = client.get("/api/v1/me/binding", headers=who).json
    assert bound["home_store_id"] == str(other.store_id)


@pytest.mark.parametrize("amount_fen", [99, 500_001])
def test_a_refused_top_up_chooses_no_home_store(context, client, amount_fen):
    member_id = world.member()
    who = world.headers(member_id)
    wish = {"amount_fen": amount_fen, "store_id": str(world.shop().store_id)}
    refused = client.post("/api/v1/top-ups", json=wish, headers=who)
    assert (refused.status_code, refused.json["code"]) == (422, "amount_out_of_range")
    assert client.get("/api/v1/me/binding", headers=who).json["home_store_id"] is None
    assert world.count("wallet_top_up", f"member_id = '{member_id}'") == 0


@pytest.fixture
def combined(guest, client):
    """A payment of 10,000 fen of which WeChat is to pay 4,000: the example of the design."""
    phone, member_id, shop, _ = guest
    for account, fen in ((Account.PREPAID_PRINCIPAL, 4_000), (Account.PREPAID_BONUS, 1_000)):
        world.give(member_id, account, fen)
    if not world.balance(member_id, Account.EXPERIENCE):
        world.give_experience(member_id, 2_000)
    wish = {
        "store_id": str(shop.store_id),
        "amount_fen": 10_000,
        "purses": ["prepaid", "experience", "wechat"],
    }
    who = world.headers(member_id)
    before = world.books()
    answer = client.post(PAYMENTS, json=wish, headers=who)
    assert answer.status_code == 201, answer.json
    assert client.post(PAYMENTS, json=wish, headers=who).json == answer.json
    return phone, member_id, shop, answer.json, before


def test_a_combined_payment_holds_the_purses_until_wechat_has_paid(combined, client, sandbox):
    phone, member_id, shop, body, _ = combined
    assert (body["status"], body["journal_id"]) == ("awaiting", None)
    assert body["parts"]["wechat_fen"] == 4_000
    assert world.balance(member_id, Account.PAYMENT_HOLD) == 6_000
    assert world.balance(member_id, Account.PREPAID_PRINCIPAL) == 0
    who = world.headers(member_id)
    shown = client.get(f"{PAYMENTS}/{body['id']}", headers=who).json
    assert shown["wechat_pay_parameters"]["package"] == body["wechat_pay_parameters"]["package"]
    takings = world.balance(PLATFORM_ID, Account.WECHAT_TAKINGS)
    fee = world.balance(PLATFORM_ID, Account.CHANNEL_FEE)
    pay_on(sandbox, phone, body["wechat_pay_parameters"])
    eventually(lambda: client.get(f"{PAYMENTS}/{body['id']}", headers=who).json["journal_id"])
    assert world.balance(member_id, Account.PAYMENT_HOLD) == 0
    assert world.balance(shop.merchant_id, Account.PENDING) == 8_200
    assert world.balance(shop.merchant_id, Account.EXPERIENCE_PENDING) == 1_000
    assert world.balance(PLATFORM_ID, Account.WECHAT_TAKINGS) == takings - 4_000 + 24
    assert world.balance(PLATFORM_ID, Account.CHANNEL_FEE) == fee - 24


def test_prepaid_money_has_the_member_price_and_wechats_part_has_not(guest, client, sandbox):
    phone, member_id, shop, _ = guest
    world.contract(shop.merchant_id, shop.policy_id, member_discount_bp=1_000)
    terms.let_go_round()
    world.give(member_id, Account.PREPAID_PRINCIPAL, 4_500)
    wish = {
        "store_id": str(shop.store_id),
        "amount_fen": 10_000,
        "purses": ["prepaid", "wechat"],
    }
    before = world.books().without()
    who = world.headers(member_id)
    body = client.post(PAYMENTS, json=wish, headers=who).json
    assert (body["amount_fen"], body["parts"]["wechat_fen"]) == (9_500, 5_000)
    assert world.balance(member_id, Account.PAYMENT_HOLD) == 4_500
    called_off = client.post(f"{PAYMENTS}/{body['id']}/cancel", headers=world.headers(member_id))
    assert called_off.json["status"] == "cancelled"
    assert world.books().without() == before
    body = client.post(PAYMENTS, json=wish, headers=world.headers(member_id)).json
    pay_on(sandbox, phone, body["wechat_pay_parameters"])
    eventually(lambda: client.get(f"{PAYMENTS}/{body['id']}", headers=who).json["journal_id"])
    assert world.balance(shop.merchant_id, Account.PENDING) == 9_500 - 950
    assert world.balance(member_id, Account.PAYMENT_HOLD) == 0
    assert world.balance(member_id, Account.PREPAID_PRINCIPAL) == 0


def test_a_cancelled_payment_gives_the_purses_back(combined, client, sandbox):
    phone, member_id, _, body, before = combined
    address = f"{PAYMENTS}/{body['id']}/cancel"
    stranger = world.headers(world.member())
    assert client.post(address, headers=stranger).status_code == 404
    who = world.headers(member_id)
    cancelled = client.post(address, headers=who)
    assert (cancelled.status_code, cancelled.json["status"]) == (200, "cancelled")
    assert client.post(address, headers=who).json == cancelled.json
    assert client.post(address, headers=world.headers(member_id)).status_code == 200
    assert world.books().without() == before.without()
    with pytest.raises(AssertionError):
        pay_on(sandbox, phone, body["wechat_pay_parameters"])
    assert world.books().without() == before.without()


def test_what_was_paid_cannot_be_cancelled(combined, client, sandbox):
    phone, member_id, _, body, _ = combined
    sandbox.fault("drop", count=5)
    pay_on(sandbox, phone, body["wechat_pay_parameters"])
    after = client.post(f"{PAYMENTS}/{body['id']}/cancel", headers=world.headers(member_id))
    assert (after.status_code, after.json["code"]) == (409, "payment_not_open")
    assert after.json["payment_status"] == "paid"


def test_refunding_a_combined_payment_returns_each_part(combined, client, sandbox):
    phone, member_id, shop, body, before = combined
    pay_on(sandbox, phone, body["wechat_pay_parameters"])
    who = world.headers(member_id)
    eventually(lambda: client.get(f"{PAYMENTS}/{body['id']}", headers=who).json["journal_id"])
    distribution.distribute()
    address = f"{PAYMENTS}/{body['id']}/refunds"
    answer = client.post(address, json={}, headers=world.owner_headers(shop))
    assert answer.json["status"] == "done", answer.json
    refund_id = world.UUID(answer.json["id"])
    assert moved(Account.REFUND_CLEARING, refund_id) == 4_000
    assert client.get("/healthz/ready").json["refunds_open"] >= 1
    after = world.books()
    assert {key: fen for key, fen in after.without().items() if key[0] == member_id} == {
        key: fen for key, fen in before.without().items() if key[0] == member_id
    }
    look_at_refund({"refund_id": answer.json["id"]})  # the worker's job, without other tests' rows
    eventually(lambda: moved(Account.REFUND_CLEARING, refund_id) == 0)


def test_a_native_payment_answers_with_a_code(guest, client):
    _, member_id, shop, _ = guest
    wish = {
        "store_id": str(shop.store_id),
        "amount_fen": 300,
        "purses": ["wechat"],
        "trade_type": "NATIVE",
    }
    answer = client.post(PAYMENTS, json=wish, headers=world.headers(member_id))
    assert answer.json["wechat_pay_parameters"]["code_url"].startswith("weixin://")


def test_an_unpaid_payment_expires_and_frees_the_purses(combined, client, sandbox):
    from app.core import outbox, timetable

    _, member_id, _, body, before = combined
    sandbox.control("/clock/advance", {"seconds": 31 * 60})
    eventually(lambda: client.get("/healthz/ready").json["orders_overdue"])

    def is_expired():
        timetable.run_all()
        outbox.work_off()
        shown = client.get(f"{PAYMENTS}/{body['id']}", headers=world.headers(member_id)).json
        return shown["status"] == "expired"

    eventually(is_expired, 60)
    mine = [found.without() for found in (before, world.books())]
    before_mine, after_mine = (
        {key: fen for key, fen in found.items() if key[0] == member_id} for found in mine
    )
    assert after_mine == before_mine


def test_what_wechat_refuses_for_good_leaves_nothing_held(context, client, sandbox):
    shop = world.shop()
    payer = world.rich(500)  # whose openid WeChat does not know
    before = world.books()
    wish = {
        "store_id": str(shop.store_id),
        "amount_fen": 1_000,
        "purses": ["prepaid", "wechat"],
    }
    who = world.headers(payer)
    answer = client.post(PAYMENTS, json=wish, headers=who)
    assert (answer.status_code, answer.json["code"]) == (409, "wechat_refused")
    assert world.books().without() == before.without()
    assert world.count("alliance_sale", f"payer_id = '{payer}' AND status = 'cancelled'") == 1


def test_the_same_request_goes_on_where_wechat_was_away(guest, client, sandbox):
    _, member_id, shop, _ = guest
    wish = {"store_id": str(shop.store_id), "amount_fen": 1_000, "purses": ["wechat"]}
    who = world.headers(member_id)
    sandbox.fault("bad_gateway", count=20)
    away = client.post(PAYMENTS, json=wish, headers=who)
    assert away.status_code == 503
    assert away.headers["Retry-After"]
    sandbox.control("/faults", method="DELETE")
    answer = client.post(PAYMENTS, json=wish, headers=who)
    assert answer.status_code == 201
    assert answer.json["wechat_pay_parameters"]
    assert world.count("alliance_sale", f"payer_id = '{member_id}'") == 1


def test_cancelling_against_paying_ends_in_exactly_one_of_both(app, guest, client, sandbox):
    from concurrent.futures import ThreadPoolExecutor

    phone, member_id, shop, _ = guest
    world.give(member_id, Account.PREPAID_PRINCIPAL, 600)
    for _ in range(4):
        wish = {
            "store_id": str(shop.store_id),
            "amount_fen": 1_000,
            "purses": ["prepaid", "wechat"],
        }
        had = world.balance(member_id, Account.PREPAID_PRINCIPAL)
        body = client.post(PAYMENTS, json=wish, headers=world.headers(member_id)).json
        who = world.headers(member_id)

        def cancel(body=body, who=who):
            with app.app_context():
                path = f"{PAYMENTS}/{body['id']}/cancel"
                return app.test_client().post(path, headers=who).status_code

        def buy(body=body):
            try:
                pay_on(sandbox, phone, body["wechat_pay_parameters"])
            except AssertionError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            cancelled, bought = pool.submit(cancel), pool.submit(buy)
            code, is_bought = cancelled.result(), bought.result()

        def status(body=body, who=who):
            return client.get(f"{PAYMENTS}/{body['id']}", headers=who).json["status"]

        eventually(lambda: status() in ("paid", "cancelled"))
        assert (status() == "paid") == is_bought
        assert (status() == "cancelled") == (code == 200)
        assert world.balance(member_id, Account.PAYMENT_HOLD) == 0
        spent = had - world.balance(member_id, Account.PREPAID_PRINCIPAL)
        assert spent == (had if is_bought else 0)
