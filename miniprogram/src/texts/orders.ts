import { isEnglish } from "./index";

const zh = {
  title: "我的订单", one: "订单", none: "还没有订单。", stores: "逛门店", buy: "购买", place: "提交订单", quantity: "数量", left: "剩 {count} 件", pickup: "到店自提", shipment: "快递到家", name: "收件人", phone: "手机号", address: "收货地址", total: "合计", member: "会员价 {amount}（全用储值支付）",
  status: { unpaid: "待付款", paying: "付款中", paid: "已付款", shipped: "已发货", completed: "已完成", cancelled: "已取消", expired: "已过期", returned: "已退款" },
  pay: "付款 {amount}", payPrepaid: "储值支付 {amount}", paid: "付款成功", cancelledPay: "您取消了支付，可再次付款。", failed: "支付没有完成，请再试一次。", unsure: "支付结果还在确认，请稍后刷新。",
  payNote: "付款：先用返利与体验金，其余微信支付。储值支付：享会员价。", help: "对订单有疑问，联系客服", cancel: "取消订单", receive: "确认收货", extend: "延长收货", code: "提货码", codeNote: "到店出示，店员核对后交货。", renew: "更换提货码", parcel: "物流", number: "单号 {number}", copy: "复制单号", copied: "已复制", returned: "已退 {amount}", sure: "确定要取消吗？已付款会原路退回。", arrived: "确认已收到货？确认后货款将付给商家。",
  gift: "活动奖品，货款由活动支付。", sureGift: "确定放弃这件奖品吗？货款退回活动，放弃后不能再领取。",
};
const en: typeof zh = {
  title: "My orders", one: "Order", none: "No order yet.", stores: "Look at stores", buy: "Buy", place: "Place the order", quantity: "Pieces", left: "{count} left", pickup: "Pick up at the store", shipment: "Ship it", name: "Receiver", phone: "Mobile number", address: "Address", total: "Total", member: "Member price {amount}, wholly from prepaid",
  status: { unpaid: "to be paid", paying: "being paid", paid: "paid", shipped: "shipped", completed: "completed", cancelled: "cancelled", expired: "expired", returned: "refunded" },
  pay: "Pay {amount}", payPrepaid: "Pay {amount} from prepaid", paid: "Paid", cancelledPay: "You cancelled the payment; you can pay again.", failed: "The payment was not completed. Please try again.", unsure: "The payment is being confirmed. Look again later.",
  payNote: "Pay: rebate and experience gold first, WeChat the rest. From prepaid: at member prices.", help: "Ask customer service about this order", cancel: "Cancel the order", receive: "It has arrived", extend: "More time", code: "Pick-up code", codeNote: "Show it at the store.", renew: "New pick-up code", parcel: "Parcel", number: "No. {number}", copy: "Copy the number", copied: "Copied", returned: "{amount} returned", sure: "Cancel it? What was paid goes back.", arrived: "Did it arrive? The store is then paid.",
  gift: "A prize: its campaign has paid it.", sureGift: "Give this prize up? Its money goes back to the campaign, and it cannot be claimed again.",
};

/** What the pages of orders say; loaded with them. */
export const orderTexts = (): typeof zh => (isEnglish() ? en : zh);
