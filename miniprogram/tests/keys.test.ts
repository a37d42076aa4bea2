import { beforeEach, expect, test } from "vitest";
import { keyOf, newKey, settle } from "@/services/keys";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

beforeEach(() => sessionStorage.clear());

test("the same wish keeps its key until it is settled, also over a reload", () => {
  const wish = { store_id: "s", amount_fen: 100 };
  const key = keyOf("payment", wish);
  expect(key).toMatch(UUID);
  expect(keyOf("payment", { ...wish })).toBe(key);
  settle("payment");
  expect(keyOf("payment", wish)).not.toBe(key);
});

test("another wish has a key of its own", () => {
  expect(keyOf("payment", { amount_fen: 100 })).not.toBe(keyOf("payment", { amount_fen: 101 }));
});

test("keys are random", () => {
  expect(new Set(Array.from({ length: 200 }, newKey)).size).toBe(200);
});
