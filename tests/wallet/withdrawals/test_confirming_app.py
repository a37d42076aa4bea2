"""Where a withdrawal is confirmed: in the app in which its receiver asked, for good."""

import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import now
from app.ledger.service import Account
from app.members import service as members
from tests.wallet.people import earned, headers, purse

OFFICIAL = {"amount_fen": 10_000, "app": "official_account"}


@pytest.fixture
def person(sandbox):
    """Whom only the official account knows, with 150 yuan of rebate; their phone and id."""
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 10_000})
    phone = sandbox.control("/phones")

    app_id, at = settings().wechat_oa_app_id, now()
    member_id = in_transaction(
        lambda: members.register(app_id, phone["openid"], None, "official_account", None, at)
    ).member_id
    earned(member_id, 15_000)
    return phone, member_id


def asked(client, member_id, wish):
    return client.post("/api/v1/withdrawals", json=wish, headers=headers(member_id))


def shown(client, member_id, withdrawal_id):
    return client.get(f"/api/v1/withdrawals/{withdrawal_id}", headers=headers(member_id)).json


def test_who_asks_on_a_page_confirms_there(sandbox, client, person, work):
    phone, member_id = person
    withdrawal_id = asked(client, member_id, OFFICIAL).json["id"]
    work()
    wish = shown(client, member_id, withdrawal_id)["confirmation"]
    assert (wish["appId"], wish["openId"]) == (settings().wechat_oa_app_id, phone["openid"])
    told = sandbox.control(f"/phones/{phone['id']}/web-transfer", wish)
    assert told["errMsg"] == "requestMerchantTransfer:ok"
    sandbox.pass_time(2)
    work()
    assert shown(client, member_id, withdrawal_id)["status"] == "paid"
    assert purse(member_id, Account.REBATE) == 5_000


def test_who_has_no_account_in_that_app_is_refused_and_keeps_everything(client, person):
    _, member_id = person
    refused = asked(client, member_id, {"amount_fen": 10_000})
    assert (refused.status_code, refused.json["code"]) == (409, "no_wechat_account")
    assert purse(member_id, Account.REBATE) == 15_000
    assert asked(client, member_id, OFFICIAL | {"app": "x"}).status_code == 422
