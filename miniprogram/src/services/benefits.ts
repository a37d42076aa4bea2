import type { CheckedDraw, DayReport, DrawPage, DrawView, LinkPage, LinkView, MadeDraw, OwnGrantPage, OwnGrantPageGrantView, OwnQueueView, PublicCampaigns, PublicCampaignsPublicCampaign } from "./api";
import { keyOf, newKey, settle } from "./keys";
import { day } from "./moments";
import type { Receiver } from "./orders";
import { address, ask } from "./request";

export type Campaign = PublicCampaignsPublicCampaign;

/** What a lottery tells in a campaign's `details`. */
export interface LotteryDetails {
  organiser: string;
  threshold_fen: number;
  most_per_member: number;
  closes_at: string;
  draws: number;
  chances: number;
  drawn: number;
  chances_left: number;
  prizes: { number: number; name: string; name_en: string; value_fen: number; stock: number; left: number; odds_ppm: number }[];
}
/** What a promotion programme tells in `details`. */
export interface PromotionDetails {
  commission_bp: number;
  cap_fen: number;
  window_days: number;
  subjects: ("store" | "product" | "content")[];
  store_ids: string[];
  offer_ids: string[];
  contents: { key: string; title: string }[];
  is_funded: boolean;
}
export type LinkWish = { campaign_id: string } & ({ store_id: string } | { offer_id: string } | { content: string });

const DAY_MILLISECONDS = 86_400_000;
const REPORT_DAYS = 30;

export type Grant = OwnGrantPageGrantView;

/** What campaigns gave the member, the newest first. */
export function grants(after: string | null = null): Promise<OwnGrantPage> {
  return ask("GET", `/me/grants?limit=10${after ? `&after=${after}` : ""}`);
}

export const campaigns = () => ask<PublicCampaigns>("GET", "/me/campaigns");
export const campaign = (id: string) => ask<Campaign>("GET", `/me/campaigns/${encodeURIComponent(id)}`);

export function draws(campaignId: string, after: string | null = null): Promise<DrawPage> {
  return ask("GET", `/me/draws?campaign_id=${campaignId}&limit=20${after ? `&after=${after}` : ""}`);
}

/** Draws once. Its key lasts until an answer came: a lost one is asked for again, never drawn again. */
export async function draw(campaignId: string, drawn: number): Promise<MadeDraw> {
  const subject = `draw:${campaignId}`;
  const made = await ask<MadeDraw>("POST", "/draws", { body: { campaign_id: campaignId }, key: keyOf(subject, { campaignId, drawn }) });
  settle(subject);
  return made;
}

/** One of one's own draws: how its claim stands now. */
export const ownDraw = (id: string) => ask<DrawView>("GET", `/me/draws/${encodeURIComponent(id)}`);

/** Claims goods that were won, or their value where they are not to be had. As with a draw, a lost answer claims once. */
export async function claim(drawId: string, delivery: "pickup" | "shipment" | "money", receiver: Receiver | null): Promise<DrawView> {
  const subject = `claim:${drawId}`;
  const body = { delivery, ...(receiver ? { receiver } : {}) };
  const claimed = await ask<DrawView>("POST", `/draws/${drawId}/claim`, { body, key: keyOf(subject, body) });
  settle(subject);
  return claimed;
}

/** What a draw follows from, for anyone to compute again. */
export const checked = (campaignId: string, number: number) => ask<CheckedDraw>("GET", `/lotteries/${campaignId}/draws/${number}`, { isPublic: true });
export const proofAddress = (campaignId: string, number: number) => whole(address(`/lotteries/${campaignId}/draws/${number}`));

export function queue(after = 0): Promise<OwnQueueView> {
  return ask("GET", `/me/queue?after=${after}&limit=20`);
}
/** The foremost of one's places that still wait. */
export const front = () => ask<OwnQueueView>("GET", "/me/queue?is_waiting=true&limit=1");
/** The page on which everybody sees the pool, day by day. */
export const poolAddress = () => whole(`${API_BASE}/queue`);

export function links(after: string | null = null): Promise<LinkPage> {
  return ask("GET", `/me/promotion-links?limit=20${after ? `&after=${after}` : ""}`);
}
/** The same subject again gives the same link. */
export const makeLink = (wish: LinkWish) => ask<LinkView>("POST", "/promotion-links", { body: wish, key: newKey() });

export function report(now = new Date()): Promise<DayReport> {
  const first = new Date(now.getTime() - (REPORT_DAYS - 1) * DAY_MILLISECONDS);
  return ask("GET", `/me/promotion-report?from_day=${day(first.toISOString())}&to_day=${day(now.toISOString())}`);
}

/** A path of our own with its origin, to be shown to others; on a page the base may be empty. */
export function whole(path: string): string {
  return path.startsWith("/") && process.env.TARO_ENV === "h5" ? `${window.location.origin}${path}` : path;
}

/** Millionths as percent: 1000 is 0.1 %. */
export function percent(ppm: number): string {
  return `${Number((ppm / 10_000).toFixed(4))} %`;
}
