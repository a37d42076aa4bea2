import { platform } from "@/platform";
import type { AcceptedTopUp, OfferedPlans, RefundOutlookView, TopUpRefundView, TopUpsView, TopUpView } from "./api";
import { isRepeated, keyOf, settle } from "./keys";
import { ask } from "./request";
import { untilSettled } from "./watching";

export interface TopUpWish {
  store_id: string;
  amount_fen: number;
  plan_id?: string;
}
export interface ToppedUp {
  topUp: TopUpView | null;
  outcome: "credited" | "cancelled" | "failed" | "unsure";
}

const SUBJECT = "top-up";

export const plans = (storeId: string) => ask<OfferedPlans>("GET", `/stores/${storeId}/top-up-plans`);
export const topUp = (id: string) => ask<TopUpView>("GET", `/top-ups/${id}`);

export function mine(before: string | null = null): Promise<TopUpsView> {
  return ask("GET", `/me/top-ups?limit=20${before ? `&before=${before}` : ""}`);
}

/** What a refund would come to now: what returns, and what becomes of the bonus. */
export function refundOutlook(id: string, amountFen: number): Promise<RefundOutlookView> {
  return ask("GET", `/top-ups/${id}/refund-outlook?amount_fen=${amountFen}`);
}

/** Has unspent money back, through WeChat to where it came from. */
export async function refund(id: string, amountFen: number): Promise<TopUpRefundView> {
  const subject = `refund:${id}`;
  const body = { amount_fen: amountFen };
  const made = await ask<TopUpRefundView>("POST", `/top-ups/${id}/refund`, { body, key: keyOf(subject, body) });
  settle(subject);
  return made;
}

/** Tops up at the home store. What WeChat's sheet says is no proof; the stored top-up is. */
export async function start(wish: TopUpWish): Promise<ToppedUp> {
  const body = { ...wish, app: platform.app };
  const isAgain = isRepeated(SUBJECT, body);
  const started = await ask<AcceptedTopUp>("POST", "/top-ups", { body, key: keyOf(SUBJECT, body) });
  const before = isAgain ? await topUp(started.id) : null;
  const outcome = before && before.status !== "waiting" ? "ok" : await platform.pay((started.wechat_pay_parameters ?? {}) as Record<string, string>);
  const look = () => topUp(started.id);
  const found = outcome === "ok" ? await untilSettled(look, ({ status }) => status !== "waiting") : await look();
  if (found.status === "waiting") return { topUp: found, outcome: outcome === "ok" ? "unsure" : outcome };
  settle(SUBJECT);
  return { topUp: found, outcome: found.status === "credited" ? "credited" : "failed" };
}
