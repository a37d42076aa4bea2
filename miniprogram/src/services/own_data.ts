import { platform } from "@/platform";
import type { ConsentView, DeletionOutlook, DeletionView, ExportView, ExportViewPartView, PhoneView, RealNameView } from "./api";
import { ask, orNull } from "./request";

export type Part = ExportViewPartView;
export interface RealNameWish {
  name: string;
  id_number: string;
  phone: string;
  bank_card?: { number: string; bank_name: string };
  consent_version: string;
}

/** The real name in part, or null where none was given. */
export const realName = () => orNull(ask<RealNameView>("GET", "/me/real-name"));
export const consentText = () => ask<ConsentView>("GET", "/real-name/consent", { isPublic: true });

/** Nothing of it is kept on the phone, so it has no key: the same once more changes nothing. */
export function giveRealName(wish: RealNameWish): Promise<RealNameView> {
  return ask("POST", "/real-name", { body: { ...wish, consent_door: platform.app } });
}

export const phone = () => orNull(ask<PhoneView>("GET", "/me/phone"));
/** Gives the number behind the code of WeChat's phone button; the tap on it is the consent. A code is good once. */
export function givePhone(code: string): Promise<PhoneView> {
  return ask("POST", "/me/phone", { body: { code, consent: true } });
}
export const takeBackPhone = () => ask<void>("DELETE", "/me/phone");

const PAUSE_MILLISECONDS = 1_050;

/** Everything that is known of the member, page by page, not faster than the product tells it. */
export async function everything(onRead: (parts: number, rows: number) => void): Promise<ExportView> {
  const found = await ask<ExportView>("GET", "/me/data-export");
  const rows = () => found.parts.reduce((sum, part) => sum + part.rows.length, 0);
  for (const [place, part] of found.parts.entries()) {
    while (part.next_cursor) {
      onRead(place, rows());
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
      const query = `part=${encodeURIComponent(part.name)}&cursor=${encodeURIComponent(part.next_cursor)}`;
      const [next] = (await ask<ExportView>("GET", `/me/data-export?${query}`)).parts;
      part.rows.push(...next.rows);
      part.next_cursor = next.next_cursor;
    }
  }
  onRead(found.parts.length, rows());
  return found;
}

export const deletionOutlook = () => ask<DeletionOutlook>("GET", "/me/deletion");

/** Asks to be erased: every session of the member is over then. */
export function askToBeErased(): Promise<DeletionView> {
  return ask("POST", "/me/deletion", { body: { confirmation: "注销" } });
}
