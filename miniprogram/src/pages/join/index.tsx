import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Check } from "@/components/Check";
import { useLoad, useQuery, useSignedIn, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { go, open, pathOf } from "@/components/routes";
import { Card, Link } from "@/components/Rows";
import type { GiftView, SessionView } from "@/services/api";
import * as members from "@/services/members";
import { minute } from "@/services/moments";
import { yuan } from "@/services/money";
import * as session from "@/services/session";
import { forget, recall } from "@/services/storage";
import { fill, texts, told } from "@/texts";

const OWN_PAGE = /^\/pages\/[a-z-]+\/index(\?.*)?$/;

/** Logging in and joining. What is agreed to here is noted by the product once there is a session. */
export default function Join() {
  const t = texts();
  const query = useQuery();
  const isIn = useSignedIn();
  const wanted = OWN_PAGE.test(query.back ?? "") ? query.back : pathOf("home");
  return (
    <Page title={t.join.title}>
      {isIn === true ? <Welcome wanted={wanted} /> : null}
      {isIn === false ? <Door wanted={wanted} /> : null}
    </Page>
  );
}

function Door({ wanted }: { wanted: string }) {
  const t = texts();
  const [isAgreed, setAgreed] = useState(false);
  const [leaving] = useState(() => recall<string>("leaving"));
  const [refused] = useState(() => recall<string>("refused"));
  const entering = useWork(async () => {
    forget("refused");
    forget("leaving");
    const next = pathOf("join", { back: wanted, agreed: 1 });
    await session.signIn(next);
    session.takeWanted();
    open(next);
  });
  return (
    <>
      <section className="result">
        <span className="logo" aria-hidden="true">惠</span>
        <h1 className="result-word">{t.join.title}</h1>
        <p className="fine">{t.join.lead}</p>
      </section>
      {leaving ? <Notice><p className="notice-text">{fill(t.join.leaving, { time: minute(leaving) })}</p></Notice> : null}
      {refused === "snapshot_visitor" ? <Notice><p className="notice-text">{t.join.snapshot}</p></Notice> : null}
      <Card>
        <p className="card-note">{t.join.learns}</p>
        <Check name="agree" isOn={isAgreed} onChange={setAgreed}>{t.join.agree}</Check>
        <div className="card-foot"><Link onClick={() => go("terms")}>{t.join.read}</Link></div>
      </Card>
      {entering.problem ? <Trouble problem={entering.problem} /> : null}
      <div className="actions"><Button isOff={!isAgreed} isBusy={entering.isBusy} onClick={entering.run}>{t.join.login}</Button></div>
    </>
  );
}

async function arrived(isAgreed: boolean): Promise<GiftView> {
  if (isAgreed) {
    const { version } = await members.introduction();
    await members.consent(version);
  }
  return members.gift();
}

/** After the log-in: a new member is welcomed, everybody else goes where they wanted to. */
function Welcome({ wanted }: { wanted: string }) {
  const t = texts();
  const { agreed } = useQuery();
  const me = session.current() as SessionView;
  const found = useLoad(() => arrived(agreed === "1"));
  const taking = useWork(async () => {
    await members.takeGift();
    open(wanted);
  });
  const isOver = found.value !== null && !me.is_new && found.value.status !== "open";
  useEffect(() => { if (isOver) open(wanted); }, [isOver]);
  const gift = found.value;
  if (!gift || isOver) return <Page title={t.join.title} isLoading={found.isLoading} problem={found.problem} again={found.again} />;
  return (
    <>
      <section className="result">
        <span className="logo" aria-hidden="true">惠</span>
        <h1 className="result-word">{t.join.welcome}</h1>
        <p className="fine">{t.join.welcomeNote}</p>
        {me.home_store_name ? <p className="fine">{fill(t.join.home, { store: me.home_store_name })}</p> : null}
      </section>
      {gift.status === "open" || gift.status === "granted" ? (
        <Card title={t.join.gift} aside={<Money fen={gift.amount_fen} size="big" />}>
          {gift.status === "granted" ? <p className="card-note good">{fill(t.join.taken, { amount: yuan(gift.amount_fen) })}</p> : null}
          <p className="card-note">{told(gift.terms_zh, gift.terms_en)}</p>
        </Card>
      ) : null}
      {taking.problem ? <Trouble problem={taking.problem} /> : null}
      <div className="actions">
        {gift.status === "open" ? <Button isBusy={taking.isBusy} onClick={taking.run}>{t.join.take}</Button> : null}
        <Button kind={gift.status === "open" ? "quiet" : "main"} onClick={() => open(wanted)}>{gift.status === "open" ? t.join.later : t.join.start}</Button>
      </div>
    </>
  );
}
