import Taro from "@tarojs/taro";

// A page is kept apart from the pages of other windows of the same browser by the window's name:
// two frames side by side may be two people. In the mini-program there is one person.
const IS_PAGE = process.env.TARO_ENV === "h5";
const prefix = IS_PAGE && window.name ? `lianhui:${window.name}:` : "lianhui:";

export function remember(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  if (IS_PAGE) sessionStorage.setItem(prefix + name, text);
  else Taro.setStorageSync(prefix + name, text);
}

export function recall<T>(name: string): T | null {
  const text: string | null = IS_PAGE ? sessionStorage.getItem(prefix + name) : Taro.getStorageSync(prefix + name);
  return text ? (JSON.parse(text) as T) : null;
}

export function forget(name: string): void {
  if (IS_PAGE) sessionStorage.removeItem(prefix + name);
  else Taro.removeStorageSync(prefix + name);
}
