import { recall, remember } from "@/services/storage";
import { en } from "./en";
import { zh } from "./zh";

export type Texts = typeof zh;
export type Language = "zh" | "en";

let language: Language = recall<Language>("language") ?? "zh";
mark();

/** What the client says, in the language that was chosen; Chinese first. */
export function texts(): Texts {
  return language === "en" ? en : zh;
}

export function isEnglish(): boolean {
  return language === "en";
}

export function choose(wanted: Language): void {
  language = wanted;
  remember("language", wanted);
  mark();
}

/** Says on the page which language it is in: readers aloud and fonts go by it. */
function mark(): void {
  if (process.env.TARO_ENV === "h5") document.documentElement.lang = language === "en" ? "en" : "zh-CN";
}

/** Of what the product tells in both languages, ours. */
export function told(chinese: string | null | undefined, english: string | null | undefined): string {
  return (isEnglish() ? english : chinese) || chinese || english || "";
}

/** Fills `{name}` in a text. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
