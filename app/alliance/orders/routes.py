"""Carts and orders, as their buyers use them. Holds no rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from app.alliance.orders import carts, paying, pickups, placing, returning, shipping, steps, views
from app.alliance.orders.models import Order
from app.alliance.orders.paying import Means
from app.alliance.orders.placing import Item, Wish
from app.alliance.orders.schemas import (
    CartRequest,
    CartView,
    DeskQuery,
    OrderHead,
    OrderPaymentRequest,
    OrderPaymentView,
    OrdersQuery,
    OrdersRequest,
    OrdersView,
    OrderView,
    ParcelRequest,
    PickupRequest,
    PlacedOrders,
    ReturnRequest,
    ShippingDesk,
)
from app.alliance.paying import confirming
from app.alliance.payment_schemas import paying_app
from app.core import auth, idempotency
from app.core.api import api_blueprint
from app.core.audit.recording import reveals
from app.core.db import in_transaction
from app.core.idempotency import idempotent
from app.core.limits import limiter
from app.core.proofs import may_be_asked
from app.wallet.service import Browser

blueprint = api_blueprint("orders", __name__)
Fields = dict[str, Any]
SELLERS = ("merchant_owner", "cashier")
PLATFORM = ("operator", "support")
PICKUPS = "60 per minute"


def _whole(row: Order) -> Fields:
    """The order as the caller sees it."""
    return _viewed(views.whole(auth.principal(), row))


def _kept(row: Order) -> Fields:
    """The same, as it is stored with an answer: to whom it goes and the pick-up code are not among
    it, so that they are read anew each time and last no longer than they should."""
    return _viewed(views.whole(auth.principal(), row) | dict.fromkeys(views.PASSING))


def _viewed(found: Fields) -> Fields:
    return OrderView.model_validate(found).model_dump(mode="json", exclude={"request_id"})


def _head(row: Order) -> Fields:
    return OrderHead.model_validate(views.short(row)).model_dump()


@blueprint.get("/me/cart")
@blueprint.output(CartView)
@auth.member
def show_cart() -> Fields:
    """The signed-in member's cart, by stores, at today's prices."""
    member_id = auth.principal().id
    return in_transaction(lambda: carts.shown(member_id))


@blueprint.put("/me/cart/<uuid:offer_id>")
@blueprint.input(CartRequest, arg_name="body")
@blueprint.output(CartView)
@auth.member
def put_into_cart(offer_id: UUID, body: CartRequest) -> Fields:
    """Say how many pieces of an offer are in the cart; 0 takes it out."""
    member_id = auth.principal().id

    def work() -> Fields:
        carts.put(member_id, offer_id, body.quantity)
        return carts.shown(member_id)

    return in_transaction(work)


@blueprint.post("/orders")
@blueprint.input(OrdersRequest, arg_name="body")
@blueprint.output(PlacedOrders, status_code=201)
@idempotent(money=False)
@auth.member
def place_orders(body: OrdersRequest) -> Response:
    """Place an order for each store of what is wanted; each is paid by itself, within its time."""
    member_id = auth.principal().id
    items = [Item(item.offer_id, item.quantity) for item in body.items]
    receiver = body.receiver.model_dump() if body.receiver else None
    wish = Wish(items, body.delivery, receiver, body.remark)

    def work() -> tuple[int, Fields]:
        return 201, {"orders": [_kept(row) for row in placing.place(member_id, wish)]}

    return idempotency.execute(work)


@blueprint.get("/orders")
@blueprint.input(OrdersQuery, location="query", arg_name="query")
@blueprint.output(OrdersView)
@auth.member
def list_orders(query: OrdersQuery) -> Fields:
    """The signed-in member's orders, the newest first."""
    member_id, wish = auth.principal().id, (query.status, query.before, query.limit)
    return {"orders": in_transaction(lambda: [_head(x) for x in views.of_member(member_id, *wish)])}


@blueprint.get("/orders/managed")
@blueprint.input(OrdersQuery, location="query", arg_name="query")
@blueprint.output(OrdersView)
@auth.staff(*SELLERS, *PLATFORM)
def list_managed_orders(query: OrdersQuery) -> Fields:
    """Orders of the caller's stores, or all for the platform, the newest first."""
    caller, wish = auth.principal(), (query.status, query.before, query.limit)
    return {"orders": in_transaction(lambda: [_head(x) for x in views.of_sellers(caller, *wish)])}


@blueprint.get("/orders/<uuid:order_id>")
@blueprint.output(OrderView)
@auth.member_or_staff(*SELLERS, *PLATFORM)
@reveals
def show_order(order_id: UUID) -> Fields:
    """An order, for its buyer, the store's staff and the platform."""
    caller = auth.principal()
    return in_transaction(lambda: _whole(views.seen(caller, order_id)))


@blueprint.post("/orders/<uuid:order_id>/payment")
@blueprint.input(OrderPaymentRequest, arg_name="body")
@blueprint.output(OrderPaymentView, status_code=201)
@idempotent(money=True)
@may_be_asked
@auth.member
def pay_order(order_id: UUID, body: OrderPaymentRequest) -> Response:
    """Pay an order. If WeChat pays a part, the answer holds what the phone needs for that.

    Above `PAYMENT_FREE_FEN` the member proves themselves: `Payment-Pin`, or `Login-Code`.
    """
    confirming.require(auth.principal().id, body.expected_fen, body.purses)
    browser = None
    if body.trade_type == "H5":  # WeChat's own check of who opens the page (WeChat fact D5)
        browser = Browser(request.remote_addr or "0.0.0.0", body.return_to)
    trade_type = body.trade_type.lower()
    app_id = paying_app(body.app)
    means = Means(frozenset(body.purses), trade_type, browser, body.expected_fen, app_id)
    member_id = auth.principal().id
    if idempotency.replayed() is None:  # another wish: what was begun with WeChat ends
        returning.free_of_wechat(member_id, order_id)
    return paying.pay(member_id, order_id, means)


