import Taro from "@tarojs/taro";

export type PageName =
  | "home" | "stores" | "store" | "pay" | "receipt" | "code" | "wallet" | "statement" | "top-up"
  | "rebates" | "withdraw" | "invite" | "join" | "terms" | "me"
  | "benefits" | "lottery" | "claim" | "queue" | "promotion"
  | "errands" | "errand" | "post-errand"
  | "orders" | "order" | "buy" | "cart"
  | "real-name" | "privacy" | "messages" | "settings" | "top-up-refund" | "tickets" | "ticket" | "level" | "binding" | "salesperson" | "merchant-applications" | "devices";
type Query = Record<string, string | number | undefined>;

export function pathOf(name: PageName, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = given.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join("&");
  return `/pages/${name}/index${text ? `?${text}` : ""}`;
}

export function go(name: PageName, query?: Query): void {
  void Taro.navigateTo({ url: pathOf(name, query) });
}

/** Instead of this page: what is over cannot be gone back to. */
export function swap(name: PageName, query?: Query): void {
  void Taro.redirectTo({ url: pathOf(name, query) });
}

/** One of the four main pages, or wherever somebody wanted to be before they logged in. */
export function open(url: string): void {
  void Taro.reLaunch({ url });
}

export function back(): void {
  if (Taro.getCurrentPages().length > 1) void Taro.navigateBack();
  else open(pathOf("home"));
}
