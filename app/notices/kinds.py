"""What people are told of, declared in one table: to whom, through which doors, when not. Pure.

docs/notices.md shows the same table; a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a notice is about, and to whom: the names also key the settings of templates."""

    MEMBER_JOINED = "member.joined"
    MEMBER_TOPPED_UP = "member.topped_up"
    MEMBER_PAID = "member.paid"
    MEMBER_REFUNDED = "member.refunded"
    MEMBER_REBATE = "member.rebate"
    MEMBER_ORDER = "member.order"
    MEMBER_EXPERIENCE = "member.experience"
    MEMBER_WITHDRAWAL = "member.withdrawal"
    MEMBER_FRIEND_JOINED = "member.friend_joined"
    MEMBER_SERVICE = "member.service"
    MEMBER_STORE = "member.store"
    MEMBER_TICKET = "member.ticket"
    MEMBER_APPLICATION = "member.application"
    MEMBER_OFFER = "member.offer"
    MEMBER_BENEFIT = "member.benefit"
    MERCHANT_PAID = "merchant.paid"
    MERCHANT_REFUNDED = "merchant.refunded"
    MERCHANT_ORDER = "merchant.order"
    MERCHANT_SETTLEMENT = "merchant.settlement"
    MERCHANT_PARTNERSHIP = "merchant.partnership"
    SALESPERSON_JOINED = "salesperson.joined"
    SALESPERSON_EARNED = "salesperson.earned"


class Nature(StrEnum):
    """Why somebody is told: they asked, money moved, something happened, or to win them over.

    Answers and money may be told at night; the others wait for the morning. WeChat forbids
    promotion by template message (fact B5), so that such notices have no template door.
    """

    ANSWER = "answer"
    MONEY = "money"
    SERVICE = "service"
    PROMOTION = "promotion"


class Door(StrEnum):
    """Through what a notice reaches somebody."""

    REPLY = "reply"
    CUSTOMER_SERVICE = "customer_service"
    SUBSCRIPTION = "subscription"
    MINI_SUBSCRIPTION = "mini_subscription"
    TEMPLATE = "template"


