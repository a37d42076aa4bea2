import { platform } from "@/platform";
import type { OpenPaymentsView, PaymentSettingsView, PaymentCodeView, PaymentView, PriceView, ReceiptView } from "./api";
import { isRepeated, keyOf, newKey, settle } from "./keys";
import { Problem } from "./problem";
import type { Proof } from "./proof";
import { ask } from "./request";
import { untilSettled } from "./watching";

export type Purse = "prepaid" | "experience" | "rebate" | "wechat";
export interface PayWish {
  store_id: string;
  amount_fen: number;
  purses: Purse[];
  /** The scanned code, where an amount was fixed by the merchant. */
  code?: string;
}
export interface Paid {
  payment: PaymentView;
  outcome: "paid" | "cancelled" | "failed" | "unsure";
}

const SUBJECT = "payment";

export function preview(storeId: string, amountFen: number): Promise<PriceView> {
  return ask("GET", `/payments/preview?store_id=${storeId}&amount_fen=${amountFen}`);
}

export const payment = (id: string) => ask<PaymentView>("GET", `/payments/${id}`);
export const receipt = (id: string) => ask<ReceiptView>("GET", `/payments/${id}/receipt`);
export const code = () => ask<PaymentCodeView>("GET", "/me/payment-code");
export const settings = () => ask<PaymentSettingsView>("GET", "/me/payment-settings");
export const waiting = () => ask<OpenPaymentsView>("GET", "/me/open-payments");

export function choosePurses(purses: Purse[]): Promise<PaymentSettingsView> {
  return ask("PUT", "/me/payment-settings", { body: { purses } });
}

/** Sets a PIN: with the old one, else after a fresh login. */
export async function setPin(pin: string, oldPin: string | null): Promise<PaymentSettingsView> {
  const code = oldPin ? null : await platform.loginCode();
  const proof = oldPin ? { old_pin: oldPin } : code ? { login_code: code } : {};
  return ask("PUT", "/me/payment-pin", { body: { pin, ...proof } });
}

/** The rule of the product: six digits, neither one repeated nor a run. */
export function isPin(text: string): boolean {
  if (!/^\d{6}$/.test(text)) return false;
  const steps = new Set([...text].slice(1).map((digit, place) => Number(digit) - Number(text[place])));
  return !(steps.size === 1 && [...steps].every((step) => Math.abs(step) <= 1));
}

/** Pays at a store; where WeChat pays a part, its sheet opens. The product's word counts, not the
 * sheet's. The same wish again goes on where it stopped. */
export async function pay(wish: PayWish, proof: Proof): Promise<Paid> {
  const body = { ...wish, app: platform.app };
  const isAgain = isRepeated(SUBJECT, body);
  const answer = await ask<PaymentView>("POST", "/payments", { body, key: keyOf(SUBJECT, body), proof });
  const paid = await finish(isAgain ? { ...answer, ...(await payment(answer.id)), wechat_pay_parameters: answer.wechat_pay_parameters } : answer);
  if (paid.outcome !== "unsure") settle(SUBJECT);
  return paid;
}

/** Goes on with a payment that may wait for WeChat. */
export async function finish(started: PaymentView): Promise<Paid> {
  if (started.status !== "awaiting" || !started.wechat_pay_parameters) {
    return { payment: started, outcome: ended(started) };
  }
  const outcome = await platform.pay(started.wechat_pay_parameters as Record<string, string>);
  if (outcome !== "ok") {
    const left = await callOff(started.id);
    return { payment: left, outcome: left.status === "paid" ? "paid" : outcome };
  }
  const settled = await untilSettled(() => payment(started.id), (found) => found.status !== "awaiting");
  return { payment: settled, outcome: ended(settled) };
}

function ended({ status }: PaymentView): Paid["outcome"] {
  if (status === "paid" || status === "refunded") return "paid";
  return status === "awaiting" || status === "confirming" ? "unsure" : "cancelled";
}

/** Gives a payment up: its purses are free again. If it has ended already, what it came to counts. */
export async function callOff(id: string): Promise<PaymentView> {
  try {
    return await ask("POST", `/payments/${id}/cancel`, { key: newKey() });
  } catch (problem) {
    if (problem instanceof Problem && problem.code === "payment_not_open") return payment(id);
    throw problem;
  }
}

/** Lets a till take what is above the free limits: by the PIN, or by a fresh log-in without one. */
export async function confirm(id: string, { pin, loginCode }: Proof): Promise<PaymentView> {
  const body = pin ? { pin } : loginCode ? { login_code: loginCode } : {};
  return ask("POST", `/payments/${id}/confirm`, { body, key: newKey() });
}
