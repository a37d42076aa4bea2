import { useState } from "react";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { Field } from "@/components/Field";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Page, Trouble } from "@/components/Page";
import { PhoneButton } from "@/components/PhoneButton";
import { go, open, pathOf } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import { SignInAgain } from "@/components/SignInAgain";
import { platform } from "@/platform";
import type { DeletionOutlook, ExportView, PhoneView } from "@/services/api";
import { day } from "@/services/moments";
import * as ownData from "@/services/own_data";
import type { Problem } from "@/services/problem";
import * as session from "@/services/session";
import { remember } from "@/services/storage";
import { fill, texts } from "@/texts";
import { personTexts } from "@/texts/person";

export default function Privacy() {
  const t = personTexts();
  const isMember = useMember();
  const found = useLoad(() => Promise.all([ownData.phone(), ownData.deletionOutlook()]), [], isMember);
  const [phone, outlook] = found.value ?? [];
  return (
    <Page title={t.privacy} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {outlook ? (
        <>
          <Export />
          {phone ? <Phone found={phone} again={found.again} /> : <NoPhone again={found.again} />}
          <Deletion outlook={outlook} />
        </>
      ) : null}
    </Page>
  );
}

/** A refusal; where it asks for a fresh session, the way to one. */
function Refused({ problem }: { problem: Problem }) {
  const t = personTexts();
  return problem.code === "sign_in_again" ? <SignInAgain note={t.signIn} action={t.signInAction} /> : <Trouble problem={problem} />;
}

function Export() {
  const t = personTexts();
  const [rows, setRows] = useState(0);
  const [made, setMade] = useState<ExportView | null>(null);
  const reading = useWork(async () => setMade(await ownData.everything((_, count) => setRows(count))));
  return (
    <Card title={t.export}>
      <p className="card-note">{t.exportNote}</p>
      {made ? <Made found={made} rows={rows} onDiscard={() => { setMade(null); setRows(0); }} /> : null}
      {reading.isBusy ? <p className="card-note" role="status">{fill(t.reading, { rows })}</p> : null}
      {reading.problem ? <Refused problem={reading.problem} /> : null}
      {made ? null : <div className="actions"><Button kind="plain" isBusy={reading.isBusy} onClick={reading.run}>{t.start}</Button></div>}
    </Card>
  );
}

/** What was collected stays in this page alone, until it is left or cleared. */
function Made({ found, rows, onDiscard }: { found: ExportView; rows: number; onDiscard(): void }) {
  const t = personTexts();
  const text = JSON.stringify(found, null, 2);
  const saving = useWork(() => platform.save(`lianhui-${day(found.made_at)}.json`, text));
  const parts = found.parts.filter((part) => part.rows.length);
  return (
    <>
      <p className="card-note good" role="status">{fill(t.ready, { parts: parts.length, rows })}</p>
      {parts.map((part) => <Row key={part.name} title={<span lang="zh-CN">{part.title}</span>} value={<span className="fine">{fill(t.rows, { count: part.rows.length })}</span>} />)}
      {saving.problem ? <Trouble problem={saving.problem} /> : null}
      <div className="actions">
        <Button isBusy={saving.isBusy} onClick={saving.run}>{t.save}</Button>
        <CopyButton text={text} name={t.copy} done={t.copied} />
        <Button kind="quiet" onClick={onDiscard}>{t.discard}</Button>
      </div>
      <p className="card-note">{t.saveNote}</p>
    </>
  );
}

function Phone({ found, again }: { found: PhoneView; again(): void }) {
  const t = personTexts();
  const [isAsked, setAsked] = useState(false);
  const taking = useWork(async () => {
    await ownData.takeBackPhone();
    setAsked(false);
    again();
  });
  return (
    <Card title={t.phoneTitle}>
      <Row icon="phone" title={<span className="number">{found.masked}</span>} note={t.phoneNote} />
      <div className="card-foot"><Button kind="quiet" onClick={() => setAsked(true)}>{t.takeBack}</Button></div>
      {isAsked ? (
        <Sheet title={t.takeBack} onClose={() => setAsked(false)}>
          <p className="card-note">{t.sureBack}</p>
          {taking.problem ? <Trouble problem={taking.problem} /> : null}
          <div className="actions"><Button kind="bad" isBusy={taking.isBusy} onClick={taking.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </Card>
  );
}

/** For invitations that were sent to one's number, and to be reached about an order. */
function NoPhone({ again }: { again(): void }) {
  const t = personTexts();
  const [waiting, setWaiting] = useState(0);
  return (
    <Card title={t.phoneNone}>
      <p className="card-note">{t.phoneWhy}</p>
      <PhoneButton onGiven={(given) => { setWaiting(given.invitations_waiting); if (!given.invitations_waiting) again(); }} />
      {waiting ? <Row icon="friends" title={fill(t.phoneInvited, { count: waiting })} onClick={() => go("binding")} /> : null}
    </Card>
  );
}

function Deletion({ outlook: { remaining, given_up: lost, days } }: { outlook: DeletionOutlook }) {
  const t = personTexts();
  const [isAsked, setAsked] = useState(false);
  const word = (what: string) => t.what[what as keyof typeof t.what] ?? t.what.other;
  return (
    <Card title={t.deletion}>
      <p className="card-note">{t.deletionNote}</p>
      <p className="card-note">{fill(t.days, { days })}</p>
      {remaining.length ? <h3 className="card-title">{t.blocked}</h3> : <p className="card-note good">{t.clear}</p>}
      {remaining.map((each, place) => (
        <Row key={place} icon="clock" title={word(each.what)} value={each.amount_fen ? <Money fen={each.amount_fen} /> : undefined} />
      ))}
      {lost.length ? <Lost lost={lost} /> : null}
      {remaining.length ? null : <div className="actions"><Button kind="bad" onClick={() => setAsked(true)}>{t.ask}</Button></div>}
      {isAsked ? <Confirm days={days} lost={lost} onClose={() => setAsked(false)} /> : null}
    </Card>
  );
}

/** What goes with the member for good. */
function Lost({ lost }: { lost: DeletionOutlook["given_up"] }) {
  const t = personTexts();
  const word = (what: string) => t.lose[what as keyof typeof t.lose] ?? t.lose.other;
  return (
    <>
      <h3 className="card-title">{t.lost}</h3>
      {lost.map((each, place) => <Row key={place} icon="clock" title={word(each.what)} value={each.amount_fen ? <Money fen={each.amount_fen} /> : undefined} />)}
      <p className="card-note">{t.lostNote}</p>
    </>
  );
}

/** Where the wish is noted nobody is signed in any more; the log-in tells until when to come back. */
function Confirm({ days, lost, onClose }: { days: number; lost: DeletionOutlook["given_up"]; onClose(): void }) {
  const t = personTexts();
  const [typed, setTyped] = useState("");
  const asking = useWork(async () => {
    const { due_at } = await ownData.askToBeErased();
    remember("leaving", due_at);
    session.leave();
    open(pathOf("join"));
  });
  return (
    <Sheet title={t.deletion} onClose={onClose}>
      <p className="card-note">{fill(t.days, { days })}</p>
      <p className="card-note">{t.final}</p>
      {lost.length ? <Lost lost={lost} /> : null}
      <Field name="word" label={t.type} value={typed} onChange={setTyped} longest={10} />
      {asking.problem ? <Refused problem={asking.problem} /> : null}
      <div className="actions"><Button kind="bad" isOff={typed.trim() !== t.word} isBusy={asking.isBusy} onClick={asking.run}>{t.confirm}</Button></div>
    </Sheet>
  );
}
