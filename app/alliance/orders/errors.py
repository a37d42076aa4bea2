"""What carts and orders refuse. Documented in docs/errors.md."""

from __future__ import annotations

from app.core.errors import AppError


class OrderUnknown(AppError):
    """There is no such order, or it is not the caller's."""

    status, code = 404, "order_unknown"
    title, message = "There is no such order", "没有找到该订单"


class OrderStatusDiffers(AppError):
    """The order does not allow this as it stands; `order_status` says how that is."""

    status, code = 409, "order_status_differs"
    title, message = "The order does not allow this as it stands", "订单当前状态不能进行此操作"


class PriceChanged(AppError):
    """What would be paid is not what the member agreed to; `amount_fen` is what it would be."""

    status, code = 409, "price_changed"
    title, message = "The amount is not the one agreed to", "应付金额已变化，请确认后再支付"


class CartFull(AppError):
    """The cart holds as many offers as it can."""

    status, code = 409, "cart_full"
    title, message = "The cart is full", "购物车已满，请先结算或移除部分商品"


class TooManyUnpaidOrders(AppError):
    """The member has as many unpaid orders as stock is kept for; pay or cancel one first."""

    status, code = 409, "too_many_unpaid_orders"
    title, message = "Pay or cancel an order first", "待付款订单过多，请先支付或取消"


class DeliveryNotOffered(AppError):
    """An offer is not handed over in this way; `offer_id`, `deliveries` say how it is."""

    status, code = 422, "delivery_not_offered"
    title, message = "The offer is not handed over in this way", "该商品不支持所选的配送方式"


class PickupCodeInvalid(AppError):
    """No order of the caller's stores has this pick-up code now: mistyped, used, of an order that
    was given back, or guessed too often."""

    status, code = 422, "pickup_code_invalid"
    title, message = "This pick-up code is good for nothing here", "取货码无效，请核对后重新输入"


class AlreadyExtended(AppError):
    """The time to confirm the receipt was extended before."""

    status, code = 409, "already_extended"
    title, message = "The time was extended before", "收货时间已延长过"


class SupplierUnknown(AppError):
    """There is no such supplier, or it is the seller itself."""

    status, code = 404, "supplier_unknown"
    title, message = "There is no such supplier", "没有找到该供应商"


class SupplyUnknown(AppError):
    """There is no such agreement with a supplier, or it is not the caller's."""

    status, code = 404, "supply_unknown"
    title, message = "There is no such supply agreement", "没有找到该供货协议"


class SupplyNotOpen(AppError):
    """The agreement does not wait for this; `supply_status` says how it stands."""

    status, code = 409, "supply_not_open"
    title, message = "The supply agreement does not wait for this", "供货协议当前状态不能进行此操作"


class SupplyTooDear(AppError):
    """The sale of one piece at its lowest price would not bring so much; `maximum_fen` it would."""

    status, code = 422, "supply_too_dear"
    title, message = "The sale would not bring so much", "供货价超过商品售出后的所得"


class NothingToReturn(AppError):
    """More pieces of a line would go back than are left; `number` and `left` say of which."""

    status, code = 409, "nothing_to_return"
    title, message = "So many pieces are not left to return", "可退数量不足"


class GiftNotToBeHad(AppError):
    """The offer cannot be given now at the price put aside for it; `reason`: `not_displayed`,
    `price_changed`, `sold_out`, `not_selling`."""

    status, code = 409, "gift_not_to_be_had"
    title, message = "The goods are not to be had now", "该商品暂时无法兑换"
