import { expect, test } from "vitest";
import { orderable, sum, type Line } from "@/services/cart";
import { isCard, isIdNumber, isMobile, isName } from "@/services/identity";
import { arranged } from "@/services/notices";
import { isPin } from "@/services/payments";
import type { CartView, NoticePreferences } from "@/services/api";

test.each([["李雷", true], ["阿卜杜拉·买买提", true], ["李 雷", true], ["李", false], ["Li Lei", false], ["李雷1", false], ["·李雷", false]])("%s as a name: %s", (text, isRight) => {
  expect(isName(text)).toBe(isRight);
});

test("an ID number is right when its last character follows from the others", () => {
  expect(["11010519491231002X", "11010519491231002x", " 110105 19491231 002X "].map(isIdNumber)).toEqual([true, true, true]);
  expect(["110105194912310021", "11010519491231002", "1101051949123100XX", ""].map(isIdNumber)).toEqual([false, false, false, false]);
});

test("mobile numbers and cards are looked at as the product does", () => {
  expect(["13800000000", "+86 138 0000 0000", "12800000000", "1380000000"].map(isMobile)).toEqual([true, true, false, false]);
  expect(["6222 0212 3456 7891", "4111 1111 1111 1111", "411111111111111"].map(isCard)).toEqual([false, true, false]);
});

test.each([["730518", true], ["111111", false], ["123456", false], ["987654", false], ["135791", true], ["12345", false], ["12345a", false]])("%s as a PIN: %s", (text, isRight) => {
  expect(isPin(text)).toBe(isRight);
});

const line = (id: string, deliveries: string[], more: Partial<Line> = {}) => ({ offer_id: id, deliveries, quantity: 2, price_fen: 100, member_price_fen: null, is_available: true, ...more }) as Line;

test("one checkout takes what is there and comes in the wished way; sums are in fen", () => {
  const lines = [line("a", ["pickup"]), line("b", ["pickup", "shipment"], { member_price_fen: 90 }), line("c", ["pickup"], { is_available: false })];
  const cart = { stores: [{ lines }] } as unknown as CartView;
  expect(orderable(cart, "pickup").map((each) => each.offer_id)).toEqual(["a", "b"]);
  expect(orderable(cart, "shipment").map((each) => each.offer_id)).toEqual(["b"]);
  expect(sum(orderable(cart, "pickup"))).toEqual({ fen: 400, memberFen: 380 });
});

test("service messages are on only where they are agreed to and their kind is wanted", () => {
  const kinds = (isWanted: boolean) => ({ preferences: [{ kind: "member.offer", wanted: isWanted, can_decline: true, title: "" }, { kind: "member.paid", wanted: true, can_decline: false, title: "" }] }) as NoticePreferences;
  const consent = { version: "1", text: "", is_consented: true };
  expect(arranged(kinds(true), consent).mailing.is_consented).toBe(true);
  expect(arranged(kinds(false), consent).mailing.is_consented).toBe(false);
  expect(arranged(kinds(true), consent)).toMatchObject({ wanted: {}, fixed: ["member.paid"] });
});
