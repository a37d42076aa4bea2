import type { Place } from "@/platform";
import type { OffersView, ScannedCodeView, StoreDetail, StorePage } from "./api";
import { ask } from "./request";

export interface Search {
  words?: string;
  place?: Place | null;
  after?: string | null;
  merchantId?: string | null;
  limit?: number;
}

export function find({ words, place, after, merchantId, limit = 20 }: Search): Promise<StorePage> {
  const query = [`limit=${limit}`];
  if (words) query.push(`words=${encodeURIComponent(words)}`);
  if (place) query.push(`latitude=${place.latitude}`, `longitude=${place.longitude}`);
  if (after) query.push(`after=${encodeURIComponent(after)}`);
  if (merchantId) query.push(`merchant_id=${merchantId}`);
  return ask("GET", `/stores?${query.join("&")}`, { isPublic: true });
}

export const store = (id: string) => ask<StoreDetail>("GET", `/stores/${id}`, { isPublic: true });

export interface OfferSearch {
  storeId?: string | null;
  merchantId?: string | null;
  words?: string;
  /** The last offer of the page before. */
  before?: string | null;
  limit?: number;
}

export function offers({ storeId, merchantId, words, before, limit = 10 }: OfferSearch = {}): Promise<OffersView> {
  const query = [`limit=${limit}`];
  if (storeId) query.push(`store_id=${storeId}`);
  if (merchantId) query.push(`merchant_id=${merchantId}`);
  if (words) query.push(`words=${encodeURIComponent(words)}`);
  if (before) query.push(`before=${before}`);
  return ask("GET", `/offers?${query.join("&")}`, { isPublic: true });
}

/** What paying by a scanned code comes to. */
export function scanned(token: string): Promise<ScannedCodeView> {
  return ask("GET", `/codes/${encodeURIComponent(token)}/payment`, { isPublic: true });
}

const TOKEN = /(?:[?&]scene=|\/codes\/|^)([SMPOA][0-9A-Za-z]{30})(?:$|[/.&?#])/;

/** The scene token in what a code says: the token itself, or an address that carries it. */
export function tokenIn(content: string): string | null {
  return TOKEN.exec(content.trim())?.[1] ?? null;
}

/** The address that WeChat's own code of a store holds; its end is the store's mark. */
const ADDRESS = /^https?:\/\/weixin\.qq\.com\/q\/([0-9A-Za-z_-]{1,64})$/;

/** By what one may pay of what a code says: its token, or the mark of a store's WeChat code. */
export function payableIn(content: string): string | null {
  return tokenIn(content) ?? ADDRESS.exec(content.trim())?.[1] ?? null;
}

/** 350 m, 2.4 km */
export function distance(metres: number | null): string {
  if (metres === null) return "";
  return metres < 1000 ? `${metres} m` : `${(metres / 1000).toFixed(1)} km`;
}
