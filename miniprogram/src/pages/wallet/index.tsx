import { useState } from "react";
import { Button } from "@/components/Button";
import { Explanation } from "@/components/Explanation";
import { useAgain, useLoad, useMember } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Page } from "@/components/Page";
import { go } from "@/components/routes";
import { Card, Link, Row } from "@/components/Rows";
import { Lines } from "@/components/Statement";
import type { WalletView, WalletViewLotView } from "@/services/api";
import { day } from "@/services/moments";
import { SPENDABLE, spendable, wallet } from "@/services/wallet";
import { fill, texts, told } from "@/texts";

const ICONS: Record<string, string> = { prepaid_principal: "wallet", prepaid_bonus: "plus", experience: "gift", rebate: "rebate", rebate_pending: "clock" };

export default function Wallet() {
  const t = texts();
  const isMember = useMember();
  const found = useLoad(wallet, [], isMember);
  const [entry, setEntry] = useState<string | null>(null);
  useAgain(found.again);
  return (
    <Page title={t.wallet.title} tab="wallet" isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value ? (
        <>
          <section className="hero">
            <p className="hero-label">{t.wallet.spendable}</p>
            <Money fen={spendable(found.value)} size="huge" />
            <div className="hero-actions">
              <Button kind="plain" onClick={() => go("top-up")}>{t.wallet.topUp}</Button>
              <Button kind="plain" onClick={() => go("rebates")}>{t.wallet.rebates}</Button>
            </div>
          </section>
          <Purses found={found.value} />
          <Card>
            <Row icon="clock" title={t.wallet.topUpRefund} onClick={() => go("top-up-refund")} />
            <Row icon="shield" title={t.me.settings} onClick={() => go("settings")} />
          </Card>
          <Card title={t.wallet.statement} aside={<Link onClick={() => go("statement")}>{t.common.all}</Link>}>
            <Lines shown={5} onExplain={setEntry} />
          </Card>
        </>
      ) : null}
      {entry ? <Explanation entryId={entry} onClose={() => setEntry(null)} /> : null}
    </Page>
  );
}

function Purses({ found }: { found: WalletView }) {
  const t = texts();
  const names = Object.keys(found.purses).filter((name) => SPENDABLE.includes(name) || found.purses[name].balance_fen !== 0);
  return (
    <Card title={t.wallet.purses}>
      {names.map((name) => {
        const purse = found.purses[name];
        const note = name === "rebate_pending" ? t.wallet.frozenNote : lotsOf(found.lots, name);
        return <Row key={name} icon={ICONS[name] ?? "wallet"} title={told(purse.title, purse.title_en)} note={note} value={<Money fen={purse.balance_fen} />} />;
      })}
    </Card>
  );
}

/** Until when a purse is good, and how much of a purchase it pays: the lot that ends first. */
function lotsOf(lots: WalletViewLotView[], purse: string): string | undefined {
  const t = texts();
  const [first] = lots.filter((lot) => lot.purse === purse && lot.balance_fen > 0).sort((one, other) => (one.expires_at ?? "9").localeCompare(other.expires_at ?? "9"));
  if (!first) return undefined;
  const until = first.expires_at ? fill(t.wallet.expires, { date: day(first.expires_at) }) : t.wallet.noEnd;
  return first.sale_cap_bp === null ? until : `${until} · ${fill(t.wallet.cap, { percent: first.sale_cap_bp / 100 })}`;
}
