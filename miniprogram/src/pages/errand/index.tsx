import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Loading, Notice, Page, Trouble } from "@/components/Page";
import { OwnPictures, PicturesToSend } from "@/components/Pictures";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import { Stars } from "@/components/Stars";
import type { ErrandViewPlaceView } from "@/services/api";
import * as errands from "@/services/errands";
import { day, minute } from "@/services/moments";
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
            <Money fen={errands.amountOf(role, errand)} size="huge" />
            <p className="hero-label">{fill(role === "run" ? t.feeTaken : t.fee, { fee: yuan(errands.feeOf(role, errand)) })}</p>
          </section>
          <Codes errand={errand} />
          <Card title={t.about}>
            <p className="prose">{errand.description}</p>
            <OwnPictures door={errands.pictures} ids={errand.pictures} />
            <Spot name={t.pickUp} place={errand.pick_up} />
            <Spot name={t.delivery} place={errand.delivery} />
            <p className="card-note">{fill(t.distance, { metres: distance(errand.distance_metres) })}</p>
          </Card>
          <Proofs errand={errand} />
          {errand.dispute ? <Notice><p className="notice-text">{errand.dispute}</p></Notice> : null}
          {errand.decision_reason ? <Notice><p className="notice-text">{errand.decision_reason}</p></Notice> : null}
          <div className="actions">
            {errands.stepsOf(role, errand.status).map((step) => (
              step === "assign" ? <Assign key={step} errand={errand} again={found.again} /> : <StepButton key={step} errand={errand} step={step} again={found.again} />
            ))}
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

/** What the runner showed at either end. */
function Proofs({ errand }: { errand: errands.Errand }) {
  const t = errandTexts();
  return (
    <>
      {errand.pick_up_proof.length ? <Card title={t.pickUpProof}><OwnPictures door={errands.pictures} ids={errand.pick_up_proof} /></Card> : null}
      {errand.delivery_proof.length ? <Card title={t.deliveryProof}><OwnPictures door={errands.pictures} ids={errand.delivery_proof} /></Card> : null}
    </>
  );
}

function Spot({ name, place }: { name: string; place: ErrandViewPlaceView | null }) {
  if (!place) return null;
  return <Row icon="place" title={place.address} note={`${name} · ${place.contact_name} ${place.contact_phone}`} />;
}

/** A code is six digits; without one there has to be a picture. */
const fitsAsProof = (code: string, pictures: string[]) => (code ? /^\d{6}$/.test(code) : pictures.length > 0);

const PROVED = ["pick-up", "deliver"];
const REASONED = ["cancel", "dispute"];

/** One step: at once, with the code shown there, or with a reason. */
function StepButton({ errand, step, again }: { errand: errands.Errand; step: string; again(): void }) {
  const t = errandTexts();
  const name = t.steps[step as keyof typeof t.steps];
  const [isAsking, setAsking] = useState(false);
  const [text, setText] = useState("");
  const [pictures, setPictures] = useState<string[]>([]);
  const isProof = PROVED.includes(step);
  const sure = t.sure[step];
  const isReasoned = REASONED.includes(step);
  const isAsked = isProof || isReasoned || sure !== undefined;
  const working = useWork(async () => {
    if (isProof) await errands.prove(errand.id, step as "pick-up", text.trim(), pictures);
    else if (isReasoned) await errands.because(errand.id, step as "cancel", text.trim());
    else await errands.take(errand.id, step as errands.Step);
    setAsking(false);
    again();
  });
  const isFit = isProof ? fitsAsProof(text.trim(), pictures) : !isReasoned || text.trim() !== "";
  return (
    <>
      <Button kind={isProof || step === "take" || step === "confirm" ? "main" : "quiet"} isBusy={working.isBusy} onClick={isAsked ? () => setAsking(true) : working.run}>{name}</Button>
      {working.problem && !isAsking ? <Trouble problem={working.problem} /> : null}
      {isAsking ? (
        <Sheet title={name} onClose={() => setAsking(false)}>
          {step === "cancel" && errand.status === "taken" ? <p className="card-note">{t.cancelNote}</p> : null}
          {sure ? <p className="card-note">{sure}</p> : null}
          {isProof || isReasoned ? <Field name="step" kind={isProof ? "number" : "text"} label={isProof ? t.code : t.reason} value={text} onChange={setText} longest={isProof ? 6 : 100} /> : null}
          {isProof ? <PicturesToSend door={errands.pictures} ids={pictures} onChange={setPictures} /> : null}
          {isProof ? <p className="card-note">{t.proofNote}</p> : null}
          {working.problem ? <Trouble problem={working.problem} /> : null}
          <div className="actions"><Button isOff={!isFit} isBusy={working.isBusy} onClick={working.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </>
  );
}

const RUNNER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Asking one runner: somebody who ran for the poster before, or whose number they were told. */
function Assign({ errand, again }: { errand: errands.Errand; again(): void }) {
  const t = errandTexts();
  const [isAsking, setAsking] = useState(false);
  const [number, setNumber] = useState("");
  const known = useLoad(errands.knownRunners, [], isAsking);
  const wanted = number.trim().toLowerCase();
  const asking = useWork(async () => {
    await errands.assign(errand.id, wanted);
    setAsking(false);
    again();
  });
  return (
    <>
      <Button kind="plain" onClick={() => setAsking(true)}>{t.steps.assign}</Button>
      {isAsking ? (
        <Sheet title={t.steps.assign} onClose={() => setAsking(false)}>
          <p className="card-note">{t.assignNote}</p>
          {known.isLoading ? <Loading /> : null}
          {known.problem ? <Trouble problem={known.problem} again={known.again} /> : null}
          {known.value ? <Known runners={known.value} wanted={wanted} onChoose={setNumber} /> : null}
          <Field name="runner" label={t.runnerNumber} value={number} onChange={setNumber} longest={36} problem={wanted && !RUNNER.test(wanted) ? t.wrongNumber : undefined} />
          {asking.problem ? <Trouble problem={asking.problem} /> : null}
          <div className="actions"><Button isOff={!RUNNER.test(wanted)} isBusy={asking.isBusy} onClick={asking.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </>
  );
}

function Known({ runners, wanted, onChoose }: { runners: errands.KnownRunner[]; wanted: string; onChoose(id: string): void }) {
  const t = errandTexts();
  if (!runners.length) return <p className="card-note">{t.nobodyKnown}</p>;
  return (
    <div className="choices" role="group" aria-label={t.known}>
      {runners.map((each) => (
        <button key={each.id} type="button" className={`choice${each.id === wanted ? " choice-now" : ""}`} aria-pressed={each.id === wanted ? "true" : "false"} onClick={() => onChoose(each.id)}>
          <span className="row-text">
            <span className="row-title">{each.last.title}</span>
            <span className="row-note">{fill(t.knownNote, { count: each.done, date: day(each.last.created_at) })}</span>
          </span>
        </button>
      ))}
    </div>
  );
}
