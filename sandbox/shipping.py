"""The shipping information service of the mini-program: /wxa/sec/order/… (WeChat fact C8)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Blueprint, Response
from pydantic import Field

from sandbox import chat, shipments
from sandbox.answers import Refused, Strict, done, read
from sandbox.clock import beijing_text, parse_time
from sandbox.console import console
from sandbox.mini_records import Shipment
from sandbox.records import Meta, Order
from sandbox.shipments import DAY_SECONDS, EXPRESS, SHIPPED, TO_SHIP
from sandbox.tokens import requires_token
from sandbox.world import World, world

MOST_PARCELS, LONGEST_NAME, LONGEST_WORDS = 15, 128, 120
UNIFIED, SPLIT = 1, 2
BY_MERCHANT, BY_WECHAT = 1, 2
PAGE, LARGEST_PAGE = 100, 100
PRESALE_DAYS = (15, 330)

blueprint = Blueprint("shipping", __name__, url_prefix="/wxa/sec/order")


class OrderKey(Strict):
    order_number_type: Literal[1, 2]
    transaction_id: str = ""
    mchid: str = ""
    out_trade_no: str = ""


class Contact(Strict):
    consignor_contact: Annotated[str, Field(max_length=1024)] = ""
    receiver_contact: Annotated[str, Field(max_length=1024)] = ""


class Parcel(Strict):
    tracking_no: str = ""
    express_company: str = ""
    item_desc: str = ""
    contact: Contact = Contact()


class Payer(Strict):
    openid: str


class Upload(Strict):
    order_key: OrderKey
    logistics_type: Literal[1, 2, 3, 4]
    delivery_mode: Literal[1, 2]
    is_all_delivered: bool | None = None
    shipping_list: Annotated[list[Parcel], Field(min_length=1)]
    upload_time: str
    payer: Payer


class Which(Strict):
    transaction_id: str = ""
    merchant_id: str = ""
    sub_merchant_id: str = ""
    merchant_trade_no: str = ""


class Received(Which):
    received_time: int


class TimeRange(Strict):
    begin_time: int = 0
    end_time: int = 2**32 - 1


class Listing(Strict):
    pay_time_range: TimeRange = TimeRange()
    order_state: Annotated[int, Field(ge=1, le=6)] | None = None
    openid: str = ""
    last_index: str = ""
    page_size: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = PAGE


class Path(Strict):
    path: Annotated[str, Field(max_length=1024)]


class Application(Strict):
    appid: str


class Special(Strict):
    order_id: str
    type: Literal[1, 2]
    delay_to: int = 0


UPLOAD_ERRCODES = {
    "order_key.order_number_type": 268485194,
    "logistics_type": 10060005,
    "delivery_mode": 268485224,
    "upload_time": 268485216,
    "order_key": 10060014,
    "shipping_list": 10060014,
    "payer": 10060031,
}


@blueprint.post("/upload_shipping_info")
@requires_token("mini")
def upload() -> Response:
    """Ship an order, or once more ship it otherwise."""
    here, wish = world(), read(Upload, UPLOAD_ERRCODES)
    uploaded_at = _check_upload(wish)
    with here.state.change():
        order = _keyed_order(here, wish.order_key)
        if order.openid != wish.payer.openid:
            raise Refused(10060031, "order not belong to openid")
        shipment = here.state.shipments.get(order.id) or Shipment(order.id)
        parcels = _merged(shipment, wish)
        _check_order(here, order, shipment, wish, parcels, uploaded_at)
        shipment.logistics_type, shipment.delivery_mode = wish.logistics_type, wish.delivery_mode
        shipment.parcels, shipment.uploaded_at = parcels, uploaded_at
        here.state.shipments.put(shipment)
        if wish.delivery_mode == UNIFIED or wish.is_all_delivered:
            shipments.finish_shipping(here, order, shipment)
    return done()


@blueprint.post("/get_order")
@requires_token("mini")
def get_order() -> Response:
    here, wish = world(), read(Which, dict.fromkeys(Which.model_fields, 10060014))
    return done(order=shipments.as_json(here, _named_order(here, wish)))


@blueprint.post("/get_order_list")
@requires_token("mini")
def list_orders() -> Response:
    """Paid orders, oldest first; `last_index` is the last order of the page before."""
    here, wish = world(), read(Listing, {"page_size": 10060014, "order_state": 10060014})
    with here.state.lock:
        orders = [order for order in here.state.orders.all() if _is_listed(here, order, wish)]
    numbers = [order.id for order in orders]
    if wish.last_index and wish.last_index not in numbers:
        raise Refused(10060011, "invalid last_index")
    start = numbers.index(wish.last_index) + 1 if wish.last_index else 0
    page = orders[start : start + wish.page_size]
    has_more = start + len(page) < len(orders)
    told = [shipments.as_json(here, order) for order in page]
    last = page[-1].id if page else wish.last_index
    return done(order_list=told, last_index=last, has_more=has_more)


@blueprint.post("/notify_confirm_receive")
@requires_token("mini")
def remind_receipt() -> Response:
    """Ask the buyer to confirm: once, express only, after the parcel came."""
    here, wish = world(), read(Received, {"received_time": 10060029})
    with here.state.change():
        order = _named_order(here, wish)
        shipment = here.state.shipments.get(order.id)
        if shipment is None or shipments.state_of(here, order) != SHIPPED:
            raise Refused(10060028, "order is not shipped")
        if shipment.logistics_type != EXPRESS:
            raise Refused(10060032, "only express orders may be reminded of")
        if shipment.reminded:
            raise Refused(10060030, "order was reminded of before")
        if wish.received_time < int(shipment.shipped_at):
            raise Refused(10060029, "received_time is before the shipping time")
        shipment.reminded = True
        here.state.shipments.put(shipment)
        phone = here.state.phones.find(order.openid)
        if phone is not None:
            came_at = beijing_text(wish.received_time)[:16].replace("T", " ")
            words = f"您的包裹已于 {came_at} 签收，请确认收货"
            chat.say(here, phone.id, "service", "shipping", words, out_trade_no=order.id)
    return done()


@blueprint.post("/set_msg_jump_path")
@requires_token("mini")
def set_path() -> Response:
    """Where the buyer lands when they tap such a message."""
    here, wish = world(), read(Path)
    with here.state.change():
        here.state.meta.put(Meta("msg_jump_path", wish.path))
    return done()


@blueprint.post("/is_trade_managed")
@requires_token("mini")
def is_managed() -> Response:
    return done(is_trade_managed=_managed(world()))


@blueprint.post("/is_trade_management_confirmation_completed")
@requires_token("mini")
def is_confirmed() -> Response:
    return done(completed=_managed(world()))


@blueprint.post("/opspecialorder")
@requires_token("mini")
def special() -> Response:
    """Announce a presale (shipped 15 to 330 days after paying) or a test order."""
    here, wish = world(), read(Special, {"type": 268546000, "delay_to": 268546001})
    with here.state.change():
        order = here.state.orders.find(wish.order_id) or here.state.orders.get(wish.order_id)
        if order is None or not _is_visible(here, order):
            raise Refused(268546002, "order not found")
        if shipments.state_of(here, order) != TO_SHIP:
            raise Refused(268546002, "order not found")
        shipment = here.state.shipments.get(order.id) or Shipment(order.id)
        if wish.type == 1:
            earliest, latest = (order.paid_at + days * DAY_SECONDS for days in PRESALE_DAYS)
            if not earliest <= wish.delay_to <= latest:
                raise Refused(268546001, "invalid delay_to")
            shipment.ready_at = float(wish.delay_to)
        else:
            shipment.is_test = True
        here.state.shipments.put(shipment)
    return done()


def _check_upload(wish: Upload) -> float:
    """What is wrong whatever the order; the upload time. Raises Refused."""
    if wish.delivery_mode == SPLIT and wish.logistics_type != EXPRESS:
        raise Refused(10060006, "split delivery is for express only")
    if wish.delivery_mode == SPLIT and wish.is_all_delivered is None:
        raise Refused(10060007, "is_all_delivered is missing")
    if len(wish.shipping_list) > MOST_PARCELS:
        raise Refused(10060024, "shipping_list is too long")
    if wish.delivery_mode == UNIFIED and len(wish.shipping_list) != 1:
        raise Refused(268485228, "shipping_list must hold one parcel")
    for parcel in wish.shipping_list:
        _check_parcel(wish, parcel)
    try:
        return parse_time(wish.upload_time)
    except ValueError as error:
        raise Refused(268485216, "upload_time is not RFC 3339") from error


def _check_parcel(wish: Upload, parcel: Parcel) -> None:
    if not parcel.item_desc.strip():
        raise Refused(10060008, "item_desc is empty")
    if len(parcel.item_desc) > LONGEST_WORDS:
        raise Refused(10060009, "item_desc is too long")
    if wish.logistics_type != EXPRESS:
        return
    if not parcel.tracking_no:
        raise Refused(268485226, "tracking_no is missing")
    if not parcel.express_company:
        raise Refused(268485227, "express_company is missing")
    if len(parcel.express_company.encode()) > LONGEST_NAME:
        raise Refused(10060025, "express_company is too long")
    if len(parcel.tracking_no.encode()) > LONGEST_NAME:
        raise Refused(10060026, "tracking_no is too long")
    contact = parcel.contact
    if parcel.express_company == "SF" and not (
        contact.consignor_contact or contact.receiver_contact
    ):
        raise Refused(10060014, "SF needs a contact")


def _merged(shipment: Shipment, wish: Upload) -> list[dict[str, Any]]:
    """The parcels after this upload: split ones are added to those of the same order."""
    told = [parcel.model_dump(exclude_defaults=True) for parcel in wish.shipping_list]
    if wish.delivery_mode != SPLIT or shipment.delivery_mode != SPLIT:
        return told
    known = {parcel["tracking_no"]: parcel for parcel in shipment.parcels}
    return list((known | {parcel["tracking_no"]: parcel for parcel in told}).values())


def _check_order(
    here: World,
    order: Order,
    shipment: Shipment,
    wish: Upload,
    parcels: list[dict[str, Any]],
    uploaded_at: float,
) -> None:
    """Whether this order may be shipped so now. Raises Refused."""
    state = shipments.state_of(here, order)
    if state not in (TO_SHIP, SHIPPED):
        raise Refused(10060004, "order can not be shipped in its state")
    how = (wish.logistics_type, wish.delivery_mode)
    is_same = parcels == shipment.parcels and how == (
        shipment.logistics_type,
        shipment.delivery_mode,
    )
    finishes = state == TO_SHIP and bool(wish.is_all_delivered)
    if (is_same and not finishes) or uploaded_at <= shipment.uploaded_at:
        raise Refused(10060023, "shipping info is not updated")
    if len(parcels) > MOST_PARCELS:
        raise Refused(10060024, "shipping_list is too long")
    if state == SHIPPED and shipment.finished_count > 1:
        raise Refused(10060003, "order has used its chance of shipping again")


def _keyed_order(here: World, key: OrderKey) -> Order:
    """Raises Refused naming what is missing, or 10060001."""
    if key.order_number_type == BY_WECHAT:
        if not key.transaction_id:
            raise Refused(268485195, "transaction_id is missing")
        return _known(here, here.state.orders.find(key.transaction_id))
    if not key.mchid:
        raise Refused(268485196, "mchid is missing")
    if not key.out_trade_no:
        raise Refused(268485197, "out_trade_no is missing")
    is_ours = key.mchid == here.accounts.mch_id
    return _known(here, here.state.orders.get(key.out_trade_no) if is_ours else None)


def _named_order(here: World, wish: Which) -> Order:
    if wish.transaction_id:
        return _known(here, here.state.orders.find(wish.transaction_id))
    is_ours = wish.merchant_id == here.accounts.mch_id
    return _known(here, here.state.orders.get(wish.merchant_trade_no) if is_ours else None)


def _known(here: World, order: Order | None) -> Order:
    if order is None or not _is_visible(here, order):
        raise Refused(10060001, "order not exist")
    return order


def _is_visible(here: World, order: Order) -> bool:
    """A payment just made is not known here at once (WeChat fact C8)."""
    delay = console(here).order_visible_after_seconds
    seen = here.clock.now() - order.paid_at >= delay
    return shipments.is_of_mini_program(here, order) and seen


def _is_listed(here: World, order: Order, wish: Listing) -> bool:
    if not _is_visible(here, order):
        return False
    span = wish.pay_time_range
    if not span.begin_time <= int(order.paid_at) <= span.end_time:
        return False
    if wish.openid and order.openid != wish.openid:
        return False
    return wish.order_state in (None, shipments.state_of(here, order))


def _managed(here: World) -> bool:
    wish = read(Application, {"appid": 40097})
    if wish.appid != here.accounts.mini_app_id:
        raise Refused(40013, "invalid appid")
    return console(here).trade_managed
