import { platform } from "@/platform";
import type { SubscriptionList, SubscriptionListSubscriptionView } from "./api";
import { ask } from "./request";

export type Subscription = SubscriptionListSubscriptionView;

/** WeChat asks for so many templates at once. */
const MOST_AT_ONCE = 3;

export const list = async (): Promise<Subscription[]> => (await ask<SubscriptionList>("GET", "/me/subscriptions")).subscriptions;

/** Those of some kinds of notices that WeChat may still be asked for; all kinds without any named. */
export function wanted(all: Subscription[], kinds: string[] | null): Subscription[] {
  return all.filter((each) => each.remaining === 0 && (!kinds || each.kinds.some((kind) => kinds.includes(kind)))).slice(0, MOST_AT_ONCE);
}

/** Asks, while the person taps, and tells the product what they answered. Null: WeChat did not ask. */
export async function request(templateIds: string[]): Promise<Subscription[] | null> {
  const answers = platform.subscribe ? await platform.subscribe(templateIds) : {};
  if (!Object.keys(answers).length) return null;
  return (await ask<SubscriptionList>("POST", "/me/subscriptions", { body: { answers } })).subscriptions;
}
