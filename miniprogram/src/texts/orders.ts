import type { OrderViewOrderStepView } from "@/services/api";
import { isEnglish } from "./index";

const zh = {
  title: "我的订单", one: "订单", none: "还没有订单。", stores: "逛门店", buy: "购买", place: "提交订单", quantity: "数量", left: "剩 {count} 件", pickup: "到店自提", shipment: "快递到家", name: "收件人", phone: "手机号", address: "收货地址", total: "合计", member: "会员价 {amount}（全用储值支付）",
  status: { unpaid: "待付款", paying: "付款中", paid: "已付款", shipped: "已发货", completed: "已完成", cancelled: "已取消", expired: "已过期", returned: "已退款" },
  pay: "付款 {amount}", payPrepaid: "储值支付 {amount}", paid: "付款成功", cancelledPay: "您取消了支付，可再次付款。", failed: "支付没有完成，请再试一次。", unsure: "支付结果还在确认，请稍后刷新。",
  payNote: "付款：先用返利与体验金，其余微信支付。储值支付：享会员价。", help: "对订单有疑问，联系客服", cancel: "取消订单", receive: "确认收货", extend: "延长收货", code: "提货码", codeNote: "到店出示，店员核对后交货。", renew: "更换提货码", parcel: "物流", number: "单号 {number}", copy: "复制单号", copied: "已复制", returned: "已退 {amount}", sure: "确定要取消吗？已付款会原路退回。", arrived: "确认已收到货？确认后货款将付给商家。",
  gift: "活动奖品，货款由活动支付。", sureGift: "确定放弃这件奖品吗？货款退回活动，放弃后不能再领取。", giveUp: "放弃奖品", ready: "商品已备好，到店出示提货码即可取货。",
  piecesBack: "已退 {count} 件", cancelledAndReturned: "已取消并退款",
  happened: { not_paid: "支付未完成", ready: "已备好，可取货", shipment_corrected: "更正物流信息", extended: "已延长收货", store_closed: "门店将停业", refunded: "商家退款", refunded_in_part: "商家部分退款", not_handed_over: "逾期未交付，已退款", called_back: "奖品已收回" } as Record<string, string>,
  until: { pay: "请在 {time} 前付款，逾期自动取消", pickUp: "请在 {time} 前取货，逾期自动退款", giftPickUp: "请在 {time} 前取货，逾期奖品作废", ship: "商家须在 {time} 前发货，逾期自动退款", giftShip: "商家须在 {time} 前发货，逾期奖品作废", receive: "{time} 自动确认收货" },
};
const en: typeof zh = {
  title: "My orders", one: "Order", none: "No order yet.", stores: "Look at stores", buy: "Buy", place: "Place the order", quantity: "Pieces", left: "{count} left", pickup: "Pick up at the store", shipment: "Ship it", name: "Receiver", phone: "Mobile number", address: "Address", total: "Total", member: "Member price {amount}, wholly from prepaid",
  status: { unpaid: "to be paid", paying: "being paid", paid: "paid", shipped: "shipped", completed: "completed", cancelled: "cancelled", expired: "expired", returned: "refunded" },
  pay: "Pay {amount}", payPrepaid: "Pay {amount} from prepaid", paid: "Paid", cancelledPay: "You cancelled the payment; you can pay again.", failed: "The payment was not completed. Please try again.", unsure: "The payment is being confirmed. Look again later.",
  payNote: "Pay: rebate and experience gold first, WeChat the rest. From prepaid: at member prices.", help: "Ask customer service about this order", cancel: "Cancel the order", receive: "It has arrived", extend: "More time", code: "Pick-up code", codeNote: "Show it at the store.", renew: "New pick-up code", parcel: "Parcel", number: "No. {number}", copy: "Copy the number", copied: "Copied", returned: "{amount} returned", sure: "Cancel it? What was paid goes back.", arrived: "Did it arrive? The store is then paid.",
  gift: "A prize: its campaign has paid it.", sureGift: "Give this prize up? Its money goes back to the campaign, and it cannot be claimed again.", giveUp: "Give the prize up", ready: "It lies ready: show the code at the store.",
  piecesBack: "{count} given back", cancelledAndReturned: "cancelled and refunded",
  happened: { not_paid: "not paid", ready: "ready to be picked up", shipment_corrected: "parcel put right", extended: "more time given", store_closed: "the store closes", refunded: "refunded by the store", refunded_in_part: "refunded in part", not_handed_over: "not handed over in time, refunded", called_back: "prize called back" },
  until: { pay: "Pay before {time}, or it is cancelled", pickUp: "Pick it up before {time}, or it is refunded", giftPickUp: "Pick it up before {time}, or the prize is lost", ship: "To be shipped before {time}, or it is refunded", giftShip: "To be shipped before {time}, or the prize is lost", receive: "Counts as received on {time}" },
};

/** What the pages of orders say; loaded with them. */
export const orderTexts = (): typeof zh => (isEnglish() ? en : zh);

/** What happened to an order: not every step brings it to another status. */
export function stepName({ step, status }: Pick<OrderViewOrderStepView, "step" | "status">): string {
  const t = orderTexts();
  if (step === "cancelled" && status === "returned") return t.cancelledAndReturned;
  return t.happened[step] ?? t.status[status];
}

/** WeChat's codes of the companies that the stores' desk offers, as buyers know them. */
const carriers: Record<string, [string, string]> = {
  SF: ["顺丰速运", "SF Express"], ZTO: ["中通快递", "ZTO Express"], YTO: ["圆通速递", "YTO Express"], STO: ["申通快递", "STO Express"], YD: ["韵达快递", "Yunda Express"],
  JD: ["京东物流", "JD Logistics"], EMS: ["中国邮政 EMS", "EMS"], JTSD: ["极兔速递", "J&T Express"], DBL: ["德邦快递", "Deppon Express"],
};

/** The name of whoever carries a parcel; its code where it is another's. */
export function carrierName(code: string): string {
  return carriers[code]?.[isEnglish() ? 1 : 0] ?? code;
}
