import { platform } from "@/platform";
import type { SessionView } from "./api";
import { forgetAttempts } from "./keys";
import { Problem, type ProblemBody } from "./problem";
import { forget, recall, remember } from "./storage";

// Who is signed in. The way in differs (wx.login in the mini-program, OAuth on a page); what comes
// of it is the same: a bearer token for some hours.

let starting: Promise<void> | null = null;
let renewing: Promise<boolean> | null = null;
const listeners = new Set<() => void>();

export function token(): string | null {
  return recall<SessionView>("session")?.token ?? null;
}

export function current(): SessionView | null {
  return recall<SessionView>("session");
}

/** Resolves when it is known whether somebody is signed in: a page may just have come back. */
export function ready(): Promise<void> {
  starting ??= start();
  return starting;
}

async function start(): Promise<void> {
  if (token()) return;
  const found = await platform.arrive().catch(() => null);
  if (found) keep(found);
}

/** Signs in, and so joins; on a page this leaves for WeChat and returns to `wanted`. */
export async function signIn(wanted: string): Promise<SessionView> {
  remember("wanted", wanted);
  const found = await platform.signIn(false);
  keep(found);
  return found;
}

/** The session is over: once for all that ask at the same time. False: there is no way. */
export function renewed(): Promise<boolean> {
  renewing ??= renew().finally(() => { renewing = null; });
  return renewing;
}

async function renew(): Promise<boolean> {
  const known = current() !== null;
  if (known) {
    try {
      await signInAgain();
      return true;
    } catch {
      // There is no way in without the person.
    }
  }
  signOut();
  return false;
}

/** A new session for who is signed in already: some things ask for one of the last minutes. A page
 * leaves for WeChat and comes back to where it was. */
export async function signInAgain(): Promise<void> {
  remember("wanted", platform.here());
  forget("session");
  keep(await platform.signIn(true));
}

/** The page that somebody wanted before they left to sign in, once. */
export function takeWanted(): string | null {
  const wanted = recall<string>("wanted");
  forget("wanted");
  return wanted;
}

export function signOut(): void {
  forgetAttempts();
  forget("session");
  tell();
}

/** Signs out for whoever then opens another page: the page that is left is not told, for it would
 * lead to the log-in. */
export function leave(): void {
  forgetAttempts();
  forget("session");
}

export function keep(found: SessionView): void {
  remember("session", found);
  tell();
}

export function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Sessions are asked for without a session: not by `request`, which needs one. */
export function opened(status: number, body: unknown): SessionView {
  if (status >= 200 && status < 300) return body as SessionView;
  const told = body && typeof body === "object" ? (body as ProblemBody) : null;
  throw new Problem({ ...told, status, code: told?.code ?? (status ? "unexpected" : "network") });
}
