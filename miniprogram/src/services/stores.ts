import type { Place } from "@/platform";
import type { OffersView, ScannedCodeView, StoreDetail, StorePage } from "./api";
import { ask } from "./request";

export interface Search {
  words?: string;
  place?: Place | null;
  after?: string | null;
  limit?: number;
}

export function find({ words, place, after, limit = 20 }: Search): Promise<StorePage> {
  const query = [`limit=${limit}`];
  if (words) query.push(`words=${encodeURIComponent(words)}`);
  if (place) query.push(`latitude=${place.latitude}`, `longitude=${place.longitude}`);
  if (after) query.push(`after=${encodeURIComponent(after)}`);
  return ask("GET", `/stores?${query.join("&")}`, { isPublic: true });
}

export const store = (id: string) => ask<StoreDetail>("GET", `/stores/${id}`, { isPublic: true });

export function offers(storeId?: string | null, limit = 10): Promise<OffersView> {
  return ask("GET", `/offers?limit=${limit}${storeId ? `&store_id=${storeId}` : ""}`, { isPublic: true });
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

/** 350 m, 2.4 km */
export function distance(metres: number | null): string {
  if (metres === null) return "";
  return metres < 1000 ? `${metres} m` : `${(metres / 1000).toFixed(1)} km`;
}
