import { useState } from "react";
import { Button } from "@/components/Button";
import { Check } from "@/components/Check";
import { Field } from "@/components/Field";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Notice, Page, Trouble } from "@/components/Page";
import { Card, Row } from "@/components/Rows";
import type { ConsentView, RealNameView } from "@/services/api";
import { isCard, isIdNumber, isMobile, isName, plain } from "@/services/identity";
import { day } from "@/services/moments";
import * as ownData from "@/services/own_data";
import { fill } from "@/texts";
import { personTexts } from "@/texts/person";

export default function RealName() {
  const t = personTexts();
  const isMember = useMember();
  const found = useLoad(() => Promise.all([ownData.realName(), ownData.consentText()]), [], isMember);
  const [saved, setSaved] = useState<RealNameView | null>(null);
  const [isChanging, setChanging] = useState(false);
  const [known, consent] = found.value ?? [];
  const given = saved ?? known;
  const isAsked = found.value && (!given || isChanging);
  return (
    <Page title={t.title} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value ? <p className="page-note fine">{t.lead}</p> : null}
      {saved && !isChanging ? <Notice kind="good"><p className="notice-text">{t.saved}</p></Notice> : null}
      {given && !isChanging ? <Given found={given} onChange={() => setChanging(true)} /> : null}
      {isAsked && consent ? (
        <Form consent={consent} isAgain={Boolean(given)} onKeep={() => setChanging(false)} onSaved={(made) => { setSaved(made); setChanging(false); }} />
      ) : null}
    </Page>
  );
}

function Given({ found, onChange }: { found: RealNameView; onChange(): void }) {
  const t = personTexts();
  const card = found.bank_card;
  return (
    <>
      <Card>
        <Row icon="me" title={t.name} value={<span className="number">{found.name}</span>} />
        <Row icon="paper" title={t.idNumber} value={<span className="number">{found.id_number}</span>} />
        <Row icon="phone" title={t.phone} value={<span className="number">{found.phone}</span>} />
        <Row icon="card" title={t.card} note={card?.bank_name ?? undefined} value={<span className={card ? "number" : "fine"}>{card ? card.number : t.noCard}</span>} />
        <p className="card-note">{`${t.masked} ${fill(t.given, { date: day(found.confirmed_at) })} · ${fill(t.consented, { version: found.consent_version })}`}</p>
      </Card>
      <div className="actions"><Button kind="plain" onClick={onChange}>{t.change}</Button></div>
      <p className="page-note fine">{t.wrongOwner}</p>
    </>
  );
}

interface FormProps {
  consent: ConsentView;
  isAgain: boolean;
  onKeep(): void;
  onSaved(made: RealNameView): void;
}

const EMPTY = { name: "", idNumber: "", phone: "", bank: "", card: "" };
type Name = keyof typeof EMPTY;

function Form({ consent, isAgain, onKeep, onSaved }: FormProps) {
  const t = personTexts();
  const [typed, setTyped] = useState(EMPTY);
  const [hasCard, setCard] = useState(false);
  const [isAgreed, setAgreed] = useState(false);
  const fits = {
    name: isName(typed.name), idNumber: isIdNumber(typed.idNumber), phone: isMobile(typed.phone),
    bank: !hasCard || typed.bank.trim().length >= 2, card: !hasCard || isCard(typed.card),
  };
  const isWhole = isAgreed && Object.values(fits).every(Boolean);
  const giving = useWork(async () => {
    const card = hasCard ? { bank_card: { number: plain(typed.card), bank_name: typed.bank.trim() } } : {};
    onSaved(await ownData.giveRealName({ name: plain(typed.name), id_number: plain(typed.idNumber), phone: plain(typed.phone), ...card, consent_version: consent.version }));
  });
  // Half a number is no mistake yet: a field is judged once it is as long as a right one.
  const field = (name: Name, label: string, longest: number, least: number, isNumber = false) => (
    <Field name={name} label={label} kind={isNumber ? "number" : "text"} longest={longest} value={typed[name]}
      onChange={(value) => setTyped((before) => ({ ...before, [name]: value }))}
      problem={plain(typed[name]).length >= least && !fits[name] ? t.wrong[name] : undefined} />
  );
  return (
    <>
      {isAgain ? <Notice><p className="notice-text">{t.again}</p></Notice> : null}
      <Card>
        {field("name", t.name, 60, 2)}
        {field("idNumber", t.idNumber, 21, 18)}
        {field("phone", t.phone, 16, 11, true)}
        <Check name="with-card" isOn={hasCard} onChange={setCard}>{t.withCard}</Check>
        {hasCard ? field("bank", t.bank, 40, 99) : null}
        {hasCard ? field("card", t.cardNumber, 23, 16, true) : null}
      </Card>
      <Card title={t.consent}>
        {t.original ? <p className="card-note">{t.original}</p> : null}
        <p className="prose" lang="zh-CN">{consent.text}</p>
        <Check name="agree" isOn={isAgreed} onChange={setAgreed}>{t.agree}</Check>
      </Card>
      {giving.problem ? <Trouble problem={giving.problem} /> : null}
      <div className="actions">
        <Button isOff={!isWhole} isBusy={giving.isBusy} onClick={giving.run}>{t.give}</Button>
        {isAgain ? <Button kind="quiet" onClick={onKeep}>{t.keep}</Button> : null}
      </div>
    </>
  );
}
