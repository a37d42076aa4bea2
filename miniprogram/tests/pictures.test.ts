import { expect, test } from "vitest";
import { barcode, qr } from "@/services/pictures";
import { en } from "@/texts/en";
import { zh } from "@/texts/zh";

const path = (image: string) => decodeURIComponent(image).match(/ d="([^"]*)"/)![1];

test("a barcode of twenty digits is Code 128 C with its quiet zones", () => {
  const image = decodeURIComponent(barcode("88006586227841657797"));
  expect(image).toContain('viewBox="0 0 '.concat(String(20 + 11 * 12 + 13), " 1"));
  expect(path(barcode("88006586227841657797")).startsWith("M10 0h2")).toBe(true);
});

test("every minute's code is another picture", () => {
  expect(path(qr("88006586227841657797"))).not.toBe(path(qr("88006586227841657798")));
});

test("both languages say the same things with the same blanks to fill", () => {
  const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();
  const leaves = (texts: object, prefix = ""): [string, string][] => Object.entries(texts).flatMap(([name, value]) => (typeof value === "string" ? [[prefix + name, blanks(value)] as [string, string]] : leaves(value, `${prefix}${name}.`)));
  expect(leaves(en)).toEqual(leaves(zh));
});
