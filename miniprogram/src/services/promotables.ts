import { offer } from "./orders";
import type { Campaign, LinkWish, PromotionDetails } from "./benefits";
import { Problem } from "./problem";
import { find, offers, store } from "./stores";

/** One thing that may be promoted, with the wish that asks for its link. */
export interface Promotable {
  key: string;
  title: string;
  wish: LinkWish;
}
export interface PromotablePage {
  found: Promotable[];
  /** Asks for the page after; null at the end. */
  next: string | null;
}
export type Subject = PromotionDetails["subjects"][number];

const PAGE = 20;

/** What of one kind a programme lets be promoted, by words and a page at a time. What it names is
 * asked for by name; else everything of its merchant's. */
export async function promotables(campaign: Campaign, subject: Subject, words: string, after: string | null): Promise<PromotablePage> {
  const details = campaign.details as unknown as PromotionDetails;
  const merchantId = campaign.merchant_id;
  const ofStore = ({ id, name }: { id: string; name: string }) => ({ key: id, title: name, wish: { campaign_id: campaign.id, store_id: id } });
  const ofOffer = ({ id, title }: { id: string; title: string }) => ({ key: id, title, wish: { campaign_id: campaign.id, offer_id: id } });
  if (subject === "content") {
    return named(details.contents.map(({ key, title }) => ({ key, title, wish: { campaign_id: campaign.id, content: key } })), words);
  }
  if (subject === "store") {
    if (details.store_ids.length) return named((await present(details.store_ids.map(store))).map(ofStore), words);
    const page = await find({ words, after, merchantId, limit: PAGE });
    return { found: page.stores.map(ofStore), next: page.next };
  }
  if (details.offer_ids.length) return named((await present(details.offer_ids.map(offer))).map(ofOffer), words);
  const goods = (await offers({ merchantId, words, before: after, limit: PAGE })).offers;
  return { found: goods.map(ofOffer), next: goods.length === PAGE ? goods[PAGE - 1].id : null };
}

function named(all: Promotable[], words: string): PromotablePage {
  const wanted = words.toLowerCase();
  return { found: all.filter(({ title }) => title.toLowerCase().includes(wanted)), next: null };
}

/** Those that are still there: what was closed or taken down is not promoted. */
async function present<T>(asked: Promise<T>[]): Promise<T[]> {
  const found = await Promise.all(asked.map((each) => each.catch((cause: unknown) => {
    if (cause instanceof Problem && cause.status === 404) return null;
    throw cause;
  })));
  return found.filter((each): each is Awaited<T> => each !== null);
}
