import { expect, test } from "vitest";
import { percent, whole } from "@/services/benefits";

test("odds in millionths are read as percent, small ones too", () => {
  expect([1_000_000, 100_000, 1_000, 1].map(percent)).toEqual(["100 %", "10 %", "0.1 %", "0.0001 %"]);
});

test("a link for others carries its origin, and only once", () => {
  expect(whole("/queue")).toBe(`${window.location.origin}/queue`);
  expect(whole("https://lianhui.example/queue")).toBe("https://lianhui.example/queue");
});
