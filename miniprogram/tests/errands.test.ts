import { expect, test } from "vitest";
import { amountOf, feeOf, stepsOf } from "@/services/errands";

test("the poster pays and disputes, the runner proves; nobody is offered the other's steps", () => {
  expect(stepsOf("posted", "delivered")).toEqual(["confirm", "dispute"]);
  expect(stepsOf("run", "taken")).toContain("pick-up");
  expect(stepsOf("run", "delivered")).not.toContain("confirm");
  expect(stepsOf("posted", "taken")).not.toContain("pick-up");
});

test("nothing can be done with an errand that has ended", () => {
  for (const status of ["completed", "decided", "cancelled", "expired"] as const) {
    expect([...stepsOf("posted", status), ...stepsOf("run", status)]).toEqual([]);
  }
});

test("a runner is told what they get, a poster what they pay", () => {
  const open = { reward_fen: 2_000, fee_fen: 200, runner_fen: 0, charged_fen: 0, ended_at: null };
  expect([amountOf("posted", open), amountOf("run", open), feeOf("run", open)]).toEqual([2_000, 1_800, 200]);
  const halved = { ...open, runner_fen: 900, charged_fen: 100, ended_at: "2026-11-23T00:00:00Z" };
  expect([amountOf("posted", halved), amountOf("run", halved), feeOf("run", halved)]).toEqual([2_000, 900, 100]);
});
