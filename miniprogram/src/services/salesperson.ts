import type { CommissionView, MySalespersonView } from "./api";
import { Problem } from "./problem";
import { ask } from "./request";

/** The salesperson one is; null: one is none. */
export async function me(): Promise<MySalespersonView | null> {
  try {
    return await ask<MySalespersonView>("GET", "/me/salesperson");
  } catch (cause) {
    if (cause instanceof Problem && cause.status === 404) return null;
    throw cause;
  }
}

/** What a month (2026-11) brought. */
export const commission = (month: string) => ask<CommissionView>("GET", `/me/salesperson/commission?month=${month}`);

/** The month so many before or after one. */
export function monthBeside(month: string, by: number): string {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** The month of a moment in Asia/Shanghai, where it is eight hours later than UTC. */
export const monthOf = (moment: number) => new Date(moment + 8 * 3_600_000).toISOString().slice(0, 7);
