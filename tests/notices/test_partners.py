"""Merchants' contacts are told what happens to their stores, once, in the words of the product."""

import pytest
from sqlalchemy import text

from app.alliance.contracts import service as contracts
from app.core.db import in_transaction, read
from app.core.world import new_id
from app.notices import partners
from tests.alliance import shop as world


@pytest.fixture
def shop(context):
    return world.shop()


@pytest.fixture
def contact(shop):
    member_id = world.member()
    in_transaction(lambda: world.alliance.add_contact(shop.merchant_id, member_id))
    return member_id


def told(member_id):
    rows = text("SELECT text FROM notices_notice WHERE member_id = :member ORDER BY id")
    return [row.text for row in read(rows, {"member": member_id})]


def test_an_offered_contract_is_told_once_with_its_rate_and_first_day(shop, contact):
    new = world.alliance.NewContract(
        shop.merchant_id, shop.policy_id, 850, world.ALWAYS, None, 0, False, None
    )
    offer = in_transaction(lambda: contracts.offer(new, world.SYSTEM_ID).contract.id)
    for _ in range(2):
        partners.contract_offered({"contract_id": str(offer)})
    assert told(contact) == [
        "合作事项：「面馆」有新合同待确认。自2020年1月1日起，让利 8.5%；确认后生效。"
    ]


def test_a_change_of_where_the_money_goes_is_told_once_with_the_accounts_end(shop, contact):
    payload = {
        "change_id": str(new_id()),
        "merchant_id": str(shop.merchant_id),
        "what": "account_changed",
        "member_ids": [str(contact)],
        "last_four": "6666",
    }
    for _ in range(2):
        partners.payee_changed(payload)
    assert told(contact) == [
        "合作事项：「面馆」收款账户已变更。（尾号 6666）如非贵店要求，请立即联系平台客服。"
    ]


def letter(shop, what, **more):
    payload = {
        "change_id": str(new_id()),
        "what": what,
        "merchant_id": str(shop.merchant_id),
        "store_id": str(shop.store_id),
        "reason": None,
        "closes_on": None,
    }
    return payload | more


def test_a_pause_and_its_end_are_told_with_the_reason(shop, contact):
    pause = letter(shop, "paused", reason="消防检查")
    for _ in range(2):
        partners.standing_changed(pause)
    partners.standing_changed(letter(shop, "resumed", reason="检查通过", store_id=None))
    assert told(contact) == [
        "合作事项：「南门店」已暂停营业。原因：消防检查。",
        "合作事项：「面馆」已恢复营业。原因：检查通过。",
    ]


def test_a_closure_is_told_with_its_day_and_what_becomes_of_the_money(shop, contact):
    partners.standing_changed(letter(shop, "closing", closes_on="2026-12-31"))
    partners.standing_changed(letter(shop, "reopened", closes_on="2026-12-31"))
    first, second = told(contact)
    assert first.startswith("合作事项：「南门店」2026年12月31日起停业。")
    assert "会员储值可在其他门店使用" in first
    assert second == "合作事项：「南门店」停业安排已取消。"


def test_members_of_a_closing_store_are_told_once_page_by_page(shop, monkeypatch):
    theirs = world.brought_by_store(shop)
    mine = [world.member(theirs) for _ in range(2)]
    stranger = world.member(world.brought_by_store(world.shop()))
    fallback = world.store(world.merchant(), "北门店")
    monkeypatch.setattr(partners, "MEMBERS_AT_ONCE", 1)
    closing = letter(shop, "closing", closes_on="2026-12-31", fallback_store_id=str(fallback))
    for _ in range(2):
        for each in (closing, *pages(closing)):
            partners.closing_told(each)
    partners.closing_told(letter(shop, "paused", reason="消防检查"))
    for member_id in mine:
        assert told(member_id) == [
            "门店通知：「南门店」将于2026年12月31日起停业。您的储值可在联盟其他门店使用，也可申请退款；"
            "未完成的订单将在停业后自动退款。您的归属门店届时转为「北门店」，可在那里充值。"
        ]
    assert told(stranger) == []


def pages(closing):
    """The letters that ask for the pages after the first, as they lie in the outbox."""
    mine = text("SELECT payload FROM core_outbox WHERE reader = 'notices.store_more'"
                " AND payload->>'change_id' = :change ORDER BY id")  # fmt: skip
    done = 0
    while found := read(mine, {"change": closing["change_id"]})[done:]:
        done += len(found)
        yield from (row.payload for row in found)
