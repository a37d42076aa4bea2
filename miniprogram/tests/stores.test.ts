import { describe, expect, it } from "vitest";
import { payableIn } from "@/services/stores";

const TOKEN = `S${"0".repeat(30)}`;

describe("what can be paid by", () => {
  it("is a token, alone or in an address", () => {
    expect(payableIn(TOKEN)).toBe(TOKEN);
    expect(payableIn(`https://shop.example/api/v1/codes/${TOKEN}/payment`)).toBe(TOKEN);
  });

  it("is the mark of the WeChat code that hangs in a store", () => {
    expect(payableIn(" http://weixin.qq.com/q/02ab_-9Z \n")).toBe("02ab_-9Z");
    expect(payableIn("https://weixin.qq.com/q/02ab")).toBe("02ab");
  });

  it.each(["", "hello", "http://weixin.qq.com/q/", "http://weixin.qq.com/r/02ab", "http://weixin.qq.com.evil.example/q/02ab", "http://weixin.qq.com/q/02ab/../x"])("is not %j", (content) => {
    expect(payableIn(content)).toBeNull();
  });
});
