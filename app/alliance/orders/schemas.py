"""Shapes of requests and answers about carts and orders. Amounts in fen, moments in UTC."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.alliance.orders.rules import OrderStatus
from app.alliance.payment_schemas import OwnPath, PayingApp, TradeType
from app.core.schemas import Body, Fen, Moment, ShortText, View
from app.wallet.service import Purse

Quantity = Annotated[int, Field(strict=True, ge=1, le=999)]
LineNumber = Annotated[int, Field(strict=True, ge=1, le=50)]
Reason = Annotated[str, Field(strict=True, min_length=1, max_length=80)]
Digits = Annotated[str, Field(strict=True, pattern=r"^[0-9]{12}$")]
PageSize = Annotated[int, Field(ge=1, le=50)]


class CartRequest(Body):
    """How many pieces; 0: none any more."""

    quantity: Annotated[int, Field(strict=True, ge=0, le=999)]


class ItemRequest(Body):
    """So many pieces of an offer."""

    offer_id: UUID
    quantity: Quantity


class ReceiverRequest(Body):
    """To whom an order is shipped."""

    name: Annotated[str, Field(strict=True, min_length=1, max_length=30)]
    phone: Annotated[str, Field(strict=True, pattern=r"^1[3-9][0-9]{9}$")]
    address: Annotated[str, Field(strict=True, min_length=5, max_length=200)]


def _each_once(items: list[ItemRequest]) -> list[ItemRequest]:
    if len({item.offer_id for item in items}) != len(items):
        raise ValueError("each offer once")
    return items


class OrdersRequest(Body):
    """What is ordered, and how it comes to the buyer. An order is placed for each store."""

    items: Annotated[
        list[ItemRequest], Field(min_length=1, max_length=50), AfterValidator(_each_once)
    ]
    delivery: Literal["pickup", "shipment"] = "pickup"
    receiver: ReceiverRequest | None = None
    remark: ShortText | None = None

    @model_validator(mode="after")
    def _addressed(self) -> OrdersRequest:
        if (self.delivery == "shipment") != (self.receiver is not None):
            raise ValueError("a receiver is named for what is shipped, and only then")
        return self


class OrderPaymentRequest(Body):
    """How an order is paid, and the amount that the buyer has agreed to: at member prices where
    prepaid money alone suffices for them."""

    expected_fen: Fen
    purses: Annotated[list[Purse], Field(min_length=1, max_length=4)]
    trade_type: TradeType = "JSAPI"
    return_to: OwnPath | None = None
    app: PayingApp = "mini_program"


class ReturnedLine(Body):
    """So many pieces of a line."""

    number: LineNumber
    quantity: Quantity


class ReturnRequest(Body):
    """What goes back, or all that is left; and why."""

    lines: Annotated[list[ReturnedLine], Field(min_length=1, max_length=50)] | None = None
    reason: Reason

    @model_validator(mode="after")
    def _each_line_once(self) -> ReturnRequest:
        numbers = [line.number for line in self.lines or []]
        if len(set(numbers)) != len(numbers):
            raise ValueError("each line once")
        return self


class PickupRequest(Body):
    """The digits that the buyer shows."""

    code: Digits


class ParcelRequest(Body):
    """Who carries it, by WeChat's code of the company, and under which number."""

    carrier: Annotated[str, Field(strict=True, pattern=r"^[A-Z0-9_]{1,20}$")]
    tracking_no: Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9-]{5,40}$")]


class DeskQuery(Body):
    """Orders to ship, the oldest first; `after` is the last id of the page before."""

    after: UUID | None = None
    limit: PageSize = 20


class OrdersQuery(Body):
    """Which orders. `before` is the last id of the page before; the newest come first."""

    status: OrderStatus | None = None
    before: UUID | None = None
    limit: PageSize = 20


class CartLine(View):
    """An offer in the cart at today's prices; `is_price_changed` since it was put there."""

    offer_id: UUID
    title: str
    picture: str | None
    deliveries: list[str]
    quantity: int
    price_fen: int
    member_price_fen: int | None
    is_price_changed: bool
    is_available: bool
    left: int | None


class CartStore(View):
    """What of the cart is of one store: an order. Sums of what is available."""

    store_id: UUID
    merchant_id: UUID
    store_name: str
    lines: list[CartLine]
    amount_fen: int
    member_amount_fen: int


class CartView(View):
    """A member's cart."""

    stores: list[CartStore]


class OrderHead(View):
    """An order in a list. `next_at`: when time decides what becomes of it. `is_gift`: a prize,
    which its campaign has paid; what goes back of it is the campaign's."""

    id: UUID
    merchant_id: UUID
    store_id: UUID
    store_name: str
    delivery: Literal["pickup", "shipment"]
    status: OrderStatus
    remark: str | None
    amount_fen: int
    member_amount_fen: int
    is_member_price: bool
    is_gift: bool
    paid_fen: int
    wechat_fen: int
    returned_fen: int
    created_at: Moment
    next_at: Moment | None
    paid_at: Moment | None
    ready_at: Moment | None
    shipped_at: Moment | None
    ended_at: Moment | None


class OrderLineView(View):
    """One line, as it was when the order was placed; `unit_fen` is what a piece was paid with."""

    number: int
    offer_id: UUID
    offer_version: int
    title: str
    picture: str | None
    quantity: int
    price_fen: int
    member_price_fen: int | None
    unit_fen: int | None
    returned: int


class OrderStepView(View):
    """One step of an order."""

    step: str
    status: OrderStatus
    note: str | None
    at: Moment


class ReceiverView(View):
    """To whom an order is shipped."""

    name: str
    phone: str
    address: str


class ParcelView(View):
    """What an order was shipped by."""

    carrier: str
    tracking_no: str
    created_at: Moment


class OrderView(OrderHead):
    """An order with its lines and steps. `pickup_code` for its buyer only. It and the receiver are
    null in answers that are kept to be repeated (`Idempotency-Key`): ask for the order."""

    lines: list[OrderLineView]
    steps: list[OrderStepView]
    pickup_code: str | None
    receiver: ReceiverView | None
    parcel: ParcelView | None
    request_id: str | None = None


class OrdersView(View):
    """A page of orders, the newest first."""

    orders: list[OrderHead]


class ShippingDesk(View):
    """A page of orders to ship, with what to put into each parcel and where it goes."""

    orders: list[OrderView]


class PlacedOrders(View):
    """The orders that were placed, one for each store."""

    orders: list[OrderView]
    request_id: str | None = None


class OrderPaymentView(View):
    """How the payment of an order stands. `order_id` is WeChat's order, with what the phone needs
    to pay it."""

    id: UUID
    status: OrderStatus
    amount_fen: int
    is_member_price: bool
    wechat_fen: int
    order_id: UUID | None
    expires_at: str | None
    wechat_pay_parameters: dict[str, Any] | None
    request_id: str | None = None
