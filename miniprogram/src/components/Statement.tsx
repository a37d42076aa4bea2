import { useState } from "react";
import type { StatementViewLineView } from "@/services/api";
import { minute } from "@/services/moments";
import { yuan } from "@/services/money";
import { statement } from "@/services/wallet";
import { fill, texts, told } from "@/texts";
import { Button } from "./Button";
import { useLoad, useWork } from "./hooks";
import { Money } from "./Money";
import { Empty, Loading, Trouble } from "./Page";
import { Row } from "./Rows";

interface Props {
  onExplain(entryId: string): void;
  /** Only so many, without more to load. */
  shown?: number;
  /** Only the lines of these purses. */
  purses?: Set<string>;
  none?: string;
}

const PAGE = 20;
const MOST_PAGES_AT_ONCE = 5;

interface Read {
  lines: StatementViewLineView[];
  cursor: string | null;
}

/** A page of lines; where only some purses are wanted, on through the pages until there are some. */
async function read(cursor: string | null, limit: number, purses?: Set<string>): Promise<Read> {
  const lines: StatementViewLineView[] = [];
  let next = cursor;
  for (let turn = 0; turn < MOST_PAGES_AT_ONCE; turn += 1) {
    const page = await statement(next, limit);
    lines.push(...page.lines.filter((line) => !purses || purses.has(line.purse)));
    next = page.next_cursor;
    if (!next || lines.length) break;
  }
  return { lines, cursor: next };
}

/** Movements, the newest first; each can be explained. */
export function Lines({ onExplain, shown, purses, none }: Props) {
  const t = texts();
  const first = useLoad(() => read(null, shown ?? PAGE, purses));
  const [rest, setRest] = useState<Read | null>(null);
  const more = useWork(async () => {
    const page = await read(rest?.cursor ?? first.value?.cursor ?? null, PAGE, purses);
    setRest({ lines: [...(rest?.lines ?? []), ...page.lines], cursor: page.cursor });
  });
  if (first.isLoading && !first.value) return <Loading />;
  if (first.problem) return <Trouble problem={first.problem} again={first.again} />;
  const lines = [...(first.value?.lines ?? []), ...(rest?.lines ?? [])].slice(0, shown);
  const isMore = !shown && (rest ? rest.cursor : first.value?.cursor);
  if (!lines.length) return <Empty>{none ?? t.wallet.empty}</Empty>;
  return (
    <>
      {lines.map((line) => (
        <Row
          key={line.entry_id}
          title={told(line.title, line.title_en)}
          note={<><span>{minute(line.at)}</span><span>{told(line.purse_title, line.purse_title_en)}</span><span>{fill(t.wallet.of, { amount: yuan(line.balance_fen) })}</span></>}
          value={<Money fen={line.amount_fen} isSigned />}
          onClick={() => onExplain(line.entry_id)}
        />
      ))}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {isMore ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{t.common.more}</Button></div> : null}
    </>
  );
}
