// What a person typed about themselves, looked at before it is sent, so that a slip is told at its
// field in the reader's language. What counts is the product's own look (docs/privacy.md).

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = "10X98765432";

export const plain = (text: string) => text.replace(/[\s-]/g, "");

/** Two Chinese characters or more; minorities' names have parts. */
export function isName(text: string): boolean {
  return /^[\u3400-\u9fff\uf900-\ufaff\u3007\ud840-\udfff]+([·•‧・･⋅∙．●][\u3400-\u9fff\uf900-\ufaff\u3007\ud840-\udfff]+)*$/.test(plain(text)) && plain(text).length >= 2;
}

/** GB 11643: eighteen characters of which the last follows from the others (ISO 7064 MOD 11-2). */
export function isIdNumber(text: string): boolean {
  const number = plain(text).toUpperCase();
  if (!/^[1-9]\d{16}[\dX]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  return CHECK_DIGITS[sum % 11] === number[17];
}

export function isMobile(text: string): boolean {
  return /^(?:(?:\+|00)86)?1[3-9]\d{9}$/.test(plain(text));
}

/** Sixteen to nineteen digits that Luhn's rule lets be a card's number. */
export function isCard(text: string): boolean {
  const number = plain(text);
  if (!/^\d{16,19}$/.test(number)) return false;
  const sum = [...number].reverse().reduce((total, digit, place) => {
    const twice = Number(digit) * (place % 2 ? 2 : 1);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 === 0;
}
