"""Merchants and salespeople take out what they earned: who may ask, who receives, what is kept."""

from uuid import UUID

import pytest

from app.alliance import service as alliance
from app.core.db import in_transaction
from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.service import Account
from app.wallet import service as wallet
from tests.alliance.shop import give, headers, member, merchant, staff_headers

pytestmark = pytest.mark.usefixtures("context")
ADDRESS = "/api/v1/withdrawals"


def ask(client, who, owner_id, amount_fen=10_000, **more):
    wish = {"amount_fen": amount_fen, "owner_id": str(owner_id)} | more
    return client.post(ADDRESS, json=wish, headers=who)


def holds(owner_id, account):
    return ledger.balances(owner_id)[account].balance_fen


def contact(merchant_id, may_withdraw=True):
    member_id = member()
    in_transaction(lambda: alliance.add_contact(merchant_id, member_id, may_withdraw=may_withdraw))
    return member_id


def salesperson():
    member_id = member()
    row = in_transaction(lambda: alliance.add_salesperson("王芳", member_id))
    return row.id, member_id


@pytest.fixture
def commission():
    """Gives rebate that was earned by having brought others."""
    earned = {}

    def answer(owner_id):
        return earned.get(owner_id, 0)

    def earn(owner_id, amount_fen):
        give(owner_id, Account.REBATE, amount_fen)
        earned[owner_id] = amount_fen

    with wallet.commission_asked.connected_to(answer):
        yield earn


def test_a_contact_who_may_takes_out_settled_money_and_gets_it_untaxed(client):
    shop_id = merchant()
    give(shop_id, Account.AVAILABLE, 50_000)
    found = ask(client, headers(contact(shop_id)), shop_id, 15_000, source="available")
    assert found.status_code == 201
    assert (found.json["owner_kind"], found.json["source"]) == ("merchant", "available")
    assert (found.json["tax_fen"], found.json["transfer_fen"]) == (0, 15_000)
    assert (holds(shop_id, Account.AVAILABLE), holds(shop_id, Account.WITHDRAWING)) == (
        35_000,
        15_000,
    )


def test_a_withdrawal_of_settled_money_comes_back_where_it_came_from(client):
    shop_id = merchant()
    give(shop_id, Account.AVAILABLE, 50_000)
    mine = headers(contact(shop_id))
    found = ask(client, mine, shop_id, 15_000, source="available").json
    mine["Idempotency-Key"] = new_id().hex
    back = client.post(f"{ADDRESS}/{found['id']}/cancel", headers=mine)
    assert back.json["status"] == "cancelled"
    assert (holds(shop_id, Account.AVAILABLE), holds(shop_id, Account.WITHDRAWING)) == (50_000, 0)
    assert holds(shop_id, Account.REBATE) == 0


def test_nobody_else_takes_out_what_a_merchant_has_nor_sees_it(client):
    shop_id, other_id = merchant(), merchant()
    give(shop_id, Account.AVAILABLE, 50_000)
    mine = ask(client, headers(contact(shop_id)), shop_id, source="available").json
    strangers = (
        headers(member()),
        headers(contact(shop_id, may_withdraw=False)),
        headers(contact(other_id)),
        staff_headers("merchant_owner", merchant_id=other_id),
        headers(salesperson()[1]),
    )
    for who in strangers:
        refused = ask(client, who, shop_id, source="available")
        assert (refused.status_code, refused.json["code"]) == (404, "not_found")
        assert client.get(f"{ADDRESS}/{mine['id']}", headers=who).status_code == 404
        cancelled = client.post(
            f"{ADDRESS}/{mine['id']}/cancel", headers=who | {"Idempotency-Key": new_id().hex}
        )
        assert cancelled.status_code == 404
    cashier = staff_headers("cashier", merchant_id=shop_id)
    assert ask(client, cashier, shop_id, source="available").status_code == 403
    assert holds(shop_id, Account.AVAILABLE) == 40_000


def test_the_owners_staff_account_asks_for_a_contact_who_may(client):
    shop_id = merchant()
    give(shop_id, Account.AVAILABLE, 50_000)
    owner = staff_headers("merchant_owner", merchant_id=shop_id)
    nobody = ask(client, owner, shop_id, source="available")
    assert (nobody.status_code, nobody.json["code"]) == (409, "no_wechat_account")
    one, clerk_id = contact(shop_id), contact(shop_id, may_withdraw=False)
    wrong = ask(client, owner, shop_id, source="available", receiver_id=str(clerk_id))
    assert (wrong.status_code, wrong.json["code"]) == (409, "receiver_unknown")
    assert holds(shop_id, Account.AVAILABLE) == 50_000
    asked = ask(client, owner, shop_id, source="available")
    assert asked.status_code == 201
    history = client.get(
        f"{ADDRESS}/{asked.json['id']}/history", headers=staff_headers("reviewer")
    ).json
    assert history["member_id"] == str(one)
    listed = client.get(f"/api/v1/me/withdrawals?owner_id={shop_id}", headers=owner).json
    assert [row["id"] for row in listed["withdrawals"]] == [asked.json["id"]]


def test_a_salesperson_takes_out_commission_that_is_taxed_as_one_persons(client, commission):
    salesperson_id, member_id = salesperson()
    commission(salesperson_id, 150_000)
    commission(member_id, 50_000)
    mine = headers(member_id)
    first = ask(client, mine, salesperson_id, 100_000).json
    assert (first["owner_kind"], first["tax_fen"]) == ("salesperson", 4_000)
    second = ask(client, headers(member_id), member_id, 50_000).json
    assert second["tax_fen"] == 10_000  # 1,500 yuan in the month: (1500 - 800) x 20 % - 40 yuan


def test_a_merchant_with_a_licence_pays_its_own_taxes_one_without_is_a_person(client, commission):
    taxes = []
    for licence in ("91310000MA1K00000X", None):
        shop_id = in_transaction(
            lambda one=licence: alliance.add_merchant("面", None, None, one)
        ).id
        commission(shop_id, 100_000)
        taxes.append(ask(client, headers(contact(shop_id)), shop_id, 100_000).json["tax_fen"])
    assert taxes == [0, 4_000]


def test_only_merchants_have_settled_money(client):
    salesperson_id, member_id = salesperson()
    for owner_id in (salesperson_id, member_id):
        refused = ask(client, headers(member_id), owner_id, source="available")
        assert (refused.status_code, refused.json["code"]) == (409, "not_withdrawable")


def test_a_merchants_limits_are_its_own(client):
    shop_id = merchant()
    give(shop_id, Account.AVAILABLE, 5_000_000)
    mine = contact(shop_id)
    too_much = ask(client, headers(mine), shop_id, 2_000_001, source="available")
    assert (too_much.status_code, too_much.json["code"]) == (422, "amount_out_of_range")
    for amount_fen, status in ((150_000, 201), (150_000, 201)):  # a member's limit: 200,000 a day
        found = ask(client, headers(mine), shop_id, amount_fen, source="available")
        assert found.status_code == status
    assert UUID(found.json["owner_id"]) == shop_id
