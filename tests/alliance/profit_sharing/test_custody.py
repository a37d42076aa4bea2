"""Who may hold the money decides how merchants may be paid, and by whom at all."""

import pytest

from app.core.config import settings
from app.core.db import in_transaction
from app.ledger.service import Account
from app.wallet import custody
from app.wallet import service as wallet
from app.wallet.custody import PayoutWay
from app.wallet.withdrawals import requests
from app.wallet.withdrawals.payees import OwnerKind, Payee, Source
from tests.alliance import shop as world


@pytest.mark.parametrize(
    ("value", "channels", "takes_unsplit"),
    [
        ("seller_of_record", set(PayoutWay), True),
        ("licensed_split", {PayoutWay.PROFIT_SHARING}, False),
        ("prepaid_issuer", {PayoutWay.PROFIT_SHARING, PayoutWay.BANK_FILE}, False),
        (None, set(PayoutWay), True),
    ],
)
def test_each_value_allows_what_it_allows(value, channels, takes_unsplit):
    assert custody.allowed(value) == channels
    assert custody.takes_wechat(value, is_shared=False) is takes_unsplit
    assert custody.takes_wechat(value, is_shared=True)


@pytest.fixture
def licensed(monkeypatch):
    monkeypatch.setenv("CUSTODY", "licensed_split")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def choose(client, shop, channel, **more):
    who = world.staff_headers("finance")
    address = f"/api/v1/merchants/{shop.merchant_id}/payout-channel"
    return client.put(address, json={"channel": channel}, headers=who)


def test_where_only_splits_may_pay_no_other_channel_can_be_chosen(context, client, licensed):
    shop = world.shop()
    for channel in ("bank_file", "wechat_transfer"):
        refused = choose(client, shop, channel)
        assert (refused.status_code, refused.json["code"]) == (409, "custody_forbids")
        assert refused.json["channels"] == ["profit_sharing"]
    assert world.count("alliance_payout_channel", f"merchant_id = '{shop.merchant_id}'") == 0


def test_where_only_splits_may_pay_an_unsplit_payment_is_refused(context, client, licensed):
    shop, payer = world.shop(), world.rich(1_000)
    wish = {"store_id": str(shop.store_id), "amount_fen": 5_000, "purses": ["prepaid", "wechat"]}
    refused = client.post("/api/v1/payments", json=wish, headers=world.headers(payer))
    assert (refused.status_code, refused.json["code"]) == (409, "custody_forbids")
    assert world.count("alliance_sale", f"payer_id = '{payer}'") == 0
    assert world.count("wallet_order", f"member_id = '{payer}'") == 0
    assert world.paid(client, payer, shop, 1_000)["status"] == "paid"


def test_where_only_splits_may_pay_settled_money_is_not_withdrawn(context, client, licensed):
    shop = world.shop()
    world.give(shop.merchant_id, Account.AVAILABLE, 50_000)
    contact = world.member()
    payee = Payee(OwnerKind.MERCHANT, shop.merchant_id, contact)
    with pytest.raises(wallet.CustodyForbids):
        in_transaction(
            lambda: requests.request(payee, Source.AVAILABLE, 20_000, principal_id=contact)
        )
    assert world.balance(shop.merchant_id, Account.AVAILABLE) == 50_000
    assert world.balance(shop.merchant_id, Account.WITHDRAWING) == 0
