"""WeChat's payment code by version 2 of its interface: the till sees no difference."""

import pytest
import requests
from pydantic import SecretStr, ValidationError
from wechatpy.pay.utils import calculate_signature_hmac

from app.core.config import settings
from app.ledger.service import Account
from app.wechat.payment_codes_v2 import cut, sign
from config.settings import Settings
from tests.alliance import shop as world
from tests.alliance.paying import test_wechat_codes as till
from tests.alliance.paying.test_by_code import cashier
from tests.alliance.paying.test_wechat_codes import awaiting
from tests.wechat.pretend import running

__all__ = ["awaiting"]
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def started_sandbox(app, tmp_path_factory):
    """A sandbox whose merchant has a v2 key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANDBOX_API_V2_KEY", KEY)
        with running(app, tmp_path_factory.mktemp("sandbox_v2")) as started:
            yield started


@pytest.fixture(autouse=True)
def version_2(monkeypatch, context):
    monkeypatch.setattr(settings(), "wechat_payment_code", "v2")
    monkeypatch.setattr(settings(), "wechat_pay_api_v2_key", SecretStr(KEY))


def test_a_code_pays_at_once_and_once(guest, awaiting, client, sandbox):
    who, code = cashier(guest.shop), till.wechat_code(sandbox, guest)
    answer = till.charge(client, guest, awaiting, code, who)
    assert (answer.status_code, answer.json["status"]) == (200, "paid"), answer.json
    assert till.charge(client, guest, awaiting, code, who).json == answer.json
    assert till.at_wechat(sandbox, awaiting)["trade_type"] == "MICROPAY"
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 900


def test_the_password_is_waited_for(guest, awaiting, client, sandbox):
    till.password_above(sandbox, 100)
    answer = till.charge(client, guest, awaiting, till.wechat_code(sandbox, guest))
    assert (answer.status_code, answer.json["status"]) == (200, "awaiting")
    number = till.at_wechat(sandbox, awaiting)["out_trade_no"]
    sandbox.act(guest.phone, "confirm-payment", out_trade_no=number)
    till.pass_seconds(sandbox, 6)
    till.becomes(client, guest, awaiting, "paid")


def test_the_charge_is_reversed_when_the_time_is_over(guest, awaiting, client, sandbox):
    till.password_above(sandbox, 100)
    till.charge(client, guest, awaiting, till.wechat_code(sandbox, guest))
    till.pass_seconds(sandbox, settings().wechat_code_wait_seconds + 1)
    till.becomes(client, guest, awaiting, "cancelled")
    assert till.at_wechat(sandbox, awaiting)["state"] == "REVOKED"
    till.nothing_is_left(guest)


def test_an_old_code_leaves_the_payment_waiting(guest, awaiting, client, sandbox):
    old = till.wechat_code(sandbox, guest)
    till.pass_seconds(sandbox, 61)
    for wrong in (old, "130000000000000000"):
        refused = till.charge(client, guest, awaiting, wrong)
        assert (refused.status_code, refused.json["code"]) == (409, "wechat_code_refused")
    fresh = till.wechat_code(sandbox, guest)
    assert till.charge(client, guest, awaiting, fresh).json["status"] == "paid"


def test_who_declines_has_not_paid(guest, awaiting, client, sandbox):
    sandbox.fault("payer_declined")
    refused = till.charge(client, guest, awaiting, till.wechat_code(sandbox, guest))
    assert (refused.status_code, refused.json["code"]) == (409, "wechat_refused")
    assert till.status(client, guest, awaiting) == "cancelled"
    till.nothing_is_left(guest)


def test_an_answer_under_another_key_is_not_believed_and_asked_about(
    guest, awaiting, client, sandbox, monkeypatch
):
    monkeypatch.setattr(settings(), "wechat_pay_api_v2_key", SecretStr("f" * 32))
    code = till.wechat_code(sandbox, guest)
    unclear = till.charge(client, guest, awaiting, code)
    assert (unclear.status_code, unclear.json["code"]) == (503, "wechat_outcome_unknown")
    assert till.status(client, guest, awaiting) == "awaiting"
    books = requests.get(f"{sandbox.url}/__ctl/books", timeout=9).json()
    assert books["basic_fen"] == 0


def test_signatures_are_those_of_an_independent_client():
    fields = {"appid": "wx1", "body": "面包", "empty": "", "total_fee": "600"}
    assert sign(fields, KEY) == calculate_signature_hmac(fields, KEY)
    assert sign(fields | {"sign": "X"}, KEY) == sign(fields, KEY)


def test_a_description_is_cut_between_characters():
    assert cut("面包" * 40, 127) == "面包" * 21


def test_settings_that_could_not_reverse_are_refused(monkeypatch):
    monkeypatch.setenv("WECHAT_PAYMENT_CODE", "v2")
    with pytest.raises(ValidationError, match="WECHAT_PAY_API_V2_KEY"):
        Settings()
