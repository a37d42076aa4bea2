import { act, useState } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Papers, PapersOf } from "@/components/Papers";
import { platform } from "@/platform";
import type { Application, Paper } from "@/services/applications";
import * as session from "@/services/session";

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;
let place: HTMLElement;
let root: ReturnType<typeof createRoot>;
let seen: string[];
let bodies: unknown[];
let answer: (path: string) => Promise<[number, unknown]>;
let uploads = 0;
let papers: Paper[];
let busy: boolean[];

function Form({ begun }: { begun: Paper[] }) {
  const [now, setNow] = useState(begun);
  papers = now;
  return <Papers papers={now} onChange={(change) => setNow(change)} onBusy={(isBusy) => busy.push(isBusy)} />;
}

beforeEach(() => {
  [seen, bodies, busy, uploads] = [[], [], [], 0];
  session.keep({ token: "t", expires_at: "", member_id: "m", is_new: false, home_store_id: null, home_store_name: null, experience_fen: 0, experience_reason: null });
  answer = async () => [201, { id: `p${(uploads += 1)}` }];
  vi.stubGlobal("fetch", async (url: string, { method, body }: { method?: string; body?: unknown }) => {
    const path = url.slice(url.indexOf("/api/v1") + 7);
    seen.push(`${method ?? "GET"} ${path}`);
    bodies.push(body);
    const [status, told] = path.endsWith(".jpg") ? [200, "a picture"] : await answer(path);
    return { status, text: async () => JSON.stringify(told), headers: new Headers() };
  });
  vi.spyOn(platform, "pickPicture").mockImplementation(async () => ({ content: new ArrayBuffer(4), type: "image/jpeg" }));
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const show = (begun: Paper[] = []) => act(async () => root.render(<Form begun={begun} />));
const group = (name: string) => place.querySelector(`[role="group"][aria-label="${name}"]`)!;
const adding = (name: string) => group(name).querySelector<HTMLElement>(`[aria-label="添加图片：${name}"]`);
const tap = (element: Element) => act(async () => (element as HTMLElement).click());
const until = (what: () => unknown) => vi.waitFor(async () => { await act(async () => undefined); expect(what()).toBeTruthy(); });

test("a picked picture is sent with its kind, previewed, and taken away again", async () => {
  await show();
  await tap(adding("营业执照")!);
  await until(() => group("营业执照").querySelector("img"));
  expect(seen).toContain("POST /me/merchant-applications/pictures?kind=licence");
  expect(bodies[0]).toBeInstanceOf(ArrayBuffer);
  expect(group("营业执照").querySelector("img")!.src).toMatch(/^data:image\/jpeg;base64,/);
  expect(papers).toEqual([{ id: "p1", kind: "licence" }]);
  expect(group("门头照").querySelector("img")).toBeNull();
  await tap(group("营业执照").querySelector('[aria-label="移除 营业执照 1"]')!);
  expect([papers, group("营业执照").querySelector("img")]).toEqual([[], null]);
});

test("while one is on its way that is told, and another may be taken away", async () => {
  let arrive: (told: [number, unknown]) => void = () => undefined;
  answer = () => new Promise((resolve) => (arrive = resolve));
  await show([{ id: "old", kind: "front" }]);
  await tap(adding("经营许可证")!);
  await until(() => group("经营许可证").querySelector('[role="status"]')!.textContent === "正在上传图片");
  expect([busy[busy.length - 1], adding("经营许可证")!.hasAttribute("disabled")]).toEqual([true, true]);
  await until(() => group("门头照").querySelector("img"));
  await tap(group("门头照").querySelector('[aria-label="移除 门头照 1"]')!);
  await act(async () => arrive([201, { id: "new" }]));
  await until(() => papers.length === 1);
  expect(papers).toEqual([{ id: "new", kind: "permit" }]);
  expect([busy[busy.length - 1], group("经营许可证").querySelector('[role="status"]')!.textContent]).toEqual([false, ""]);
});

test("a refusal is told where it happened, and it may be tried again", async () => {
  answer = async () => [422, { status: 422, code: "picture_unusable", message: "图片无法使用", title: "Unusable" }];
  await show();
  await tap(adding("门头照")!);
  await until(() => group("门头照").querySelector('[role="alert"]'));
  expect(group("门头照").querySelector('[role="alert"]')!.textContent).toContain("图片无法使用");
  expect([papers, busy[busy.length - 1]]).toEqual([[], false]);
  answer = async () => [201, { id: "p9" }];
  await tap(adding("门头照")!);
  await until(() => papers.length);
  expect(group("门头照").querySelector('[role="alert"]')).toBeNull();
});

test("nothing is sent by whoever picks nothing, and no more can be added than nine", async () => {
  vi.spyOn(platform, "pickPicture").mockResolvedValue(null);
  await show(Array.from({ length: 8 }, (_, place) => ({ id: `k${place}`, kind: "other" as const })));
  await tap(adding("营业执照")!);
  expect(seen.filter((each) => each.startsWith("POST"))).toEqual([]);
  vi.spyOn(platform, "pickPicture").mockResolvedValue({ content: new ArrayBuffer(4), type: "image/jpeg" });
  await tap(adding("营业执照")!);
  await until(() => papers.length === 9);
  expect(adding("营业执照")).toBeNull();
  expect(place.querySelectorAll('[aria-label^="添加图片"]')).toHaveLength(0);
});

test("an open application's pictures are changed as a whole, a decided one's only shown", async () => {
  const application = (status: string) => ({ id: "a", status, pictures: [{ id: "one", kind: "licence" }] }) as unknown as Application;
  let isDone = false;
  answer = async () => [200, {}];
  await act(async () => root.render(<PapersOf application={application("more_asked")} again={() => (isDone = true)} />));
  await until(() => place.querySelector("img"));
  await tap(place.querySelector(".card-foot .link")!);
  await tap(group("营业执照").querySelector('[aria-label="移除 营业执照 1"]')!);
  await tap(place.querySelector(".button-main")!);
  await until(() => isDone);
  const at = seen.indexOf("PUT /merchant-applications/a/pictures");
  expect(bodies[at]).toBe('{"pictures":[]}');
  await act(async () => root.render(<PapersOf key="other" application={application("approved")} again={() => undefined} />));
  await until(() => place.querySelector("img"));
  expect(place.querySelector(".link")).toBeNull();
});
