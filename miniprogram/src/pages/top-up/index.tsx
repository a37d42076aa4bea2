import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Check } from "@/components/Check";
import { Field } from "@/components/Field";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { go, open, pathOf, swap } from "@/components/routes";
import { Card, Link } from "@/components/Rows";
import { Subscribe } from "@/components/Subscribe";
import type { IntroductionView, OfferedPlansOfferedPlan, StoreDetail } from "@/services/api";
import * as members from "@/services/members";
import { fenOf, yuan } from "@/services/money";
import * as stores from "@/services/stores";
import * as topups from "@/services/topups";
import { fill, texts } from "@/texts";

interface Desk {
  store: StoreDetail;
  home: StoreDetail | null;
  plans: OfferedPlansOfferedPlan[];
  introduction: IntroductionView;
  isConsented: boolean;
}

/** The store asked for, else the home store; null: there is neither, so one is chosen. */
async function desk(asked: string | undefined): Promise<Desk | null> {
  const { home_store_id: homeId } = await members.binding();
  const id = asked ?? homeId;
  if (!id) return null;
  const [store, { plans }, introduction, terms] = await Promise.all([stores.store(id), topups.plans(id), members.introduction(), members.terms()]);
  const home = !homeId ? null : homeId === id ? store : await stores.store(homeId);
  return { store, home, plans: plans.filter((plan) => plan.is_open), introduction, isConsented: terms.is_consented };
}

export default function TopUp() {
  const t = texts();
  const query = useQuery();
  const isMember = useMember();
  const found = useLoad(() => desk(query.store), [query.store], isMember);
  const isNowhere = isMember && !found.isLoading && !found.problem && !found.value;
  useEffect(() => { if (isNowhere) swap("stores", { then: "top-up" }); }, [isNowhere]);
  const isElsewhere = found.value?.home && found.value.home.id !== found.value.store.id;
  return (
    <Page title={t.topUp.title} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value && isElsewhere ? (
        <Notice>
          <p className="notice-text">{fill(t.topUp.elsewhere, { store: found.value.home!.name })}</p>
          <Button onClick={() => swap("top-up", { store: found.value!.home!.id })}>{t.topUp.go}</Button>
        </Notice>
      ) : null}
      {found.value && !isElsewhere ? <Form desk={found.value} asked={query.amount} /> : null}
    </Page>
  );
}

interface Choice {
  amountFen: number;
  planId: string;
}

function Form({ desk: { store, home, plans, introduction, isConsented }, asked }: { desk: Desk; asked?: string }) {
  const t = texts();
  const [choice, setChoice] = useState<Choice | null>(null);
  const [text, setText] = useState(asked ? String(Number(asked) / 100) : "");
  const [isAgreed, setAgreed] = useState(isConsented);
  const [isHome, setHome] = useState(home !== null);
  const [ended, setEnded] = useState<topups.ToppedUp | null>(null);
  const least = introduction.top_up_minimum_fen;
  const most = introduction.top_up_maximum_fen;
  const typedFen = fenOf(text);
  const amountFen = choice?.amountFen ?? typedFen;
  const isFit = amountFen !== null && amountFen >= least && amountFen <= most;
  const paying = useWork(async () => {
    setEnded(null);
    await members.consent(introduction.version);
    const wish: topups.TopUpWish = { store_id: store.id, amount_fen: amountFen! };
    if (choice) wish.plan_id = choice.planId;
    setEnded(await topups.start(wish));
  });
  if (ended?.outcome === "credited" && ended.topUp) return <Done topUp={ended.topUp} />;
  return (
    <>
      <section className="pay-to">
        <p className="fine">{t.topUp.at}</p>
        <h1 className="store-name">{store.name}</h1>
        {home ? <p className="fine good">{t.topUp.home}</p> : null}
      </section>
      <Card title={t.topUp.plans}>
        {plans.map((plan) => <Tiers key={plan.id} plan={plan} now={choice} choose={(found) => { setChoice(found); setText(""); }} />)}
        {plans.length ? null : <p className="card-note">{t.topUp.noPlans}</p>}
        <Field name="amount" kind="amount" label={plans.length ? t.topUp.other : t.topUp.amount} value={text} longest={10}
          onChange={(value) => { setText(value); setChoice(null); }}
          problem={text && !isFit ? fill(t.topUp.range, { least: yuan(least), most: yuan(most) }) : undefined} />
      </Card>
      <Card>
        {home ? null : (
          <>
            <p className="card-note">{t.topUp.first}</p>
            <Check name="home" isOn={isHome} onChange={setHome}>{fill(t.topUp.firstAgree, { store: store.name })}</Check>
          </>
        )}
        <Check name="agree" isOn={isAgreed} onChange={setAgreed}>
          {t.topUp.agree}
        </Check>
        <div className="card-foot"><Link onClick={() => go("terms")}>{t.topUp.terms}</Link></div>
        <p className="card-note">{fill(t.topUp.refund, { days: introduction.refund_days })}</p>
      </Card>
      {ended ? <Notice kind={ended.outcome === "unsure" ? "plain" : "bad"}><p className="notice-text">{wordOf(ended.outcome)}</p></Notice> : null}
      {paying.problem ? <Trouble problem={paying.problem} /> : null}
      <div className="actions">
        <Button isOff={!isFit || !isAgreed || !isHome} isBusy={paying.isBusy} onClick={paying.run}>
          {fill(t.topUp.pay, { amount: isFit ? yuan(amountFen!) : "" })}
        </Button>
      </div>
    </>
  );
}

function wordOf(outcome: topups.ToppedUp["outcome"]): string {
  const t = texts();
  if (outcome === "unsure") return t.topUp.late;
  return outcome === "cancelled" ? t.topUp.cancelled : t.topUp.failed;
}

function Tiers({ plan, now, choose }: { plan: OfferedPlansOfferedPlan; now: Choice | null; choose(found: Choice): void }) {
  const t = texts();
  return (
    <div className="plan">
      <p className="plan-name">{plan.name}<span className="fine">{t.topUp.funder[plan.funder]}</span></p>
      <div className="tiers">
        {plan.tiers.map((tier) => {
          const isNow = now?.planId === plan.id && now.amountFen === tier.at_least_fen;
          return (
            <button key={tier.at_least_fen} type="button" className={`tier${isNow ? " tier-now" : ""}`} aria-pressed={isNow ? "true" : "false"}
              onClick={() => choose({ amountFen: tier.at_least_fen, planId: plan.id })}>
              <Money fen={tier.at_least_fen} size="big" />
              <span className="tag tag-warm">{fill(t.topUp.gives, { amount: yuan(tier.bonus_fen) })}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}

function Done({ topUp }: { topUp: NonNullable<topups.ToppedUp["topUp"]> }) {
  const t = texts();
  return (
    <>
      <section className="result">
        <span className="result-mark result-good" aria-hidden="true"><span className="icon icon-check" /></span>
        <h1 className="result-word">{t.topUp.done}</h1>
        <Money fen={topUp.amount_fen} size="huge" />
        {topUp.bonus_fen > 0 ? <p className="good">{fill(t.topUp.bonus, { amount: yuan(topUp.bonus_fen) })}</p> : null}
      </section>
      <Subscribe kinds={["member.topped_up"]} />
      <div className="actions"><Button onClick={() => open(pathOf("wallet"))}>{t.common.done}</Button></div>
    </>
  );
}
