import { useState } from "react";
import { fill } from "@/texts";
import { ticketTexts } from "@/texts/tickets";
import { Button } from "./Button";
import { useWork } from "./hooks";
import { Trouble } from "./Page";
import { Card } from "./Rows";

const STARS = [1, 2, 3, 4, 5];

interface Props {
  title: string;
  /** What was given before; null: nothing yet. */
  given: number | null;
  onRate(stars: number): Promise<void>;
}

/** One to five stars, given once. */
export function Stars({ title, given, onRate }: Props) {
  const t = ticketTexts();
  const [stars, setStars] = useState(5);
  const rating = useWork(() => onRate(stars));
  if (given !== null) return <Card><p className="card-note good">{fill(t.thanks, { count: given })}</p></Card>;
  return (
    <Card title={title}>
      <div className="tiers tiers-five" role="group" aria-label={title}>
        {STARS.map((count) => (
          <button key={count} type="button" className={`tier${count === stars ? " tier-now" : ""}`} aria-pressed={count === stars ? "true" : "false"} aria-label={fill(t.stars, { count })} onClick={() => setStars(count)}>{`${count} ★`}</button>
        ))}
      </div>
      {rating.problem ? <Trouble problem={rating.problem} /> : null}
      <div className="actions"><Button kind="plain" isBusy={rating.isBusy} onClick={rating.run}>{t.rateIt}</Button></div>
    </Card>
  );
}
