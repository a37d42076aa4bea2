import type { ExplanationView, StatementView, WalletView } from "./api";
import { ask } from "./request";

/** What one can pay with, in the order of the wallet page. */
export const SPENDABLE = ["prepaid_principal", "prepaid_bonus", "experience", "rebate"];
export const REBATES = new Set(["rebate", "rebate_pending"]);

export const wallet = () => ask<WalletView>("GET", "/me/wallet");

export function statement(cursor: string | null, limit = 20): Promise<StatementView> {
  return ask("GET", `/me/statement?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
}

/** Why an entry is what it is. */
export function explanation(entryId: string): Promise<ExplanationView> {
  return ask("GET", `/entries/${encodeURIComponent(entryId)}/explanation`);
}

export function spendable(found: WalletView): number {
  return SPENDABLE.reduce((sum, name) => sum + (found.purses[name]?.balance_fen ?? 0), 0);
}
