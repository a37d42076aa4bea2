import { platform, type Place } from "@/platform";
import type { ErrandPage, ErrandPageErrandHead, ErrandPicture, ErrandView, NearbyErrands, RunnerView } from "./api";
import { keyOf, newKey, settle } from "./keys";
import type { Proof } from "./proof";
import { ask, orNull, picture } from "./request";
import type { PictureDoor } from "./uploads";

export type Errand = ErrandView;
export type Head = ErrandPageErrandHead;
export type Status = Head["status"];
export type Role = "posted" | "run";

/** What an errand programme tells in a campaign's `details`. */
export interface Programme {
  reward_minimum_fen: number;
  reward_maximum_fen: number;
  is_prepaid_taken: boolean;
  categories: { code: string; title: string; title_en: string }[];
}
export interface Spot extends Place {
  address: string;
  contact_name: string;
  contact_phone: string;
}
export interface ErrandWish {
  campaign_id: string;
  category: string;
  title: string;
  description: string;
  pictures: string[];
  pick_up: Spot;
  delivery: Spot;
  reward_fen: number;
  purses: ("rebate" | "prepaid")[];
}

export type Step = "take" | "decline" | "give-up" | "confirm";

const SUBJECT = "errand";
/** Who may do what, where: what the product would refuse anyway is not offered. */
const STEPS: Record<Role, Partial<Record<Status, readonly string[]>>> = {
  posted: { open: ["assign", "cancel"], assigned: ["cancel"], taken: ["cancel"], picked_up: ["confirm", "dispute"], delivered: ["confirm", "dispute"] },
  run: { open: ["take"], assigned: ["take", "decline"], taken: ["pick-up", "give-up"], picked_up: ["deliver", "dispute"], delivered: ["dispute"] },
};

export function stepsOf(role: Role, status: Status): readonly string[] {
  return STEPS[role][status] ?? [];
}

export function list(role: Role, before: string | null = null): Promise<ErrandPage> {
  return ask("GET", `/errands?role=${role}&limit=20${before ? `&before=${before}` : ""}`);
}

export function nearby({ latitude, longitude }: Place, after: string | null = null): Promise<NearbyErrands> {
  const query = `latitude=${latitude}&longitude=${longitude}&within_metres=10000&limit=20`;
  return ask("GET", `/errands/nearby?${query}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
}

export const errand = (id: string) => ask<Errand>("GET", `/errands/${encodeURIComponent(id)}`);

/** Posts an errand; its reward is put aside. The same wish again is the same errand. */
export async function post(wish: ErrandWish, proof: Proof): Promise<Errand> {
  const posted = await ask<Errand>("POST", "/errands", { body: wish, key: keyOf(SUBJECT, wish), proof });
  settle(SUBJECT);
  return posted;
}

export const take = (id: string, step: Step) => ask<Errand>("POST", `/errands/${id}/${step}`, { key: newKey() });

/** Shows that it was picked up or delivered: by the code that was shown there, by pictures, or by both. */
export function prove(id: string, step: "pick-up" | "deliver", code: string, pictures: string[]): Promise<Errand> {
  return ask("POST", `/errands/${id}/${step}`, { body: { pictures, ...(code ? { code } : {}) }, key: newKey() });
}

/** Asks one runner: nobody else sees the errand until they have answered. */
export function assign(id: string, runnerId: string): Promise<Errand> {
  return ask("POST", `/errands/${id}/assign`, { body: { runner_id: runnerId }, key: newKey() });
}

/** Somebody who ran for the member before. */
export interface KnownRunner {
  id: string;
  done: number;
  last: Head;
}

const LOOKED_BACK_PAGES = 5;

/** Who finished errands of the member's before, whoever did so last first. */
export async function knownRunners(): Promise<KnownRunner[]> {
  const heads: Head[] = [];
  let before: string | null = null;
  for (let turn = 0; turn < LOOKED_BACK_PAGES; turn += 1) {
    const page: ErrandPage = await ask<ErrandPage>("GET", `/errands?role=posted&status=completed&limit=50${before ? `&before=${before}` : ""}`);
    heads.push(...page.errands);
    before = page.next;
    if (!before) break;
  }
  return runnersOf(heads);
}

export function runnersOf(heads: Head[]): KnownRunner[] {
  const found = new Map<string, KnownRunner>();
  for (const each of heads) {
    if (!each.runner_id) continue;
    const known = found.get(each.runner_id);
    if (known) known.done += 1;
    else found.set(each.runner_id, { id: each.runner_id, done: 1, last: each });
  }
  return [...found.values()];
}

/** What the poster shows, and what the runner proves it with. */
export const pictures: PictureDoor = {
  async send(found) {
    return (await ask<ErrandPicture>("POST", "/errands/pictures", { bytes: found })).id;
  },
  async shown(id) {
    return platform.dataAddress(await picture(`/errands/pictures/${id}.jpg`));
  },
};

export function because(id: string, step: "cancel" | "dispute", reason: string): Promise<Errand> {
  return ask("POST", `/errands/${id}/${step}`, { body: { reason }, key: newKey() });
}

export const rate = (id: string, stars: number) => ask<Errand>("POST", `/errands/${id}/rating`, { body: { stars }, key: newKey() });
export const apply = () => ask<RunnerView>("POST", "/me/errand-runner", { key: newKey() });

/** How one stands as a runner; null: never asked. */
export const runner = () => orNull(ask<RunnerView>("GET", "/me/errand-runner"));

type Amounts = Pick<Head, "reward_fen" | "fee_fen" | "runner_fen" | "charged_fen" | "ended_at">;

/** What an errand comes to for whoever looks: a poster pays the reward, a runner gets it without the
 * platform's fee, and once it has ended what really went to them. */
export function amountOf(role: Role, errand: Amounts): number {
  if (role === "posted") return errand.reward_fen;
  return errand.ended_at ? errand.runner_fen : errand.reward_fen - errand.fee_fen;
}

/** The platform's part, as it was agreed or as it came to be. */
export const feeOf = (role: Role, errand: Amounts): number => (role === "run" && errand.ended_at ? errand.charged_fen : errand.fee_fen);
