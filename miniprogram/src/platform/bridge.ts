import type { JsSdkView } from "@/services/api";

// WeChat's own bridge on a page, and its JS-SDK (WeChat facts B9, D5). The bridge comes from the
// app, later than the page; the script `wx` from the address the product is told.

interface Bridge {
  invoke(name: string, wish: Record<string, string>, done: (answer: { err_msg: string }) => void): void;
}
interface Callbacks<T> {
  success(found: T): void;
  cancel?(): void;
  fail?(): void;
}
export interface JsSdk {
  config(wish: Record<string, unknown>): void;
  ready(work: () => void): void;
  error(work: (failure: { errMsg: string }) => void): void;
  scanQRCode(wish: Callbacks<{ resultStr: string }> & { needResult: 0 | 1; scanType: string[] }): void;
  getLocation(wish: Callbacks<{ latitude: number; longitude: number }> & { type: string }): void;
}
declare global {
  interface Window {
    WeixinJSBridge?: Bridge;
    wx?: JsSdk;
  }
}

const PATIENCE_MILLISECONDS = 3_000;
const LOOK_MILLISECONDS = 100;
let configuring: Promise<JsSdk> | null = null;
let allowed = new Set<string>();

async function present<T>(look: () => T | undefined): Promise<T | null> {
  for (let waited = 0; waited <= PATIENCE_MILLISECONDS; waited += LOOK_MILLISECONDS) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  return null;
}

export async function hasBridge(): Promise<boolean> {
  return (await present(() => window.WeixinJSBridge)) !== null;
}

/** What the bridge says: `<name>:ok`, `<name>:cancel`, `<name>:fail…`. */
export async function bridge(name: string, wish: Record<string, string>): Promise<string> {
  const found = await present(() => window.WeixinJSBridge);
  if (!found) return `${name}:fail no bridge`;
  return new Promise((resolve) => found.invoke(name, wish, (answer) => resolve(answer.err_msg)));
}

/** The JS-SDK, signed for this page. Rejects where WeChat refuses the signature. */
export async function configured(names: string[]): Promise<JsSdk> {
  if (configuring && names.every((name) => allowed.has(name))) return configuring;
  allowed = new Set([...allowed, ...names]);
  configuring = configure([...allowed]);
  configuring.catch(() => { configuring = null; });
  return configuring;
}

async function configure(names: string[]): Promise<JsSdk> {
  const wx = await present(() => window.wx);
  if (!wx) throw new Error("no JS-SDK");
  const page = window.location.href.split("#")[0];
  const answer = await fetch(`/api/v1/js-sdk?url=${encodeURIComponent(page)}`);
  if (!answer.ok) throw new Error("not signed");
  const signed = (await answer.json()) as JsSdkView;
  return new Promise((resolve, reject) => {
    wx.error((failure) => reject(new Error(failure.errMsg)));
    wx.ready(() => resolve(wx));
    wx.config({
      debug: false,
      appId: signed.app_id,
      timestamp: Number(signed.timestamp),
      nonceStr: signed.nonce,
      signature: signed.signature,
      jsApiList: names,
    });
  });
}
