import type { PriceView, PriceViewPurseUseView } from "@/services/api";
import { yuan } from "@/services/money";
import { fill, texts } from "@/texts";
import { Money } from "./Money";
import { Row } from "./Rows";
import { Sheet } from "./Sheet";

const ORDER = ["experience_fen", "prepaid_fen", "rebate_fen", "wechat_fen"] as const;
const ICONS = { experience_fen: "gift", prepaid_fen: "wallet", rebate_fen: "rebate", wechat_fen: "wechat" } as const;

/** What each purse pays. */
export function PurseParts({ parts }: { parts: Record<string, number> }) {
  const t = texts();
  return (
    <>
      {ORDER.filter((part) => parts[part] > 0).map((part) => (
        <Row key={part} icon={ICONS[part]} title={t.pay.parts[part]} value={<Money fen={parts[part]} />} />
      ))}
    </>
  );
}

interface SheetProps {
  price: PriceView;
  now: PriceViewPurseUseView;
  onChoose(use: PriceViewPurseUseView): void;
  onClose(): void;
}

/** Every other use of the purses that differs in what is paid, the best first. */
export function PurseSheet({ price, now, onChoose, onClose }: SheetProps) {
  const t = texts();
  const different = new Map<string, PriceViewPurseUseView>();
  for (const use of [price.best, ...price.choices]) {
    const key = JSON.stringify([use.amount_fen, ORDER.map((part) => use.parts[part] ?? 0)]);
    if (!different.has(key)) different.set(key, use);
  }
  return (
    <Sheet title={t.pay.choose} onClose={onClose}>
      <div className="choices">
        {[...different.values()].map((use) => {
          const isNow = same(use, now);
          const parts = ORDER.filter((part) => use.parts[part] > 0).map((part) => `${t.pay.parts[part]} ${yuan(use.parts[part])}`);
          return (
            <button key={use.purses.join()} type="button" className={`choice${isNow ? " choice-now" : ""}`} aria-pressed={isNow ? "true" : "false"} onClick={() => onChoose(use)}>
              <span className="row-text">
                <span className="row-title">{parts.join(" + ")}{use === price.best ? <span className="tag tag-good">{t.pay.best}</span> : null}</span>
                {use.discount_fen > 0 ? <span className="row-note good">{fill(t.pay.saves, { amount: yuan(use.discount_fen) })}</span> : null}
              </span>
              <span className="row-value"><Money fen={use.amount_fen} /></span>
            </button>
          );
        })}
      </div>
    </Sheet>
  );
}

function same(one: PriceViewPurseUseView, other: PriceViewPurseUseView): boolean {
  return one.amount_fen === other.amount_fen && ORDER.every((part) => (one.parts[part] ?? 0) === (other.parts[part] ?? 0));
}
