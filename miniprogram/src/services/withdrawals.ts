import { platform } from "@/platform";
import type { AcceptedWithdrawal, LeaveView, QuoteView, WithdrawalsView, WithdrawalsViewWithdrawalView } from "./api";
import { keyOf, newKey, settle } from "./keys";
import { Problem } from "./problem";
import type { Proof } from "./proof";
import { ask, orNull } from "./request";
import { untilSettled } from "./watching";

export type Withdrawal = WithdrawalsViewWithdrawalView;

const SUBJECT = "withdrawal";
/** On its way without the person: something more may happen within seconds. */
const PASSING = new Set(["held", "approved", "sending"]);
const OVER = new Set(["paid", "returned", "rejected", "cancelled"]);
/** Nothing was sent yet, or the person has not accepted it. */
const STILL_HERE = new Set(["held", "reviewing", "approved", "waiting_confirmation"]);
const PAGE = 20;

export const withdrawal = (id: string) => ask<Withdrawal>("GET", `/withdrawals/${id}`);

export function list(before: string | null): Promise<WithdrawalsView> {
  return ask("GET", `/me/withdrawals?limit=${PAGE}${before ? `&before=${before}` : ""}`);
}

export function quote(amountFen: number): Promise<QuoteView> {
  return ask("GET", `/me/withdrawal-quote?amount_fen=${amountFen}`);
}

/** Asks for rebate to be paid out; the money is held at once. */
export async function request(amountFen: number, proof: Proof): Promise<Withdrawal> {
  const body = { amount_fen: amountFen, app: platform.app };
  const accepted = await ask<AcceptedWithdrawal>("POST", "/withdrawals", { body, key: keyOf(SUBJECT, body), proof });
  settle(SUBJECT);
  return untilSettled(() => withdrawal(accepted.id), ({ status }) => !PASSING.has(status));
}

/** WeChat asks the person to accept the money; what the product says afterwards counts. */
export async function accept(found: Withdrawal): Promise<Withdrawal> {
  const fresh = await withdrawal(found.id);
  if (!fresh.confirmation) return fresh;
  const outcome = await platform.confirmTransfer(fresh.confirmation);
  if (outcome === "failed") throw new Problem({ status: 0, code: "not_confirmed" });
  if (outcome === "cancelled") return fresh;
  return untilSettled(() => withdrawal(found.id), ({ status }) => status !== "waiting_confirmation" && !PASSING.has(status));
}

export const isOpen = ({ status }: Withdrawal) => !OVER.has(status);
export const mayBeTakenBack = ({ status, is_asked_back }: Withdrawal) => STILL_HERE.has(status) && !is_asked_back;
/** Whether a page of so many may be followed by another. */
export const mayFollow = (count: number) => count > 0 && count % PAGE === 0;

/** Takes it back while nothing was sent, or what was sent was not accepted. */
export function takeBack(id: string): Promise<Withdrawal> {
  return ask("POST", `/withdrawals/${id}/cancel`, { key: newKey() });
}

/** The leave to be paid without confirming each withdrawal (免确认收款); null: never asked for. */
export const leave = () => orNull(ask<LeaveView>("GET", "/me/receiving-leave"));

/** Has WeChat ask for the leave, and the person answer; what the product says afterwards counts.
 * Only the mini-program can: the leave is given to it. */
export async function giveLeave(): Promise<LeaveView> {
  await ask<LeaveView>("POST", "/me/receiving-leave");
  const look = () => ask<LeaveView>("GET", "/me/receiving-leave");
  const asked = await untilSettled(look, ({ status }) => status !== "asking");
  if (asked.status !== "waiting" || !asked.confirmation) return asked;
  const outcome = await platform.confirmTransfer(asked.confirmation);
  if (outcome === "failed") throw new Problem({ status: 0, code: "not_confirmed" });
  return outcome === "cancelled" ? asked : untilSettled(look, ({ status }) => status !== "waiting");
}

export const giveLeaveUp = () => ask<LeaveView>("DELETE", "/me/receiving-leave");