# In this order: what is free and seen at once, what somebody asked for, what is always there.
EVERY_DOOR = (
    Door.CUSTOMER_SERVICE,
    Door.SUBSCRIPTION,
    Door.MINI_SUBSCRIPTION,
    Door.TEMPLATE,
)
ASKED_FOR = EVERY_DOOR[:-1]
HOURS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a kind is told.

    `daily` is the most that one person gets on a Beijing day, `lasts` how old it may become
    before it is not sent any more. `keys` are the fields of a template if a setting names none.
    """

    title: str
    audience: str
    occasion: str
    nature: Nature
    doors: tuple[Door, ...]
    daily: int
    lasts: timedelta
    can_decline: bool
    keys: dict[str, str]

    @property
    def waits_at_night(self) -> bool:
        """Whether it is held back within QUIET_HOURS."""
        return self.nature in (Nature.SERVICE, Nature.PROMOTION)


PLACE_AMOUNT = {"place": "thing1", "amount": "amount2", "time": "time3"}
WITH_NOTE = PLACE_AMOUNT | {"note": "thing4"}
NOTE_AND_TIME = {"note": "thing1", "time": "time2"}
TERMS: dict[Kind, Terms] = {
    Kind.MEMBER_JOINED: Terms(
        "入会通知", "member", "joined; who follows is told by the welcome itself",
        Nature.SERVICE, EVERY_DOOR, 3, 24 * HOURS, False, NOTE_AND_TIME,
    ),
    Kind.MEMBER_TOPPED_UP: Terms(
        "充值到账", "member", "a top-up was credited",
        Nature.MONEY, EVERY_DOOR, 50, 24 * HOURS, False, PLACE_AMOUNT,
    ),
    Kind.MEMBER_PAID: Terms(
        "付款成功", "member", "a payment in a store",
        Nature.MONEY, EVERY_DOOR, 100, 24 * HOURS, False, WITH_NOTE,
    ),
    Kind.MEMBER_REFUNDED: Terms(
        "退款通知", "member", "a payment came back",
        Nature.MONEY, EVERY_DOOR, 50, 24 * HOURS, False, PLACE_AMOUNT,
    ),
    Kind.MEMBER_REBATE: Terms(
        "返利到账", "member", "a share of a sale's concession, for an own purchase or a friend's",
        Nature.SERVICE, EVERY_DOOR, 20, 24 * HOURS, True, WITH_NOTE,
    ),
    Kind.MEMBER_ORDER: Terms(
        "订单通知", "member", "an order was paid, is ready, shipped, complete or given back",
        Nature.MONEY, EVERY_DOOR, 100, 24 * HOURS, False, WITH_NOTE,
    ),
    Kind.MEMBER_EXPERIENCE: Terms(
        "体验金到期提醒", "member", "experience gold ends soon: once for all that ends together",
        Nature.SERVICE, EVERY_DOOR, 3, 72 * HOURS, True,
        {"amount": "amount1", "time": "time2", "note": "thing3"},
    ),
    Kind.MEMBER_WITHDRAWAL: Terms(
        "提现结果", "member", "a withdrawal was paid out or came back",
        Nature.MONEY, EVERY_DOOR, 20, 24 * HOURS, False,
        {"amount": "amount1", "status": "phrase2", "time": "time3", "note": "thing4"},
    ),
    Kind.MEMBER_FRIEND_JOINED: Terms(
        "好友加入", "member", "somebody came by their code",
        Nature.PROMOTION, ASKED_FOR, 5, 12 * HOURS, True, NOTE_AND_TIME,
    ),
    Kind.MEMBER_SERVICE: Terms(
        "人工客服", "member", "asked for a person and was handed over",
        Nature.ANSWER, (Door.CUSTOMER_SERVICE,), 20, HOURS, False, {"note": "thing1"},
    ),
    Kind.MEMBER_TICKET: Terms(
        "工单回复", "member", "staff answered their ticket; never what the answer says",
        Nature.ANSWER, EVERY_DOOR, 20, 72 * HOURS, False, NOTE_AND_TIME,
    ),
    Kind.MEMBER_APPLICATION: Terms(
        "入驻申请", "member", "staff decided about their merchant's application",
        Nature.SERVICE, EVERY_DOOR, 20, 72 * HOURS, False,
        {"place": "thing1", "note": "thing2", "time": "time3"},
    ),
    Kind.MEMBER_STORE: Terms(
        "门店停业", "members at home there, and who holds its prepaid money",
        "a store or merchant is to be closed, or is not after all",
        Nature.SERVICE, EVERY_DOOR, 5, 72 * HOURS, False,
        {"place": "thing1", "note": "thing2", "time": "time3"},
    ),
    Kind.MEMBER_OFFER: Terms(
        "服务消息", "members who agreed to it", "a service message was let go by the operator",
        Nature.PROMOTION, ASKED_FOR, 1, 48 * HOURS, True, NOTE_AND_TIME,
    ),
    Kind.MEMBER_BENEFIT: Terms(
        "活动消息", "member", "something of theirs in a campaign changed: a prize, a place, a task",
        Nature.SERVICE, EVERY_DOOR, 20, 72 * HOURS, True, NOTE_AND_TIME,
    ),
    Kind.MERCHANT_PAID: Terms(
        "收款到账", "the merchant's contacts", "a payment was received",
        Nature.MONEY, EVERY_DOOR, 1_000, 24 * HOURS, True, WITH_NOTE,
    ),
    Kind.MERCHANT_REFUNDED: Terms(
        "退款通知", "the merchant's contacts", "a payment was given back",
        Nature.MONEY, EVERY_DOOR, 200, 24 * HOURS, False, PLACE_AMOUNT,
    ),
    Kind.MERCHANT_ORDER: Terms(
        "订单通知", "the merchant's contacts", "an order was paid, completed or given back",
        Nature.MONEY, EVERY_DOOR, 1_000, 24 * HOURS, False, WITH_NOTE,
    ),
    Kind.MERCHANT_SETTLEMENT: Terms(
        "结算完成", "the merchant's contacts", "a settlement was issued; links to its statement",
        Nature.SERVICE, EVERY_DOOR, 20, 72 * HOURS, False, WITH_NOTE,
    ),
    Kind.MERCHANT_PARTNERSHIP: Terms(
        "合作事项", "the merchant's contacts",
        "a store was paused, resumed or is to be closed; a contract waits for their word; where "
        "their money goes was changed or is about to be",
        Nature.SERVICE, EVERY_DOOR, 20, 72 * HOURS, False,
        {"place": "thing1", "note": "thing2", "time": "time3"},
    ),
    Kind.SALESPERSON_JOINED: Terms(
        "新会员加入", "the salesperson", "somebody joined by their code",
        Nature.SERVICE, EVERY_DOOR, 20, 24 * HOURS, True, NOTE_AND_TIME,
    ),
    Kind.SALESPERSON_EARNED: Terms(
        "业务分成", "the salesperson", "a share of a sale they brought",
        Nature.SERVICE, EVERY_DOOR, 50, 24 * HOURS, True, WITH_NOTE,
    ),
}  # fmt: skip
