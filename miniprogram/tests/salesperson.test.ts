import { expect, test } from "vitest";
import { monthBeside, monthOf } from "@/services/salesperson";

test("months follow each other over the end of a year", () => {
  expect([monthBeside("2026-01", -1), monthBeside("2026-12", 1), monthBeside("2026-11", 0)]).toEqual(["2025-12", "2027-01", "2026-11"]);
});

test("a month begins when it does in Shanghai", () => {
  expect([monthOf(Date.parse("2026-10-31T15:59:59Z")), monthOf(Date.parse("2026-10-31T16:00:00Z"))]).toEqual(["2026-10", "2026-11"]);
});
