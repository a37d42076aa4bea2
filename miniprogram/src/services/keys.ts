import { forget, recall, remember } from "./storage";

interface Attempt {
  wish: string;
  key: string;
}

// A key for a request that moves money. The same wish keeps its key until it has been settled, also
// over a reload of the page: so a repetition is answered, never done twice.
export function keyOf(subject: string, wish: unknown): string {
  const text = JSON.stringify(wish);
  const known = recall<Attempt>(`attempt:${subject}`);
  if (known?.wish === text) return known.key;
  const key = newKey();
  remember(`attempt:${subject}`, { wish: text, key });
  return key;
}

export function settle(subject: string): void {
  forget(`attempt:${subject}`);
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
