import { expect, test } from "vitest";
import { stepsOf } from "@/services/errands";

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
