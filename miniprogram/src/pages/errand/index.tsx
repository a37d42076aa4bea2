import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import { Stars } from "@/components/Stars";
import type { ErrandViewPlaceView } from "@/services/api";
import * as errands from "@/services/errands";
import { minute } from "@/services/moments";
import { yuan } from "@/services/money";
import { distance } from "@/services/stores";
import { fill, texts } from "@/texts";
import { errandTexts } from "@/texts/errands";

/** An errand, as its poster (`role=posted`) or its runner (`role=run`) sees it. */
export default function ErrandPage() {
  const t = errandTexts();
  const query = useQuery();
  const role: errands.Role = query.role === "run" ? "run" : "posted";
  const isMember = useMember();
  const found = useLoad(() => errands.errand(query.id), [query.id], isMember);
  const errand = found.value;
  return (
    <Page title={t.title} isLoading={found.isLoading && !errand} problem={found.problem} again={found.again}>
      {errand ? (
        <>
          <section className="hero">
            <p className="hero-label">{t.status[errand.status]}</p>
            <h1 className="hero-title">{errand.title}</h1>
            <Money fen={errand.reward_fen} size="huge" />
            <p className="hero-label">{fill(t.fee, { fee: yuan(errand.fee_fen) })}</p>
          </section>
          <Codes errand={errand} />
          <Card title={t.about}>
            <p className="prose">{errand.description}</p>
            <Spot name={t.pickUp} place={errand.pick_up} />
            <Spot name={t.delivery} place={errand.delivery} />
            <p className="card-note">{fill(t.distance, { metres: distance(errand.distance_metres) })}</p>
          </Card>
          {errand.dispute ? <Notice><p className="notice-text">{errand.dispute}</p></Notice> : null}
          {errand.decision_reason ? <Notice><p className="notice-text">{errand.decision_reason}</p></Notice> : null}
          <div className="actions">
            {errands.stepsOf(role, errand.status).map((step) => <StepButton key={step} errand={errand} step={step} again={found.again} />)}
          </div>
          {errand.ended_at && errand.runner_id ? <Stars title={t.rate} given={errand.my_stars} onRate={async (stars) => { await errands.rate(errand.id, stars); found.again(); }} /> : null}
          <Card>{errand.steps.map((step, place) => <Row key={place} title={t.status[step.status]} value={<span className="fine">{minute(step.at)}</span>} />)}</Card>
        </>
      ) : null}
    </Page>
  );
}

/** Only the poster has them, to tell whoever is there. */
function Codes({ errand }: { errand: errands.Errand }) {
  const t = errandTexts();
  if (!errand.pick_up_code && !errand.delivery_code) return null;
  return (
    <Card>
      {errand.pick_up_code ? <Row title={t.pickUpCode} value={<span className="code-line">{errand.pick_up_code}</span>} /> : null}
      {errand.delivery_code ? <Row title={t.deliveryCode} value={<span className="code-line">{errand.delivery_code}</span>} /> : null}
      <p className="card-note">{t.codeNote}</p>
    </Card>
  );
}

function Spot({ name, place }: { name: string; place: ErrandViewPlaceView | null }) {
  if (!place) return null;
  return <Row icon="place" title={place.address} note={`${name} · ${place.contact_name} ${place.contact_phone}`} />;
}

const PROVED = ["pick-up", "deliver"];
const REASONED = ["cancel", "dispute"];

/** One step: at once, with the code shown there, or with a reason. */
function StepButton({ errand, step, again }: { errand: errands.Errand; step: string; again(): void }) {
  const t = errandTexts();
  const name = t.steps[step as keyof typeof t.steps];
  const [isAsking, setAsking] = useState(false);
  const [text, setText] = useState("");
  const isProof = PROVED.includes(step);
  const isAsked = isProof || REASONED.includes(step);
  const working = useWork(async () => {
    if (isProof) await errands.prove(errand.id, step as "pick-up", text.trim());
    else if (isAsked) await errands.because(errand.id, step as "cancel", text.trim());
    else await errands.take(errand.id, step as errands.Step);
    setAsking(false);
    again();
  });
  const isFit = isProof ? /^\d{6}$/.test(text.trim()) : text.trim() !== "";
  return (
    <>
      <Button kind={isProof || step === "take" || step === "confirm" ? "main" : "quiet"} isBusy={working.isBusy} onClick={isAsked ? () => setAsking(true) : working.run}>{name}</Button>
      {working.problem && !isAsking ? <Trouble problem={working.problem} /> : null}
      {isAsking ? (
        <Sheet title={name} onClose={() => setAsking(false)}>
          {step === "cancel" && errand.status === "taken" ? <p className="card-note">{t.cancelNote}</p> : null}
          <Field name="step" kind={isProof ? "number" : "text"} label={isProof ? t.code : t.reason} value={text} onChange={setText} longest={isProof ? 6 : 100} />
          {working.problem ? <Trouble problem={working.problem} /> : null}
          <div className="actions"><Button isOff={!isFit} isBusy={working.isBusy} onClick={working.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </>
  );
}
