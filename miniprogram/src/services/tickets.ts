import { platform } from "@/platform";
import type { OwnTicketView, TicketList, TicketPictureView, TicketView } from "./api";
import { keyOf, settle } from "./keys";
import { ask, picture } from "./request";
import type { PictureDoor } from "./uploads";

export type Ticket = OwnTicketView;
export type Head = TicketView;
export type Kind = Head["kind"];

const PAGE = 20;

export async function list(before: string | null = null): Promise<Head[]> {
  return (await ask<TicketList>("GET", `/me/tickets?limit=${PAGE}${before ? `&before=${before}` : ""}`)).tickets;
}
/** Whether a page of so many may be followed by another. */
export const mayFollow = (count: number) => count > 0 && count % PAGE === 0;

/** A ticket with its newest messages, or with those before one of them. */
export function ticket(id: string, before: string | null = null): Promise<Ticket> {
  const query = before ? `?before=${before}` : "";
  return ask("GET", `/me/tickets/${encodeURIComponent(id)}${query}`);
}

/** Asks the staff something; sent twice it is one question. */
export async function open(kind: Kind, subjectId: string | null, text: string, pictures: string[]): Promise<Head> {
  const body = { kind, ...(subjectId ? { subject_id: subjectId } : {}), text, pictures };
  const opened = await ask<Head>("POST", "/me/tickets", { body, key: keyOf("ticket", body) });
  settle("ticket");
  return opened;
}

export function write(id: string, text: string, pictures: string[]): Promise<Ticket> {
  return ask("POST", `/me/tickets/${id}/messages`, { body: { text, pictures } });
}

export const close = (id: string) => ask<Ticket>("POST", `/me/tickets/${id}/close`);
export const rate = (id: string, stars: number) => ask<Ticket>("POST", `/me/tickets/${id}/rating`, { body: { stars } });

/** Pictures of one's own tickets, by whomever they were sent. */
export const pictures: PictureDoor = {
  async send(found) {
    return (await ask<TicketPictureView>("POST", "/me/tickets/pictures", { bytes: found })).id;
  },
  async shown(id) {
    return platform.dataAddress(await picture(`/me/tickets/pictures/${id}.jpg`));
  },
};
