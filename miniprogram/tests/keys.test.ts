import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetAttempts, isRepeated, keyOf, newKey, settle } from "@/services/keys";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

beforeEach(() => sessionStorage.clear());
afterEach(() => void vi.useRealTimers());

test("the same wish keeps its key until it is settled, also over a reload", () => {
  const wish = { store_id: "s", amount_fen: 100 };
  const key = keyOf("payment", wish);
  expect(key).toMatch(UUID);
  expect(keyOf("payment", { ...wish })).toBe(key);
  settle("payment");
  expect(keyOf("payment", wish)).not.toBe(key);
});

test("the same wish is a new one after ten minutes: nobody is shown the payment of yesterday", () => {
  vi.useFakeTimers({ now: 0 });
  const key = keyOf("payment", { amount_fen: 2_500 });
  vi.setSystemTime(599_000);
  expect(isRepeated("payment", { amount_fen: 2_500 })).toBe(true);
  expect(keyOf("payment", { amount_fen: 2_500 })).toBe(key);
  vi.setSystemTime(600_000);
  expect(isRepeated("payment", { amount_fen: 2_500 })).toBe(false);
  expect(keyOf("payment", { amount_fen: 2_500 })).not.toBe(key);
});

test("nothing of what was wished stays on the phone, and nothing at all after signing out", () => {
  keyOf("order", { receiver: { name: "李雷", phone: "13800001111" } });
  expect(JSON.stringify(Object.entries({ ...sessionStorage }))).not.toMatch(/13800001111|李雷/);
  forgetAttempts();
  expect(isRepeated("order", { receiver: { name: "李雷", phone: "13800001111" } })).toBe(false);
});

test("another wish has a key of its own", () => {
  expect(keyOf("payment", { amount_fen: 100 })).not.toBe(keyOf("payment", { amount_fen: 101 }));
});

test("keys are random", () => {
  expect(new Set(Array.from({ length: 200 }, newKey)).size).toBe(200);
});
