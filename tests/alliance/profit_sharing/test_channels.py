"""Payout channels and receivers: chosen by staff, kept with their history, names never shown."""

import pytest

from tests.alliance import shop as world


@pytest.fixture
def shop(context):
    return world.shop()


def address(shop, what):
    return f"/api/v1/merchants/{shop.merchant_id}/{what}"


def put(client, shop, what, wish, role="finance"):
    return client.put(address(shop, what), json=wish, headers=world.staff_headers(role))


def name(client, shop, account="1900000200"):
    wish = {"account": account, "name": "联惠面馆有限公司", "relation": "STORE"}
    return put(client, shop, "sharing-receiver", wish)


def decided(client, made, is_confirmed=True, who=None, **more):
    path = f"/api/v1/sharing-receiver-proposals/{made.json['id']}/decision"
    wish = {"is_confirmed": is_confirmed} | more
    return client.post(path, json=wish, headers=who or world.staff_headers("finance"))


def receiver(client, shop):
    shown = client.get(address(shop, "sharing-receiver"), headers=world.staff_headers("finance"))
    return shown.json.get("account")


def test_one_person_alone_sends_nobodys_part_anywhere(shop, client):
    author = world.staff_headers("finance")
    wish = {"account": "1900000200", "name": "联惠面馆有限公司"}
    made = client.put(address(shop, "sharing-receiver"), json=wish, headers=author)
    assert (made.json["state"], receiver(client, shop)) == ("proposed", None)
    assert letters(made) == 0
    assert put(client, shop, "payout-channel", {"channel": "profit_sharing"}).status_code == 409
    assert decided(client, made, who=author).json["code"] == "second_person_needed"
    assert decided(client, made, who=world.staff_headers("operator")).status_code == 403
    assert (receiver(client, shop), letters(made)) == (None, 0)
    confirmed = decided(client, made)
    assert (confirmed.status_code, confirmed.json["state"]) == (200, "wanted"), confirmed.json
    assert (receiver(client, shop), letters(made)) == ("1900000200", 1)
    assert decided(client, made, False).json["code"] == "sharing_receiver_decided"


def letters(made):
    told = f"reader = 'alliance.tell_receiver' AND payload->>'receiver_id' = '{made.json['id']}'"
    return world.count("core_outbox", told)


def test_the_receiver_in_force_stays_until_another_one_is_confirmed(shop, client):
    decided(client, name(client, shop))
    other, third = (name(client, shop, number) for number in ("1900000300", "1900000400"))
    declined = decided(client, other, False, reason="商家未提出")
    assert (declined.json["state"], declined.json["reason"]) == ("declined", "商家未提出")
    assert receiver(client, shop) == "1900000200"
    finance = world.staff_headers("finance")
    path = f"/api/v1/sharing-receiver-proposals?after={other.json['id']}&status=proposed"
    waiting = client.get(path, headers=finance)
    (mine,) = (one for one in waiting.json["proposals"] if one["id"] == third.json["id"])
    assert (mine["current"]["account"], mine["account"]) == ("1900000200", "1900000400")
    assert "联惠面馆" not in waiting.text
    decided(client, third)
    assert receiver(client, shop) == "1900000400"


def test_a_channel_is_chosen_with_a_history(shop, client):
    assert decided(client, name(client, shop)).status_code == 200
    chosen = [
        put(client, shop, "payout-channel", {"channel": channel}).json
        for channel in ("bank_file", "bank_file", "profit_sharing")
    ]
    assert [row["version"] for row in chosen] == [1, 1, 2]
    shown = client.get(address(shop, "payout-channels"), headers=world.staff_headers("support"))
    assert [row["channel"] for row in shown.json["channels"]] == ["profit_sharing", "bank_file"]


def test_profit_sharing_needs_somebody_to_share_with(shop, client):
    refused = put(client, shop, "payout-channel", {"channel": "profit_sharing"})
    assert (refused.status_code, refused.json["code"]) == (409, "no_receiver")
    finance = world.staff_headers("finance")
    shown = client.get(address(shop, "sharing-receiver"), headers=finance)
    assert (shown.status_code, shown.json["code"]) == (404, "not_found")
    assert world.count("alliance_payout_channel", f"merchant_id = '{shop.merchant_id}'") == 0


@pytest.mark.parametrize("role", ["operator", "cashier", "merchant_owner"])
def test_others_than_finance_may_not_say_where_money_goes(shop, client, role):
    who = world.staff_headers(role, merchant_id=shop.merchant_id)
    for what, wish in (
        ("payout-channel", {"channel": "bank_file"}),
        ("sharing-receiver", {"account": "1900000200", "name": "面馆"}),
    ):
        assert client.put(address(shop, what), json=wish, headers=who).status_code == 403
    assert world.count("alliance_sharing_receiver", f"merchant_id = '{shop.merchant_id}'") == 0


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"account": "1900000200"},
        {"account": "not digits", "name": "面馆"},
        {"account": "1900000200", "name": "面馆", "member_id": str(world.new_id())},
        {"account": "1900000200", "name": "面馆", "relation": "FRIEND"},
    ],
)
def test_a_receiver_is_named_whole(shop, client, wish):
    assert put(client, shop, "sharing-receiver", wish).status_code == 422


def test_a_receivers_name_is_encrypted_and_never_shown(shop, client):
    answer = name(client, shop)
    assert "联惠面馆" not in answer.text
    kept = world.read(
        world.text("SELECT name_sealed FROM alliance_sharing_receiver WHERE merchant_id = :one"),
        {"one": shop.merchant_id},
    )
    assert len(kept) == 1
    assert "联惠面馆" not in kept[0][0]
