import Taro from "@tarojs/taro";
import type { Picture } from "@/platform/contract";
import type { Proof } from "./proof";
import { Problem, type ProblemBody, unanswered } from "./problem";
import * as session from "./session";

export interface Wish {
  body?: unknown;
  /** A picture as the body. */
  bytes?: Picture;
  /** The idempotency key: with it a POST may be repeated. */
  key?: string;
  /** That it is the person themselves who let money go. */
  proof?: Proof;
  /** Nobody has to be signed in. */
  isPublic?: boolean;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";
interface Answer {
  statusCode: number;
  data: unknown;
  header: Record<string, string>;
}

const TIMEOUT_MILLISECONDS = 20_000;
const PAUSES_MILLISECONDS = [400, 1_200, 3_000];
const LONGEST_PAUSE_MILLISECONDS = 5_000;
/** Nobody knows whether something was done, or the first request is still being worked on. */
const MAY_REPEAT = new Set([0, 409, 429, 502, 503, 504]);

export const PREFIX = "/api/v1";

/** Where something of the product is, for pictures and links. */
export function address(path: string): string {
  return `${API_BASE}${PREFIX}${path}`;
}

/** The one way to the product. Raises Problem. */
export async function ask<T>(method: Method, path: string, wish: Wish = {}): Promise<T> {
  await session.ready();
  try {
    return await patiently<T>(method, path, wish);
  } catch (cause) {
    const isOver = cause instanceof Problem && cause.status === 401 && !wish.isPublic;
    if (!isOver || !(await session.renewed())) throw cause;
    return patiently<T>(method, path, wish);
  }
}

/** What is asked for, or null where it is not there yet. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (cause) {
    if (cause instanceof Problem && cause.status === 404) return null;
    throw cause;
  }
}

/** A picture that asks for the session. Raises Problem. */
export async function picture(path: string): Promise<Picture> {
  await session.ready();
  const token = session.token();
  try {
    const found = await Taro.request({ url: address(path), header: token ? { Authorization: `Bearer ${token}` } : {}, responseType: "arraybuffer", timeout: TIMEOUT_MILLISECONDS });
    if (found.statusCode === 200) return { content: found.data as ArrayBuffer, type: "image/jpeg" };
  } catch {
    // Told below.
  }
  throw unanswered();
}

async function patiently<T>(method: Method, path: string, wish: Wish): Promise<T> {
  const isSafe = method !== "POST" || wish.key !== undefined;
  for (let turn = 0; ; turn += 1) {
    const answer = await once(method, path, wish);
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer.data as T;
    const pause = pauseOf(answer, turn);
    if (!isSafe || pause === null) throw refusal(answer);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function once(method: Method, path: string, wish: Wish): Promise<Answer> {
  const header: Record<string, string> = { "Content-Type": wish.bytes?.type ?? "application/json" };
  const token = session.token();
  if (token) header.Authorization = `Bearer ${token}`;
  if (wish.key) header["Idempotency-Key"] = wish.key;
  if (wish.proof?.pin) header["Payment-Pin"] = wish.proof.pin;
  if (wish.proof?.loginCode) header["Login-Code"] = wish.proof.loginCode;
  try {
    const found = await Taro.request({
      url: address(path),
      method,
      header,
      data: wish.bytes?.content ?? (wish.body === undefined ? undefined : JSON.stringify(wish.body)),
      timeout: TIMEOUT_MILLISECONDS,
      dataType: "json",
    });
    return { statusCode: found.statusCode, data: found.data, header: found.header as Record<string, string> };
  } catch {
    return { statusCode: 0, data: null, header: {} };
  }
}

function pauseOf(answer: Answer, turn: number): number | null {
  if (turn >= PAUSES_MILLISECONDS.length || !MAY_REPEAT.has(answer.statusCode)) return null;
  const names = Object.keys(answer.header || {});
  const name = names.find((each) => each.toLowerCase() === "retry-after");
  const asked = name ? Number(answer.header[name]) * 1000 : 0;
  if (!name && [409, 429].includes(answer.statusCode)) return null;
  if (asked > LONGEST_PAUSE_MILLISECONDS) return null;
  return Math.max(asked || 0, PAUSES_MILLISECONDS[turn]);
}

function refusal(answer: Answer): Problem {
  if (answer.statusCode === 0) return unanswered();
  const told = answer.data as Partial<ProblemBody> | null;
  const code = told && typeof told === "object" && told.code ? told.code : "unexpected";
  return new Problem({ ...(told && typeof told === "object" ? told : {}), status: answer.statusCode, code });
}
