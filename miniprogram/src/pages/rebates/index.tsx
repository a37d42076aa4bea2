import { useState } from "react";
import { Button } from "@/components/Button";
import { Explanation } from "@/components/Explanation";
import { useLoad, useMember } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Page } from "@/components/Page";
import { go } from "@/components/routes";
import { Card } from "@/components/Rows";
import { Lines } from "@/components/Statement";
import { REBATES, wallet } from "@/services/wallet";
import { texts } from "@/texts";

export default function Rebates() {
  const t = texts();
  const isMember = useMember();
  const found = useLoad(wallet, [], isMember);
  const [entry, setEntry] = useState<string | null>(null);
  const of = (purse: string) => found.value?.purses[purse]?.balance_fen ?? 0;
  return (
    <Page title={t.rebates.title} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value ? (
        <>
          <section className="hero hero-two">
            <div><p className="hero-label">{t.rebates.available}</p><Money fen={of("rebate")} size="big" /></div>
            <div><p className="hero-label">{t.rebates.pending}</p><Money fen={of("rebate_pending")} size="big" /></div>
          </section>
          <div className="actions"><Button kind="plain" onClick={() => go("withdraw")}>{t.wallet.withdraw}</Button></div>
          <p className="fine page-note">{t.wallet.frozenNote}</p>
          <Card><Lines purses={REBATES} none={t.rebates.empty} onExplain={setEntry} /></Card>
        </>
      ) : null}
      {entry ? <Explanation entryId={entry} onClose={() => setEntry(null)} /> : null}
    </Page>
  );
}
