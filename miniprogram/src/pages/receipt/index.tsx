import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Explanation } from "@/components/Explanation";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { go, open, pathOf } from "@/components/routes";
import { Card, Link, Row } from "@/components/Rows";
import { Subscribe } from "@/components/Subscribe";
import type { PaymentView, ReceiptView, ReceiptViewReceiptLine } from "@/services/api";
import { day, minute } from "@/services/moments";
import { Problem } from "@/services/problem";
import { finish, payment, receipt } from "@/services/payments";
import { store } from "@/services/stores";
import { entryOf } from "@/services/wallet";
import { fill, texts, told } from "@/texts";
import { ticketTexts } from "@/texts/tickets";

interface Seen {
  payment: PaymentView;
  receipt: ReceiptView | null;
  storeName: string;
}

const SOLD = new Set(["paid", "refunded"]);
const COUNTED_MILLISECONDS = 1_500;

const isCounting = (seen: Seen | null) => seen?.payment.status === "paid" && seen.payment.distributed_at === null;

async function look(id: string): Promise<Seen> {
  const found = await payment(id);
  if (!SOLD.has(found.status)) return { payment: found, receipt: null, storeName: (await store(found.store_id)).name };
  const told = await receipt(id);
  return { payment: found, receipt: told, storeName: told.store_name ?? "" };
}

export default function Receipt() {
  const t = texts();
  const { id } = useQuery();
  const isMember = useMember();
  const found = useLoad(() => look(id), [id], isMember);
  const going = useWork(async () => {
    if (found.value) await finish(found.value.payment);
    found.again();
  });
  const seen = found.value;
  useEffect(() => {
    if (!isCounting(seen)) return undefined;
    const timer = setTimeout(found.again, COUNTED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [seen]);
  return (
    <Page
      title={t.receipt.title}
      isLoading={found.isLoading && !seen}
      problem={found.problem}
      again={found.again}
      foot={found.problem ? undefined : <Button kind="plain" onClick={() => open(pathOf("home"))}>{t.receipt.home}</Button>}
    >
      {seen ? (
        <>
          <section className="result">
            <span className={`result-mark ${SOLD.has(seen.payment.status) ? "result-good" : ""}`} aria-hidden="true"><span className={`icon icon-${SOLD.has(seen.payment.status) ? "check" : "clock"}`} /></span>
            <h1 className="result-word">{t.receipt[seen.payment.status]}</h1>
            <Money fen={seen.payment.amount_fen} size="huge" />
            <p className="fine">{seen.storeName}</p>
          </section>
          {seen.payment.status === "awaiting" ? (
            <Notice>
              <p className="notice-text">{t.pay.mayWait}</p>
              <Button isBusy={going.isBusy} onClick={going.run}>{t.pay.continue}</Button>
              {going.problem ? <Trouble problem={going.problem} /> : null}
            </Notice>
          ) : null}
          {seen.receipt ? <Split seen={seen} receipt={seen.receipt} /> : null}
          <Card><Row icon="phone" title={ticketTexts().help} onClick={() => go("tickets", { kind: "payment", subject: seen.payment.id })} /></Card>
          {SOLD.has(seen.payment.status) ? <Subscribe kinds={["member.paid", "member.rebate", "member.refunded"]} /> : null}
        </>
      ) : null}
    </Page>
  );
}

const isShare = (line: ReceiptViewReceiptLine) => line.kind.startsWith("share_");

function Split({ seen, receipt: found }: { seen: Seen; receipt: ReceiptView }) {
  const t = texts();
  const [entry, setEntry] = useState<string | null>(null);
  const own = found.lines.filter(isShare);
  const explaining = useWork(async () => {
    const mine = await entryOf(seen.payment.id, found.paid_at ?? seen.payment.distributed_at!);
    if (!mine) throw new Problem({ status: 0, code: "no_entry", message: t.receipt.noEntry, title: t.receipt.noEntry });
    setEntry(mine);
  });
  return (
    <>
      {isCounting(seen) ? <Notice><p className="notice-text">{t.receipt.counting}</p></Notice> : null}
      {own.length ? (
        <Card title={t.receipt.yours} aside={seen.payment.distributed_at ? <Link onClick={explaining.run}>{explaining.isBusy ? t.common.loading : t.receipt.why}</Link> : undefined}>
          {own.map((line, place) => <Share key={place} line={line} />)}
        </Card>
      ) : null}
      {explaining.problem ? <Trouble problem={explaining.problem} /> : null}
      <Card title={t.receipt.paidWith}>
        {found.lines.filter((line) => !isShare(line)).map((line, place) => (
          <Row key={place} title={told(line.title, line.title_en)} value={<Money fen={line.amount_fen} />} />
        ))}
        <Row title={t.receipt.at} value={found.paid_at ? minute(found.paid_at) : ""} />
        <Row title={t.receipt.number} value={<span className="fine number">{seen.payment.id.replace(/-/g, "")}</span>} />
      </Card>
      {entry ? <Explanation entryId={entry} onClose={() => setEntry(null)} /> : null}
    </>
  );
}

function Share({ line }: { line: ReceiptViewReceiptLine }) {
  const t = texts();
  const when = line.is_released ? t.receipt.released : line.release_at ? fill(t.receipt.frozen, { date: day(line.release_at) }) : undefined;
  return <Row icon="rebate" title={told(line.title, line.title_en)} note={when} value={<Money fen={line.amount_fen} isSigned />} />;
}
