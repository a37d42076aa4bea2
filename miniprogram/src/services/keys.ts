import { forget, recall, remember } from "./storage";

interface Attempt {
  /** A mark of the wish: what was wished may name people, who have no place on the phone. */
  mark: string;
  key: string;
  since: number;
}

const ATTEMPTS = "attempts";
/** After that the same wish is a new one: tomorrow's lunch costs what today's did. */
const VALID_MILLISECONDS = 10 * 60_000;

// A key for a request that moves money. The same wish keeps its key until it has been settled or ten
// minutes are over, also over a reload of the page: so a repetition is answered, never done twice.
export function keyOf(subject: string, wish: unknown): string {
  const found = known(subject, wish);
  if (found) return found.key;
  const attempt = { mark: markOf(wish), key: newKey(), since: Date.now() };
  remember(ATTEMPTS, { ...attempts(), [subject]: attempt });
  return attempt.key;
}

/** Whether this wish was sent before and not settled: the answer may be that of then. */
export const isRepeated = (subject: string, wish: unknown): boolean => known(subject, wish) !== null;

export function settle(subject: string): void {
  const { [subject]: _settled, ...others } = attempts();
  remember(ATTEMPTS, others);
}

/** Whoever comes next to this phone is somebody else. */
export const forgetAttempts = (): void => forget(ATTEMPTS);

function known(subject: string, wish: unknown): Attempt | null {
  const found = attempts()[subject];
  const isValid = found && found.mark === markOf(wish) && Date.now() - found.since < VALID_MILLISECONDS;
  return isValid ? found : null;
}

const attempts = (): Record<string, Attempt> => recall<Record<string, Attempt>>(ATTEMPTS) ?? {};

// Two FNV-1a hashes of 32 bits: enough to tell one wish from another.
function markOf(wish: unknown): string {
  const text = JSON.stringify(wish);
  return [0x811c9dc5, 0x01000193].map((start) => {
    let hash = start;
    for (let place = 0; place < text.length; place += 1) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
    return (hash >>> 0).toString(16);
  }).join("-");
}

// A random UUID. `crypto.randomUUID` is missing in mini-programs and on plain http pages.
export function newKey(): string {
  const bytes = new Uint8Array(16);
  if (typeof crypto !== "undefined" && crypto.getRandomValues) crypto.getRandomValues(bytes);
  else for (let place = 0; place < 16; place += 1) bytes[place] = Math.floor(Math.random() * 256);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
