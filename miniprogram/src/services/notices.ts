import { platform } from "@/platform";
import type { MailingConsentView, NoticeList, NoticePreferences } from "./api";
import { ask } from "./request";

export interface Wishes {
  /** Whether each kind that can be declined is wanted. */
  wanted: Record<string, boolean>;
  /** Kinds that are always told: they are about one's money and membership. */
  fixed: string[];
  mailing: MailingConsentView;
}

/** Service messages are told to who agreed to them, and only while their kind is wanted, too. */
const MAILING = "member.offer";

/** Words of a chat: what is a link there is its text here. */
export const plain = (text: string) => text.replace(/<a href="[^"]*">([^<]*)<\/a>/g, "$1").trim();

const PAGE = 50;

/** What one was told, the newest first, before an id. */
export function told(before: string | null = null): Promise<NoticeList> {
  return ask("GET", `/me/notices?limit=${PAGE}${before ? `&before=${before}` : ""}`);
}
/** Whether a page of so many may be followed by another. */
export const mayFollow = (count: number) => count > 0 && count % PAGE === 0;

export async function wishes(): Promise<Wishes> {
  const [preferences, mailing] = await Promise.all([
    ask<NoticePreferences>("GET", "/me/notice-preferences"),
    ask<MailingConsentView>("GET", "/me/service-messages"),
  ]);
  return arranged(preferences, mailing);
}

export function arranged({ preferences }: NoticePreferences, mailing: MailingConsentView): Wishes {
  const wanted: Record<string, boolean> = {};
  for (const each of preferences) if (each.can_decline) wanted[each.kind] = each.wanted;
  const isAgreed = mailing.is_consented && wanted[MAILING] !== false;
  delete wanted[MAILING];
  const fixed = preferences.filter((each) => !each.can_decline).map((each) => each.kind);
  return { wanted, fixed, mailing: { ...mailing, is_consented: isAgreed } };
}

export function want(kind: string, isWanted: boolean): Promise<NoticePreferences> {
  return ask("PUT", "/me/notice-preferences", { body: { preferences: [{ kind, wanted: isWanted }] } });
}

/** Agrees to service messages in the text that was shown, or withdraws. Whoever declined them in
 * the chat (退订) wants them again by that. */
export async function agree(version: string, isAgreed: boolean): Promise<void> {
  const body = isAgreed ? { is_consented: true, version, door: platform.door } : { is_consented: false };
  await ask<MailingConsentView>("PUT", "/me/service-messages", { body });
  if (isAgreed) await want(MAILING, true);
}
