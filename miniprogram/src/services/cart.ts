import type { CartView, CartViewCartLine, CartViewCartStore, PlacedOrders } from "./api";
import { keyOf, settle } from "./keys";
import type { Order, Receiver } from "./orders";
import { ask } from "./request";

export type Line = CartViewCartLine;
export type Store = CartViewCartStore;
export type Delivery = "pickup" | "shipment";

const MOST_PIECES = 999;
const MOST_LINES = 50;

export const cart = () => ask<CartView>("GET", "/me/cart");

/** Says how many pieces of an offer are in the cart; 0 takes it out. */
export function put(offerId: string, quantity: number): Promise<CartView> {
  return ask("PUT", `/me/cart/${encodeURIComponent(offerId)}`, { body: { quantity: Math.min(quantity, MOST_PIECES) } });
}

/** So many pieces more. */
export async function add(offerId: string, quantity: number): Promise<CartView> {
  const { stores } = await cart();
  const known = stores.flatMap((store) => store.lines).find((line) => line.offer_id === offerId);
  return put(offerId, (known?.quantity ?? 0) + quantity);
}

/** What of the cart can be ordered in this way: one checkout takes so many lines. */
export function orderable(found: CartView, delivery: Delivery): Line[] {
  const lines = found.stores.flatMap((store) => store.lines);
  return lines.filter((line) => line.is_available && line.deliveries.includes(delivery)).slice(0, MOST_LINES);
}

export function sum(lines: Line[]): { fen: number; memberFen: number } {
  return lines.reduce(
    ({ fen, memberFen }, line) => ({
      fen: fen + line.price_fen * line.quantity,
      memberFen: memberFen + (line.member_price_fen ?? line.price_fen) * line.quantity,
    }),
    { fen: 0, memberFen: 0 },
  );
}

/** Orders these lines at once: an order for each store and supplier, each to be paid by itself. */
export async function checkOut(lines: Line[], receiver: Receiver | null): Promise<Order[]> {
  const items = lines.map(({ offer_id, quantity }) => ({ offer_id, quantity }));
  const body = { items, delivery: receiver ? "shipment" : "pickup", ...(receiver ? { receiver } : {}) };
  const placed = await ask<PlacedOrders>("POST", "/orders", { body, key: keyOf("cart", body) });
  settle("cart");
  return placed.orders as Order[];
}
