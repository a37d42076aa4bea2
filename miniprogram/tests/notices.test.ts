import { expect, test } from "vitest";
import { plain } from "@/services/notices";

test("what is a link in the chat is its words in a list", () => {
  expect(plain('工单有了新回复。<a href="https://example.test/t?x=1">查看回复</a>')).toBe("工单有了新回复。查看回复");
  expect(plain("满 3 < 5 件")).toBe("满 3 < 5 件");
});
