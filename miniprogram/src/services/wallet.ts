import type { ExplanationView, StatementView, WalletView } from "./api";
import { ask } from "./request";

/** What one can pay with, in the order of the wallet page. */
export const SPENDABLE = ["prepaid_principal", "prepaid_bonus", "experience", "rebate"];
export const REBATES = new Set(["rebate", "rebate_pending"]);

export const wallet = () => ask<WalletView>("GET", "/me/wallet");

export function statement(cursor: string | null, limit = 20): Promise<StatementView> {
  return ask("GET", `/me/statement?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
}

const SEARCHED_LINES = 100;
const SEARCHED_PAGES = 40;

/** The entry with which a payment brought the member something, however long ago: the statement is
 * read back to before the payment. Null where there is none. */
export async function entryOf(paymentId: string, paidAt: string): Promise<string | null> {
  let cursor: string | null = null;
  for (let turn = 0; turn < SEARCHED_PAGES; turn += 1) {
    const page: StatementView = await statement(cursor, SEARCHED_LINES);
    const mine = page.lines.find((line) => line.reference_id === paymentId && line.kind === "distribution");
    if (mine) return mine.entry_id;
    cursor = page.next_cursor;
    const last = page.lines[page.lines.length - 1];
    if (!cursor || (last && Date.parse(last.at) < Date.parse(paidAt))) break;
  }
  return null;
}

/** Why an entry is what it is. */
export function explanation(entryId: string): Promise<ExplanationView> {
  return ask("GET", `/entries/${encodeURIComponent(entryId)}/explanation`);
}

export function spendable(found: WalletView): number {
  return SPENDABLE.reduce((sum, name) => sum + (found.purses[name]?.balance_fen ?? 0), 0);
}
