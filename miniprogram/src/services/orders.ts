import { platform } from "@/platform";
import type { OffersViewOfferView, OrderPaymentView, OrdersView, OrdersViewOrderHead, OrderView, PlacedOrders } from "./api";
import { keyOf, newKey, settle } from "./keys";
import type { Proof } from "./proof";
import { ask } from "./request";
import { untilSettled } from "./watching";

export type Order = OrderView;
export type Head = OrdersViewOrderHead;
export type Purse = "prepaid" | "experience" | "rebate" | "wechat";
export interface Receiver {
  name: string;
  phone: string;
  address: string;
}

const PAGE = 20;
const GONE = new Set(["cancelled", "expired"]);

export async function list(before: string | null = null): Promise<Head[]> {
  return (await ask<OrdersView>("GET", `/orders?limit=${PAGE}${before ? `&before=${before}` : ""}`)).orders;
}
/** Orders that wait for their payment, the newest first. */
export async function unpaid(): Promise<Head[]> {
  const found = await Promise.all(["unpaid", "paying"].map((status) => ask<OrdersView>("GET", `/orders?limit=${PAGE}&status=${status}`)));
  return found.flatMap(({ orders }) => orders);
}
/** Whether a page of so many may be followed by another. */
export const mayFollow = (count: number) => count > 0 && count % PAGE === 0;

export const order = (id: string) => ask<Order>("GET", `/orders/${encodeURIComponent(id)}`);
export const offer = (id: string) => ask<OffersViewOfferView>("GET", `/offers/${encodeURIComponent(id)}`, { isPublic: true });

/** Orders pieces of one offer; a receiver means that it is shipped. Nothing is paid by it. */
export async function place(offerId: string, quantity: number, receiver: Receiver | null): Promise<Order> {
  const body = { items: [{ offer_id: offerId, quantity }], delivery: receiver ? "shipment" : "pickup", ...(receiver ? { receiver } : {}) };
  const placed = await ask<PlacedOrders>("POST", "/orders", { body, key: keyOf("order", body) });
  settle("order");
  return placed.orders[0] as Order;
}

/** What an order comes to from these purses: member prices where prepaid money alone pays. */
export function priceOf(found: Order, purses: Purse[]): number {
  return purses.length === 1 && purses[0] === "prepaid" ? found.member_amount_fen : found.amount_fen;
}

/** Pays an order for what was shown; where WeChat pays a part, its sheet opens. */
export async function pay(found: Order, purses: Purse[], proof: Proof): Promise<"paid" | "cancelled" | "failed" | "unsure"> {
  const subject = `order:${found.id}`;
  const body = { expected_fen: priceOf(found, purses), purses, app: platform.app };
  const started = await ask<OrderPaymentView>("POST", `/orders/${found.id}/payment`, { body, key: keyOf(subject, body), proof });
  if (started.wechat_pay_parameters) {
    const outcome = await platform.pay(started.wechat_pay_parameters as Record<string, string>);
    if (outcome !== "ok") {
      settle(subject); // whatever is chosen next ends what was begun
      return outcome;
    }
  }
  const settled = await untilSettled(() => order(found.id), ({ status }) => status !== "paying" && status !== "unpaid");
  if (settled.status === "paying" || settled.status === "unpaid") return "unsure";
  settle(subject);
  return GONE.has(settled.status) ? "failed" : "paid";
}

export const cancel = (id: string) => ask<Order>("POST", `/orders/${id}/cancel`, { key: newKey() });
export const receive = (id: string) => ask<Order>("POST", `/orders/${id}/receipt`, { key: newKey() });
export const extend = (id: string) => ask<Order>("POST", `/orders/${id}/extension`);
export const renewCode = (id: string) => ask<Order>("POST", `/orders/${id}/pickup-code`);

export type Decided = "pay" | "pickUp" | "giftPickUp" | "ship" | "giftShip" | "receive";

/** What happens to an order at its `next_at`; null where time decides nothing. */
export function decidedByTime({ status, delivery, is_gift: isGift }: Pick<Order, "status" | "delivery" | "is_gift">): Decided | null {
  if (status === "unpaid") return "pay";
  if (status === "shipped") return "receive";
  if (status !== "paid") return null;
  if (delivery === "pickup") return isGift ? "giftPickUp" : "pickUp";
  return isGift ? "giftShip" : "ship";
}

/** A code as it is read out: four digits at a time. */
export const inFours = (code: string): string[] => code.match(/.{1,4}/g) ?? [];
