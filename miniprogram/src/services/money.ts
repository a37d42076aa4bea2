/** Fen as yuan with two decimals: 123456 is ¥1,234.56. Never computed in floats. */
export function yuan(fen: number): string {
  const { whole, cents } = split(fen);
  return `${fen < 0 ? "−" : ""}¥${whole}.${cents}`;
}

export function split(fen: number): { whole: string; cents: string } {
  const positive = Math.abs(fen);
  const whole = String(Math.floor(positive / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return { whole, cents: String(positive % 100).padStart(2, "0") };
}

/** What a person typed as fen, or null: "12.5" is 1250. */
export function fenOf(text: string): number | null {
  const found = /^(\d{1,7})(?:\.(\d{0,2}))?$/.exec(text.trim());
  if (!found) return null;
  return Number(found[1]) * 100 + Number((found[2] || "").padEnd(2, "0"));
}
