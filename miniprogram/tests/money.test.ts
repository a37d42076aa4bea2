import { describe, expect, test } from "vitest";
import { day, minute } from "@/services/moments";
import { fenOf, yuan } from "@/services/money";

describe("money is integers of fen", () => {
  test.each([[0, "¥0.00"], [5, "¥0.05"], [100, "¥1.00"], [123456, "¥1,234.56"], [100000000, "¥1,000,000.00"], [-250, "−¥2.50"]])("%i fen is %s", (fen, text) => {
    expect(yuan(fen)).toBe(text);
  });
  test.each([["12.5", 1250], ["0.29", 29], ["1.005", null], ["", null], ["abc", null], ["1e3", null], ["-1", null], [" 8 ", 800], ["19.99", 1999], ["12345678", null], ["3.", 300]])("what was typed, %s, is %s fen", (text, fen) => {
    expect(fenOf(text)).toBe(fen);
  });
});

test("days and minutes are those of Beijing", () => {
  expect(day("2026-11-22T16:00:00+00:00")).toBe("2026-11-23");
  expect(minute("2026-11-22T15:59:00Z")).toBe("11-22 23:59");
});
