import { expect, test } from "vitest";
import { mayFollow, type Order, priceOf } from "@/services/orders";

test("an order comes to its member price only where prepaid money alone pays", () => {
  const order = { amount_fen: 1_000, member_amount_fen: 900 } as Order;
  expect(priceOf(order, ["prepaid"])).toBe(900);
  expect(priceOf(order, ["rebate", "experience", "wechat"])).toBe(1_000);
});

test("only a full page may be followed by another", () => {
  expect([0, 1, 20, 21, 40].map(mayFollow)).toEqual([false, false, true, false, true]);
});
