import { split, yuan } from "@/services/money";

interface Props {
  fen: number;
  size?: "huge" | "big" | "normal";
  /** Shows + before what came in. */
  isSigned?: boolean;
}

/** An amount: the yuan stand out, the fen stay readable. */
export function Money({ fen, size = "normal", isSigned }: Props) {
  const { whole, cents } = split(fen);
  const sign = fen < 0 ? "−" : isSigned && fen > 0 ? "+" : "";
  return (
    <span className={`money money-${size}${isSigned && fen > 0 ? " money-in" : ""}`} role="text" aria-label={`${sign}${yuan(Math.abs(fen))}`}>
      <span aria-hidden="true">
        {sign ? <span>{sign}</span> : null}
        <span className="money-mark">¥</span><span>{whole}</span><span className="money-cents">{`.${cents}`}</span>
      </span>
    </span>
  );
}
