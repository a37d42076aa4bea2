import { isEnglish } from "./index";

const zh = {
  title: "购物车", empty: "购物车是空的，去看看门店优惠吧。", stores: "逛门店", add: "加入购物车", added: "已加入购物车", open: "查看购物车", fewer: "减少一件 {title}", more: "增加一件 {title}", remove: "移除 {title}", removeWord: "移除",
  changed: "价格有变", gone: "已下架或库存不足", short: "仅剩 {count} 件", noPickup: "不支持自提", noShipment: "不支持快递", pickup: "到店自提", shipment: "快递到家", name: "收件人", phone: "手机号", address: "收货地址",
  wrongPhone: "请填写 11 位手机号。", total: "合计 {count} 件", member: "会员价 {amount}（全用储值支付）", split: "按门店与供货方拆分为多个订单，请分别付款。", leftOut: "{count} 项不含在本次下单中，会留在购物车。", place: "提交订单", placed: "已提交 {count} 个订单", payEach: "请在有效期内分别付款。", toOrders: "查看全部订单", unpaid: "待付款的订单", unpaidNote: "点开可继续付款或取消；逾期未付会自动取消并退回库存。",
};
const en: typeof zh = {
  title: "Cart", empty: "Your cart is empty. The stores have offers.", stores: "Look at stores", add: "Add to cart", added: "It is in your cart", open: "Open the cart", fewer: "One {title} less", more: "One {title} more", remove: "Remove {title}", removeWord: "Remove",
  changed: "price changed", gone: "not sold any more, or sold out", short: "only {count} left", noPickup: "cannot be picked up", noShipment: "cannot be shipped", pickup: "Pick up", shipment: "Ship it", name: "Receiver", phone: "Mobile number", address: "Address",
  wrongPhone: "A mobile number, 11 digits.", total: "{count} pieces", member: "Member price {amount}, wholly from prepaid", split: "It becomes an order for each store and supplier; each is paid by itself.", leftOut: "{count} of the cart are not part of this and stay in it.", place: "Place the orders", placed: "{count} orders placed", payEach: "Pay each of them in time.", toOrders: "All my orders", unpaid: "Orders that wait for payment", unpaidNote: "Open one to pay or cancel it; unpaid, it ends by itself in time.",
};

/** What the pages of the cart say; loaded with them. */
export const cartTexts = (): typeof zh => (isEnglish() ? en : zh);
