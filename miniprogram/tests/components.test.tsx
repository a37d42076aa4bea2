import { act } from "react";
import { createRoot } from "react-dom/client";
import type { ReactElement } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Check } from "@/components/Check";
import { Field } from "@/components/Field";
import { Money } from "@/components/Money";
import { PurseParts, PurseSheet } from "@/components/Purses";
import type { PriceView, PriceViewPurseUseView } from "@/services/api";

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;
let place: HTMLElement;
let root: ReturnType<typeof createRoot>;

beforeEach(() => {
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
});
const show = (element: ReactElement) => act(() => root.render(element));
const use = (purses: PriceViewPurseUseView["purses"], amount: number, parts: Record<string, number>, discount = 0): PriceViewPurseUseView => ({ purses, amount_fen: amount, discount_fen: discount, parts });

test("an amount is read out as one", () => {
  show(<Money fen={-123456} />);
  expect(place.querySelector(".money")!.getAttribute("aria-label")).toBe("−¥1,234.56");
  expect(place.textContent).toBe("−¥1,234.56");
});

test("only purses that pay something are shown", () => {
  show(<PurseParts parts={{ prepaid_fen: 4500, experience_fen: 500, rebate_fen: 0, wechat_fen: 0 }} />);
  expect([...place.querySelectorAll(".row-title")].map((row) => row.textContent)).toEqual(["体验金", "储值"]);
});

test("ways of paying that come to the same are offered once, the best first, and can be chosen", () => {
  const best = use(["prepaid"], 900, { prepaid_fen: 900 }, 100);
  const wechat = use(["wechat"], 1000, { wechat_fen: 1000 });
  const same = use(["rebate", "wechat"], 1000, { rebate_fen: 0, wechat_fen: 1000 });
  const price = { best, choices: [wechat, same, best] } as unknown as PriceView;
  const chosen: PriceViewPurseUseView[] = [];
  show(<PurseSheet price={price} now={best} onChoose={(found) => chosen.push(found)} onClose={() => undefined} />);
  const choices = [...place.querySelectorAll<HTMLElement>(".choice")];
  expect(choices.map((choice) => choice.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
  expect(choices[0].textContent).toContain("已省 ¥1.00");
  act(() => choices[1].click());
  expect(chosen).toEqual([wechat]);
});

test("Escape closes a sheet", () => {
  let closed = 0;
  const best = use(["wechat"], 1, { wechat_fen: 1 });
  show(<PurseSheet price={{ best, choices: [] } as unknown as PriceView} now={best} onChoose={() => undefined} onClose={() => (closed += 1)} />);
  act(() => void document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })));
  expect(closed).toBe(1);
});

test("Tab stays within a sheet", () => {
  const best = use(["wechat"], 1, { wechat_fen: 1 });
  show(<PurseSheet price={{ best, choices: [use(["rebate"], 1, { rebate_fen: 1 })] } as unknown as PriceView} now={best} onChoose={() => undefined} onClose={() => undefined} />);
  const buttons = [...place.querySelectorAll<HTMLElement>(".sheet-body button")];
  const tab = (shiftKey: boolean) => act(() => void document.dispatchEvent(new KeyboardEvent("keydown", { key: "Tab", shiftKey })));
  expect(buttons.length).toBeGreaterThan(1);
  buttons[buttons.length - 1].focus();
  tab(false);
  expect(document.activeElement).toBe(buttons[0]);
  tab(true);
  expect(document.activeElement).toBe(buttons[buttons.length - 1]);
});

test("a box tells whether it is ticked", () => {
  const told: boolean[] = [];
  show(<Check name="agree" isOn={false} onChange={(isOn) => told.push(isOn)}>同意</Check>);
  const box = place.querySelector<HTMLElement>("[role=checkbox]")!;
  expect(box.getAttribute("aria-checked")).toBe("false");
  act(() => box.click());
  expect(told).toEqual([true]);
});

test("what is wrong with a field is said, and the field says so itself", () => {
  show(<Field name="amount" kind="amount" label="金额" value="x" problem="金额有误" onChange={() => undefined} />);
  expect(place.querySelector("[role=alert]")!.textContent).toBe("金额有误");
  expect(place.querySelector("input")!.getAttribute("aria-invalid")).toBe("true");
});
