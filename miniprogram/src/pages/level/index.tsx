import { useState } from "react";
import { Button } from "@/components/Button";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Empty, Notice, Page, Trouble } from "@/components/Page";
import { Card, Row } from "@/components/Rows";
import type { MemberLevelsMemberLevelView } from "@/services/api";
import * as belonging from "@/services/belonging";
import { yuan } from "@/services/money";
import { fill, told } from "@/texts";
import { levelTexts } from "@/texts/level";

export default function Level() {
  const t = levelTexts();
  const isMember = useMember();
  const found = useLoad(() => Promise.all([belonging.levels(), belonging.level()]), [], isMember);
  const [all, own] = found.value ?? [];
  return (
    <Page title={t.title} isLoading={found.isLoading && !all} problem={found.problem} again={found.again}>
      {all && own ? (
        <>
          <section className="hero">
            <p className="hero-label">{t.now}</p>
            <h1 className="hero-title">{own.level ? told(own.level.name, own.level.name_en) : t.none}</h1>
          </section>
          {own.level?.gift_fen ? <Gift level={own.level} /> : null}
          <Card title={t.all}>
            {all.levels.map((each) => (
              <Row key={each.id} icon="gift" title={<>{told(each.name, each.name_en)}{own.level?.id === each.id ? <span className="tag tag-good">{t.yours}</span> : null}</>}
                note={[fill(t.needs, { days: each.period_days, amount: yuan(each.threshold_fen) }), each.gift_fen ? fill(t.gift, { amount: yuan(each.gift_fen) }) : ""].filter(Boolean).join(" · ")} />
            ))}
            {all.levels.length ? null : <Empty icon="gift">{t.noLevels}</Empty>}
          </Card>
        </>
      ) : null}
    </Page>
  );
}

/** Whether it was taken before is told by the product when it is asked for. */
function Gift({ level }: { level: MemberLevelsMemberLevelView }) {
  const t = levelTexts();
  const [takenFen, setTaken] = useState<number | null>(null);
  const taking = useWork(async () => setTaken((await belonging.takeLevelGift(level.id)).gift_fen));
  if (takenFen !== null) return <Notice kind="good"><p className="notice-text">{fill(t.taken, { amount: yuan(takenFen) })}</p></Notice>;
  return (
    <div className="actions">
      {taking.problem ? <Trouble problem={taking.problem} /> : null}
      <Button isBusy={taking.isBusy} onClick={taking.run}>{fill(t.take, { amount: yuan(level.gift_fen) })}</Button>
    </div>
  );
}
