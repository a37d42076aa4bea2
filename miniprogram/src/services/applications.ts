import { platform } from "@/platform";
import type { Picture } from "@/platform/contract";
import type { ApplicationList, ApplicationListApplicationView, ApplicationPictureView, ApplicationView, CategoryList, CategoryListCategoryView } from "./api";
import { isCard, isMobile, plain } from "./identity";
import { ask, picture } from "./request";
import type { PictureDoor } from "./uploads";

export type Category = CategoryListCategoryView;
export type Application = ApplicationListApplicationView;
export type PaperKind = ApplicationPictureView["kind"];
/** A picture of the licence, the shop front, a permit or something else. */
export interface Paper {
  id: string;
  kind: PaperKind;
}
export interface WantedStore {
  name: string;
  address: string;
}
/** What a merchant who wants to join sends. */
export interface ApplicationWish {
  company_name: string;
  licence_number: string;
  category: string;
  stores: WantedStore[];
  account_kind: "card" | "company";
  account_holder: string;
  account_number: string;
  bank: string;
  contact_name: string;
  contact_phone: string;
  salesperson_scene?: string;
  pictures: Paper[];
}
export type FieldName = Exclude<keyof ApplicationWish, "stores" | "account_kind" | "salesperson_scene" | "pictures">;

export const MOST_STORES = 20;
/** As many as the product takes with one application. */
export const MOST_PAPERS = 9;
export const PAPER_KINDS: readonly PaperKind[] = ["licence", "front", "permit", "other"];
/** Nobody of the staff has decided, and it may be withdrawn. */
const OPEN = new Set(["submitted", "more_asked"]);
const TO_BE_CORRECTED = new Set(["rejected", "more_asked"]);
const LICENCE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

export const isOpen = ({ status }: Application) => OPEN.has(status);
export const mayBeCorrected = ({ status }: Application) => TO_BE_CORRECTED.has(status);

/** What shops may sell; those that were given up are left out. */
export const categories = async (): Promise<Category[]> => (await ask<CategoryList>("GET", "/store-categories", { isPublic: true })).categories.filter(({ closed_at }) => !closed_at);

export const list = async (): Promise<Application[]> => (await ask<ApplicationList>("GET", "/me/merchant-applications")).applications;

/** Nothing of it is kept on the phone, so it has no key: a licence is applied for once at a time. */
export const apply = (wish: ApplicationWish) => ask<ApplicationView>("POST", "/merchant-applications", { body: asSent(wish) });
export const sendAgain = (id: string, wish: ApplicationWish) => ask<ApplicationView>("PUT", `/merchant-applications/${id}`, { body: asSent(wish) });
/** What an open application has besides is deleted. */
export const setPapers = (id: string, papers: Paper[]) => ask<ApplicationView>("PUT", `/merchant-applications/${id}/pictures`, { body: { pictures: idsOf(papers) } });
export const withdraw = (id: string) => ask<ApplicationView>("POST", `/merchant-applications/${id}/withdrawal`);

/** Sends a picture of a kind, which waits for an application that names it. */
export async function sendPaper(kind: PaperKind, found: Picture): Promise<Paper> {
  const { id } = await ask<ApplicationPictureView>("POST", `/me/merchant-applications/pictures?kind=${kind}`, { bytes: found });
  return { id, kind };
}

/** How one's own pictures are seen. */
export const papers: Pick<PictureDoor, "shown"> = {
  async shown(id) {
    return platform.dataAddress(await picture(`/me/merchant-applications/pictures/${id}.jpg`));
  },
};

const idsOf = (all: Paper[]) => all.map(({ id }) => id);
const asSent = (wish: ApplicationWish) => ({ ...wish, pictures: idsOf(wish.pictures) });

/** GB 32100: eighteen characters of which the last follows from the others (mod 31). */
export function isLicence(text: string): boolean {
  const number = plain(text).toUpperCase();
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(number)) return false;
  let [sum, weight] = [0, 1];
  for (const letter of number.slice(0, 17)) {
    sum += LICENCE_LETTERS.indexOf(letter) * weight;
    weight = (weight * 3) % 31;
  }
  return LICENCE_LETTERS[(31 - (sum % 31)) % 31] === number[17];
}

/** Which fields are not yet what the product takes; it looks again itself. */
export function wrongFields(wish: ApplicationWish): FieldName[] {
  const isAccount = wish.account_kind === "card" ? isCard : (text: string) => /^\d{8,32}$/.test(plain(text));
  const looks: Record<FieldName, (text: string) => boolean> = {
    company_name: (text) => text.trim().length >= 2,
    licence_number: isLicence,
    category: (text) => text.trim() !== "",
    account_holder: (text) => text.trim() !== "",
    account_number: isAccount,
    bank: (text) => text.trim() !== "",
    contact_name: (text) => text.trim() !== "",
    contact_phone: isMobile,
  };
  return (Object.keys(looks) as FieldName[]).filter((name) => !looks[name](wish[name]));
}

export const areStores = (stores: WantedStore[]) => stores.length > 0 && stores.every(({ name, address }) => name.trim() !== "" && address.trim() !== "");

/** As it is sent: without blanks around what was typed. */
export function trimmed(wish: ApplicationWish): ApplicationWish {
  const words = Object.entries(wish).map(([name, value]) => [name, typeof value === "string" ? value.trim() : value]);
  return { ...(Object.fromEntries(words) as ApplicationWish), stores: wish.stores.map(({ name, address }) => ({ name: name.trim(), address: address.trim() })) };
}
