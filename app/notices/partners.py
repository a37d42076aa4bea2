"""Readers of what happens between the alliance and its merchants: who is told, and what."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from app.alliance import service as alliance
from app.core import outbox
from app.core.db import in_transaction
from app.core.units import percent
from app.core.world import bucket_of, now
from app.notices import outgoing, texts

Payload = dict[str, Any]
CLOSING_PAGE = "store.closing_page"
MEMBERS_AT_ONCE = 200
BEHIND_SECONDS = 30.0  # until so many notices are read that a page more delays nobody
CLOSING = "停业后不再收款和充值，会员储值可在其他门店使用或申请退款；待结算款照常结算。"

NOT_YOU = "如非贵店要求，请立即联系平台客服。"
MONEY_NOTES = {
    "account_proposed": "已提交新的收款账户，待财务复核",
    "account_changed": "收款账户已变更",
    "payee_proposed": "有联系人正待获准提现",
    "payee_confirmed": "新增了可提现的联系人",
    "payee_ended": "有联系人不再可以提现",
    "contact_removed": "有联系人已被移除",
    "channel": "收款方式已变更",
    "automatic_payout": "自动打款设置已变更",
    "receiver_proposed": "已提交新的分账接收方，待财务复核",
    "receiver": "分账接收方已变更",
}


def standing_changed(payload: Payload) -> None:
    """Reader of standing.changed: tells the merchant's contacts of a pause or a closure."""
    merchant_id, store_id = UUID(payload["merchant_id"]), payload["store_id"]

    def work() -> None:
        shop = alliance.store(UUID(store_id)) if store_id else alliance.merchant(merchant_id)
        note, detail = _standing(payload)
        content = texts.partnership(shop.name, note, now(), detail)
        for contact_id in alliance.contacts(merchant_id):
            outgoing.queue(f"standing.changed:{payload['change_id']}", contact_id, content)

    in_transaction(work)


def closing_told(payload: Payload) -> None:
    """Reader of standing.changed and of CLOSING_PAGE: tells a page of the members whom a closing
    concerns, once, or that it was called off; the next page is another letter."""
    if payload["what"] not in ("closing", "reopened"):
        return
    merchant_id, store_id = UUID(payload["merchant_id"]), _id(payload["store_id"])
    if outbox.is_behind(outgoing.QUEUED):
        raise outbox.TryLater(BEHIND_SECONDS)

    def work() -> None:
        after = _id(payload.get("after"))
        people, last = alliance.concerned_by_closing(merchant_id, store_id, after, MEMBERS_AT_ONCE)
        content = texts.store_closing(*_closing(payload), now())
        for member_id in people:
            outgoing.queue(f"store.closing:{payload['change_id']}", member_id, content)
        if last is not None:
            outbox.emit(CLOSING_PAGE, payload | {"after": str(last)}, bucket=bucket_of(merchant_id))

    in_transaction(work)


def _closing(payload: Payload) -> tuple[str, str, str | None]:
    store_id, fallback_id = _id(payload["store_id"]), _id(payload.get("fallback_store_id"))
    shop = alliance.store(store_id) if store_id else alliance.merchant(UUID(payload["merchant_id"]))
    fallback = alliance.store(fallback_id).name if fallback_id else None
    return shop.name, _standing(payload)[0], fallback if payload["what"] == "closing" else None


def _id(given: str | None) -> UUID | None:
    return UUID(given) if given else None


def application_changed(payload: Payload) -> None:
    """Reader of application.changed: tells the applicant what staff decided, and why."""
    step_id = UUID(payload["step_id"])

    def work() -> None:
        news = alliance.application_news(step_id)
        content = texts.application(news.company_name, news.kind, news.reason, news.at)
        outgoing.queue(f"application.changed:{step_id}", news.member_id, content)

    in_transaction(work)


def payee_changed(payload: Payload) -> None:
    """Reader of payee.changed: tells the merchant's contacts of that moment that where its money
    goes, or who may take it out, was changed or is about to be."""
    merchant_id = UUID(payload["merchant_id"])

    def work() -> None:
        name = alliance.merchant(merchant_id).name
        note = MONEY_NOTES[payload["what"]]
        digits = f"（尾号 {payload['last_four']}）" if "last_four" in payload else ""
        content = texts.partnership(name, note, now(), f"{digits}{NOT_YOU}")
        for contact_id in payload["member_ids"]:
            outgoing.queue(f"payee.changed:{payload['change_id']}", UUID(contact_id), content)

    in_transaction(work)


def contract_offered(payload: Payload) -> None:
    """Reader of contract.offered: tells the merchant's contacts that it waits for their word."""
    contract_id = UUID(payload["contract_id"])

    def work() -> None:
        row = alliance.contract_version(contract_id).contract
        day = f"{row.starts_on.year}年{row.starts_on.month}月{row.starts_on.day}日"
        detail = f"自{day}起，让利 {percent(row.concession_bp)}%；确认后生效。"
        name = alliance.merchant(row.merchant_id).name
        content = texts.partnership(name, "有新合同待确认", now(), detail)
        for contact_id in alliance.contacts(row.merchant_id):
            outgoing.queue(f"contract.offered:{contract_id}", contact_id, content)

    in_transaction(work)


def _standing(payload: Payload) -> tuple[str, str]:
    """What is told in a few words, and in full."""
    reason = f"原因：{payload['reason']}。" if payload["reason"] else ""
    if payload["what"] == "closing":
        day = date.fromisoformat(payload["closes_on"])
        return f"{day.year}年{day.month}月{day.day}日起停业", CLOSING
    notes = {"paused": "已暂停营业", "resumed": "已恢复营业", "reopened": "停业安排已取消"}
    return notes[payload["what"]], reason