@blueprint.post("/orders/<uuid:order_id>/cancel")
@blueprint.output(OrderView)
@idempotent(money=True)
@auth.member
def cancel_order(order_id: UUID) -> Response:
    """Give an order up before it was shipped or picked up; what was paid goes back."""
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    member_id = auth.principal().id
    returning.free_of_wechat(member_id, order_id)
    return idempotency.execute(lambda: (200, _kept(returning.cancel(member_id, order_id))))


@blueprint.post("/orders/<uuid:order_id>/pickup-code")
@blueprint.output(OrderView)
@auth.member
@limiter.limit(PICKUPS)
def renew_pickup_code(order_id: UUID) -> Fields:
    """A new pick-up code; the one before is good for nothing any more."""
    member_id = auth.principal().id
    return in_transaction(lambda: _whole(pickups.renew(member_id, order_id)))


@blueprint.post("/orders/<uuid:order_id>/ready")
@blueprint.output(OrderView)
@auth.staff(*SELLERS)
def tell_ready(order_id: UUID) -> Fields:
    """Tell the buyer that the order can be picked up."""
    caller = auth.principal()
    return in_transaction(lambda: _whole(pickups.tell_ready(caller, order_id)))


@blueprint.post("/orders/pick-ups")
@blueprint.input(PickupRequest, arg_name="body")
@blueprint.output(OrderView)
@idempotent(money=True)
@auth.staff(*SELLERS)
@limiter.limit(PICKUPS)
def hand_over_order(body: PickupRequest) -> Response:
    """Hand an order over to who shows its pick-up code; with that it is a sale."""
    stored = idempotency.replayed()
    if stored is not None:
        return stored
    caller = auth.principal()
    order_id = pickups.order_of(caller, body.code)
    return idempotency.execute(lambda: (200, _kept(pickups.hand_over(caller, order_id))))


@blueprint.get("/orders/to-ship")
@blueprint.input(DeskQuery, location="query", arg_name="query")
@blueprint.output(ShippingDesk)
@auth.staff(*SELLERS)
@reveals
def show_shipping_desk(query: DeskQuery) -> Fields:
    """Paid orders that wait to be shipped from the caller's stores, the oldest first."""
    caller, wish = auth.principal(), (query.after, query.limit)
    found = in_transaction(lambda: [_whole(row) for row in shipping.to_ship(caller, *wish)])
    return {"orders": found}


@blueprint.post("/orders/<uuid:order_id>/parcel")
@blueprint.input(ParcelRequest, arg_name="body")
@blueprint.output(OrderView)
@auth.staff(*SELLERS)
def ship_order(order_id: UUID, body: ParcelRequest) -> Fields:
    """Say that an order is on its way."""
    caller, parcel = auth.principal(), (body.carrier, body.tracking_no)

    def work() -> Fields:
        return _whole(shipping.ship(steps.sold(caller, order_id), *parcel, caller.id))

    return in_transaction(work)


@blueprint.put("/orders/<uuid:order_id>/parcel")
@blueprint.input(ParcelRequest, arg_name="body")
@blueprint.output(OrderView)
@auth.staff(*SELLERS)
def correct_parcel(order_id: UUID, body: ParcelRequest) -> Fields:
    """Put a parcel's carrier or number right; the buyer is told."""
    caller, parcel = auth.principal(), (body.carrier, body.tracking_no)

    def work() -> Fields:
        return _whole(shipping.correct(steps.sold(caller, order_id), *parcel, caller.id))

    return in_transaction(work)


@blueprint.post("/orders/<uuid:order_id>/receipt")
@blueprint.output(OrderView)
@idempotent(money=True)
@auth.member
def confirm_receipt(order_id: UUID) -> Response:
    """Say that what was shipped has arrived; with that it is a sale."""
    member_id = auth.principal().id
    return idempotency.execute(lambda: (200, _kept(shipping.receive(member_id, order_id))))


@blueprint.post("/orders/<uuid:order_id>/extension")
@blueprint.output(OrderView)
@auth.member
def extend_receipt(order_id: UUID) -> Fields:
    """Ask once for more time before the receipt counts as confirmed."""
    member_id = auth.principal().id
    return in_transaction(lambda: _whole(shipping.extend(member_id, order_id)))


@blueprint.post("/orders/<uuid:order_id>/returns")
@blueprint.input(ReturnRequest, arg_name="body")
@blueprint.output(OrderView, status_code=201)
@idempotent(money=True)
@auth.staff(*SELLERS, "operator")
def return_order(order_id: UUID, body: ReturnRequest) -> Response:
    """Give back what was paid for pieces of an order, or for all of it, before it is completed;
    afterwards its sale is refunded (`POST /payments/{order_id}/refunds`)."""
    caller = auth.principal()
    wanted = {line.number: line.quantity for line in body.lines} if body.lines else None
    reason = body.reason

    def work() -> tuple[int, Fields]:
        return 201, _kept(returning.refund(caller, order_id, wanted, reason))

    return idempotency.execute(work)
