import { useDidHide, useDidShow } from "@tarojs/taro";
import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Page, Trouble } from "@/components/Page";
import { useProven } from "@/components/Proven";
import { go } from "@/components/routes";
import { Card } from "@/components/Rows";
import type { OpenPaymentsViewPaymentView, PaymentCodeView } from "@/services/api";
import * as payments from "@/services/payments";
import { barcode, qr } from "@/services/pictures";
import { fill, texts } from "@/texts";

const LEAST_MILLISECONDS = 1_000;
const LOOK_MILLISECONDS = 4_000;

export default function Code() {
  const t = texts();
  const isMember = useMember();
  const [isShown, setShown] = useState(true);
  useDidShow(() => setShown(true));
  useDidHide(() => setShown(false));
  const found = useLoad(payments.code, [], isMember && isShown);
  const code = found.value;
  useEffect(() => {
    if (!code || !isShown) return undefined;
    const left = Date.parse(code.expires_at) - Date.parse(code.server_time);
    const timer = setTimeout(found.again, Math.max(left, LEAST_MILLISECONDS));
    return () => clearTimeout(timer);
  }, [code, isShown]);
  return (
    <Page title={t.code.title} tab="code" isLoading={found.isLoading && !code} problem={found.problem} again={found.again}>
      {isMember && isShown ? <Waiting /> : null}
      {code ? <Shown code={code} /> : null}
    </Page>
  );
}

function Shown({ code }: { code: PaymentCodeView }) {
  const t = texts();
  const digits = code.code.replace(/(\d{4})(?=\d)/g, "$1 ");
  return (
    <section className="code-card">
      <h1 className="code-title">{t.code.show}</h1>
      <img className="code-bars" src={barcode(code.barcode)} alt={fill(t.code.large, { code: digits })} />
      <p className="code-digits number">{digits}</p>
      <img className="code-square" src={qr(code.qr_text)} alt="" />
      <p className="fine">{t.code.renews}</p>
      <p className="fine">{t.code.secret}</p>
    </section>
  );
}

/** Payments that a till began and that are above the free limits. */
function Waiting() {
  const found = useLoad(payments.waiting);
  useEffect(() => {
    const timer = setInterval(found.again, LOOK_MILLISECONDS);
    return () => clearInterval(timer);
  }, [found.again]);
  return <>{found.value?.payments.map((each) => <Confirm key={each.id} payment={each} again={found.again} />)}</>;
}

function Confirm({ payment, again }: { payment: OpenPaymentsViewPaymentView; again(): void }) {
  const t = texts();
  const deciding = useProven(async (proof) => {
    const started = payment.status === "confirming" ? await payments.confirm(payment.id, proof) : payment;
    const { outcome } = await payments.finish(started);
    if (outcome === "paid") go("receipt", { id: payment.id });
    again();
  });
  const refusing = useWork(async () => {
    await payments.callOff(payment.id);
    again();
  });
  return (
    <Card title={t.code.confirm} aside={<Money fen={payment.amount_fen} size="big" />}>
      <p className="card-note">{t.code.confirmNote}</p>
      {deciding.problem || refusing.problem ? <Trouble problem={(deciding.problem ?? refusing.problem)!} /> : null}
      <div className="actions actions-two">
        <Button kind="plain" isBusy={refusing.isBusy} onClick={refusing.run}>{t.code.refuse}</Button>
        <Button isBusy={deciding.isBusy} onClick={deciding.run}>{t.code.confirmAction}</Button>
      </div>
      {deciding.sheet}
    </Card>
  );
}
