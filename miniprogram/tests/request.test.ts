import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "@/services/problem";
import { ask } from "@/services/request";
import * as session from "@/services/session";

type Reply = [status: number, body: unknown, headers?: Record<string, string>];
interface Seen { method: string; path: string; key: string | undefined; token: string | undefined; body: string }

let server: Server;
let seen: Seen[];
let replies: Reply[];

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const part of request) body += part;
  const { headers } = request;
  seen.push({ method: request.method!, path: request.url!, key: headers["idempotency-key"] as string, token: headers.authorization, body });
  const [status, told, more] = replies.shift() ?? [200, {}];
  response.writeHead(status, { "Content-Type": "application/json", Connection: "close", ...more });
  response.end(JSON.stringify(told));
}

beforeEach(async () => {
  sessionStorage.clear();
  [seen, replies] = [[], []];
  session.keep({ token: "t", expires_at: "", member_id: "m", is_new: false, home_store_id: null, home_store_name: null, experience_fen: 0, experience_reason: null });
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubGlobal("API_BASE", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

const refused = (status: number, code: string): Reply => [status, { status, code, message: "余额不足", title: "Not enough" }];

test("a read is repeated while the product is away", async () => {
  replies = [[503, {}], [502, {}], [200, { id: 1 }]];
  expect(await ask("GET", "/me")).toEqual({ id: 1 });
  expect(seen.map(({ path }) => path)).toEqual(["/api/v1/me", "/api/v1/me", "/api/v1/me"]);
  expect(seen[0].token).toBe("Bearer t");
});

test("money is asked for again only under the very same key", async () => {
  replies = [[503, {}], [201, { id: 1 }]];
  await ask("POST", "/payments", { body: { amount_fen: 1 }, key: "k" });
  expect(seen.map(({ key, body }) => [key, body])).toEqual([["k", '{"amount_fen":1}'], ["k", '{"amount_fen":1}']]);
});

test("without a key nothing is sent twice", async () => {
  replies = [[503, { code: "service_unavailable" }]];
  await expect(ask("POST", "/payments", { body: {} })).rejects.toMatchObject({ status: 503 });
  expect(seen).toHaveLength(1);
});

test("a request still under way is waited for as long as it says", async () => {
  replies = [[409, { code: "in_progress" }, { "Retry-After": "1" }], [201, { id: 1 }]];
  const begun = Date.now();
  await ask("POST", "/payments", { body: {}, key: "k" });
  expect(Date.now() - begun).toBeGreaterThanOrEqual(900);
});

test("a refusal is told in the reader's language and not repeated", async () => {
  replies = [refused(409, "not_enough")];
  const failure = await ask<never>("POST", "/payments", { body: {}, key: "k" }).catch((cause: unknown) => cause as Problem) as Problem;
  expect(failure).toBeInstanceOf(Problem);
  expect([failure.message, failure.code]).toEqual(["余额不足", "not_enough"]);
  expect(seen).toHaveLength(1);
});

test("no answer at all is told as trouble of the network", async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await expect(ask("POST", "/payments", { body: {} })).rejects.toMatchObject({ status: 0, code: "network" });
});
