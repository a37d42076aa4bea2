import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { useProven } from "@/components/Proven";
import { Problem } from "@/services/problem";
import type { Proof } from "@/services/proof";

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;
let place: HTMLElement;
let root: ReturnType<typeof createRoot>;
let given: Proof[];
let answers: (Problem | null)[];

function Pay() {
  const paying = useProven(async (proof) => {
    given.push(proof);
    const refusal = answers.shift();
    if (refusal) throw refusal;
  });
  return <><button type="button" id="pay" onClick={paying.run}>付款</button>{paying.problem ? <p id="problem">{paying.problem.code}</p> : null}{paying.sheet}</>;
}

beforeEach(() => {
  [given, answers] = [[], []];
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
  act(() => root.render(<Pay />));
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
});

const refusal = (code: string, more: object = {}) => new Problem({ status: 403, code, message: code, title: code, ...more });
const tap = (element: Element) => act(async () => (element as HTMLElement).click());
const sheet = () => place.querySelector(".sheet");

async function enter(pin: string): Promise<void> {
  const field = place.querySelector<HTMLInputElement>("#payment-pin")!;
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(field, pin);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await tap(sheet()!.querySelector(".button-main")!);
}

test("where the PIN is needed it is asked for, and what was wanted is done with it", async () => {
  answers = [refusal("pin_needed"), refusal("pin_wrong", { attempts_left: 4 }), null];
  await tap(place.querySelector("#pay")!);
  expect(sheet()!.querySelector(".button-main")!.hasAttribute("disabled")).toBe(true);
  await enter("000000");
  expect(sheet()!.textContent).toContain("还可尝试 4 次");
  expect(place.querySelector<HTMLInputElement>("#payment-pin")!.value).toBe("");
  await enter("730518");
  expect(given).toEqual([{}, { pin: "000000" }, { pin: "730518" }]);
  expect(sheet()).toBeNull();
});

test("a page without a login code asks to sign in once more", async () => {
  answers = [refusal("sign_in_again")];
  await tap(place.querySelector("#pay")!);
  expect(sheet()!.textContent).toContain("重新登录");
  expect(given).toEqual([{}]);
});

test("any other refusal is told on the page", async () => {
  answers = [refusal("not_enough")];
  await tap(place.querySelector("#pay")!);
  expect([place.querySelector("#problem")!.textContent, sheet()]).toEqual(["not_enough", null]);
});
