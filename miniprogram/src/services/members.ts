import { platform } from "@/platform";
import type { BindingView, GiftView, IntroductionView, InviteCode, MemberSessions, MemberView, OwnRewardPage, TermsView } from "./api";
import { keyOf, settle } from "./keys";
import { ask, orNull } from "./request";
import * as session from "./session";

export const me = () => ask<MemberView>("GET", "/me");
export const binding = () => ask<BindingView>("GET", "/me/binding");
export const inviteCode = () => ask<InviteCode>("GET", "/me/invite-code");
export function rewards(after: string | null = null): Promise<OwnRewardPage> {
  const query = after ? `?after=${after}` : "";
  return ask("GET", `/me/rewards${query}`);
}
const REWARDS_PAGE = 50;
/** Whether so many rewards may be followed by more. */
export const mayFollow = (count: number) => count > 0 && count % REWARDS_PAGE === 0;
export const introduction = () => ask<IntroductionView>("GET", "/membership", { isPublic: true });
export const terms = () => ask<TermsView>("GET", "/me/membership-terms");
export const gift = () => ask<GiftView>("GET", "/me/welcome-gift");

export function consent(version: string): Promise<TermsView> {
  return ask("PUT", "/me/membership-terms", { body: { version, door: platform.door } });
}

/** Signs out here: the session is over for whoever has its token. Without an answer it ends by
 * itself, within hours. */
export async function leave(): Promise<void> {
  await ask<void>("DELETE", "/sessions/current", { isPublic: true }).catch(() => undefined);
  session.leave();
}

/** Where one is signed in, this place first. */
export const sessions = () => ask<MemberSessions>("GET", "/sessions");

/** Signs out in one other place; where it is over already there is nothing left to do. */
export async function endSession(name: string): Promise<void> {
  await orNull(ask<void>("DELETE", `/sessions/${name}`));
}

/** Signs out on every phone, this one too. */
export async function leaveEverywhere(): Promise<void> {
  await ask<void>("DELETE", "/sessions");
  session.leave();
}

export async function takeGift(): Promise<GiftView> {
  const body = { is_agreed: true };
  const given = await ask<GiftView>("POST", "/me/welcome-gift", { body, key: keyOf("gift", body) });
  settle("gift");
  return given;
}
