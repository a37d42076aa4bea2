import { expect, test } from "vitest";
import { type ApplicationWish, areStores, isLicence, trimmed, wrongFields } from "@/services/applications";
import { runnersOf, type Head } from "@/services/errands";
import { wanted } from "@/services/subscriptions";

const wish: ApplicationWish = {
  company_name: "杭州好茶餐饮有限公司", licence_number: "91330106673959654P", category: "餐饮", stores: [{ name: "好茶一店", address: "西湖区文三路 1 号" }],
  account_kind: "company", account_holder: "杭州好茶餐饮有限公司", account_number: "1202 0201-0990", bank: "工商银行文三支行", contact_name: "李雷", contact_phone: "13800001111", pictures: [],
};

test("a licence's last character follows from the others, and a slip is told at its field", () => {
  expect(isLicence("91330106673959654P")).toBe(true);
  expect(isLicence("91330106673959645P")).toBe(false);
  expect(isLicence("330106673959654")).toBe(false);
  expect(wrongFields({ ...wish, licence_number: "91330106673959654A", contact_phone: "1380000111" })).toEqual(["licence_number", "contact_phone"]);
});

test("a card has a check digit, a company's account none", () => {
  expect(wrongFields(wish)).toEqual([]);
  expect(wrongFields({ ...wish, account_kind: "card" })).toEqual(["account_number"]);
  expect(wrongFields({ ...wish, account_kind: "card", account_number: "6222 0212 0000 0000 001" })).toEqual(["account_number"]);
});

test("a store without an address is not sent, and blanks around words are not either", () => {
  expect(areStores([...wish.stores, { name: "二店", address: " " }])).toBe(false);
  expect(trimmed({ ...wish, bank: " 工商银行 ", stores: [{ name: " 一店", address: "路 1 号 " }] })).toMatchObject({ bank: "工商银行", stores: [{ name: "一店", address: "路 1 号" }] });
});

test("whoever ran for the member is listed once, with how often", () => {
  const head = (runner_id: string | null, title: string) => ({ runner_id, title }) as Head;
  const found = runnersOf([head("b", "取药"), head("a", "取件"), head(null, "无人"), head("b", "买菜")]);
  expect(found.map(({ id, done, last }) => [id, done, last.title])).toEqual([["b", 2, "取药"], ["a", 1, "取件"]]);
});

test("WeChat is asked only for what was not agreed to yet, of what just happened", () => {
  const all = [["t1", ["member.paid"], 0], ["t2", ["member.paid", "member.order"], 1], ["t3", ["member.order"], null], ["t4", ["member.withdrawal"], 0]]
    .map(([template_id, kinds, remaining]) => ({ template_id, kinds, remaining }) as Parameters<typeof wanted>[0][number]);
  expect(wanted(all, ["member.paid", "member.order"]).map(({ template_id }) => template_id)).toEqual(["t1"]);
  expect(wanted(all, null).map(({ template_id }) => template_id)).toEqual(["t1", "t4"]);
});
