import { expect, test } from "vitest";
import { decidedByTime, inFours, mayFollow, type Order, priceOf } from "@/services/orders";
import { carrierName, stepName } from "@/texts/orders";

test("an order comes to its member price only where prepaid money alone pays", () => {
  const order = { amount_fen: 1_000, member_amount_fen: 900 } as Order;
  expect(priceOf(order, ["prepaid"])).toBe(900);
  expect(priceOf(order, ["rebate", "experience", "wechat"])).toBe(1_000);
});

test("only a full page may be followed by another", () => {
  expect([0, 1, 20, 21, 40].map(mayFollow)).toEqual([false, false, true, false, true]);
});

test("a buyer is told what time decides of an order, and of a prize", () => {
  const told = (status: Order["status"], delivery: Order["delivery"], isGift = false) => decidedByTime({ status, delivery, is_gift: isGift });
  expect([told("unpaid", "pickup"), told("paid", "pickup"), told("paid", "shipment"), told("shipped", "shipment")]).toEqual(["pay", "pickUp", "ship", "receive"]);
  expect([told("paid", "pickup", true), told("paid", "shipment", true)]).toEqual(["giftPickUp", "giftShip"]);
  expect([told("paying", "pickup"), told("completed", "pickup"), told("returned", "shipment")]).toEqual([null, null, null]);
});

test("a pick-up code is read out four digits at a time", () => {
  expect(inFours("233287249973")).toEqual(["2332", "8724", "9973"]);
  expect(inFours("12345")).toEqual(["1234", "5"]);
});

test("a parcel names who carries it, and an unknown company by its code", () => {
  expect([carrierName("SF"), carrierName("XYZ")]).toEqual(["顺丰速运", "XYZ"]);
});

test("each step of an order has its own name, also where the status stays", () => {
  expect(stepName({ step: "paid", status: "paid" })).toBe("已付款");
  expect(stepName({ step: "refunded_in_part", status: "paid" })).toBe("商家部分退款");
  expect(stepName({ step: "cancelled", status: "cancelled" })).toBe("已取消");
  expect(stepName({ step: "cancelled", status: "returned" })).toBe("已取消并退款");
});
