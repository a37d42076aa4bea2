import type { BindingEvidenceView, CarriedView, DisputeList, DisputeView, LevelGiftView, MemberLevels, OwnLevel, ReceivedList, SentList, SentView } from "./api";
import { keyOf, settle } from "./keys";
import { ask } from "./request";

export const evidence = () => ask<BindingEvidenceView>("GET", "/me/binding/evidence");
export const disputes = () => ask<DisputeList>("GET", "/me/binding/disputes");
export const carried = () => ask<CarriedView>("GET", "/me/difference-code");

/** Says that one's binding is wrong: one dispute at a time is open. */
export function dispute(reason: string): Promise<DisputeView> {
  return ask("POST", "/me/binding/disputes", { body: { reason } });
}

export const received = () => ask<ReceivedList>("GET", "/me/invitations/received");
export const confirm = (id: string) => ask<unknown>("POST", `/me/invitations/received/${id}/confirm`);
export const decline = (id: string) => ask<void>("POST", `/me/invitations/received/${id}/decline`);

export const sent = () => ask<SentList>("GET", "/me/invitations");
export const withdraw = (id: string) => ask<SentView>("DELETE", `/me/invitations/${id}`);

/** Invites a phone number: what comes back is the same whoever it belongs to. */
export function invite(phone: string): Promise<SentView> {
  return ask("POST", "/me/invitations", { body: { phone } });
}

export const levels = () => ask<MemberLevels>("GET", "/member-levels", { isPublic: true });
export const level = () => ask<OwnLevel>("GET", "/me/level");

/** Takes the gift of a level: once in its time. */
export async function takeLevelGift(id: string): Promise<LevelGiftView> {
  const subject = `level:${id}`;
  const taken = await ask<LevelGiftView>("POST", `/me/level-gifts/${id}`, { key: keyOf(subject, {}) });
  settle(subject);
  return taken;
}
