import { useState } from "react";
import { ApplicationForm } from "@/components/ApplicationForm";
import { Button } from "@/components/Button";
import { useAgain, useLoad, useMember, useWork } from "@/components/hooks";
import { Empty, Notice, Page, Trouble } from "@/components/Page";
import { PapersOf } from "@/components/Papers";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import * as applications from "@/services/applications";
import { minute } from "@/services/moments";
import { fill, texts, told } from "@/texts";
import { applicationTexts } from "@/texts/applications";

/** Applying to join the alliance with a shop, and what became of it. */
export default function MerchantApplications() {
  const t = applicationTexts();
  const isMember = useMember();
  const found = useLoad(applications.list, [], isMember);
  const categories = useLoad(applications.categories);
  const [writing, setWriting] = useState<applications.Application | "new" | null>(null);
  const [isSent, setSent] = useState(false);
  useAgain(found.again);
  const write = (wanted: applications.Application | "new") => { setSent(false); setWriting(wanted); };
  const done = (isDone: boolean) => {
    setWriting(null);
    setSent(isDone);
    if (isDone) found.again();
  };
  const isReady = found.value !== null && !writing;
  return (
    <Page title={t.title} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}
      foot={isReady ? <Button onClick={() => write("new")}>{t.start}</Button> : undefined}>
      {isSent ? <Notice kind="good"><p className="notice-text">{t.sent}</p></Notice> : null}
      {writing ? <ApplicationForm of={writing === "new" ? null : writing} onDone={() => done(true)} onCancel={() => done(false)} /> : null}
      {isReady ? <Card><p className="card-note">{t.lead}</p></Card> : null}
      {isReady ? found.value!.map((each) => <One key={each.id} application={each} category={nameOf(categories.value, each.category)} again={found.again} onCorrect={() => write(each)} />) : null}
      {isReady && !found.value!.length ? <Empty icon="store">{t.none}</Empty> : null}
    </Page>
  );
}

/** A category as it is called; its code until that is known. */
function nameOf(all: applications.Category[] | null, code: string): string {
  const found = all?.find((each) => each.code === code);
  return found ? told(found.name, found.name_en) : code;
}

interface OneProps {
  application: applications.Application;
  category: string;
  again(): void;
  onCorrect(): void;
}

function One({ application, category, again, onCorrect }: OneProps) {
  const t = applicationTexts();
  const [isAsked, setAsked] = useState(false);
  const withdrawing = useWork(async () => {
    await applications.withdraw(application.id);
    setAsked(false);
    again();
  });
  return (
    <Card title={application.company_name} aside={<span className={`tag ${application.status === "approved" ? "tag-good" : "tag-soft"}`}>{t.status[application.status]}</span>}>
      <Row icon="paper" title={fill(t.licence, { number: application.licence_number })} note={`${category} · ${fill(t.version, { version: application.version })}`} />
      <Row icon="card" title={`${application.bank} ${application.account_masked}`} note={`${application.contact_name_masked} ${application.contact_phone_masked}`} />
      {application.stores.map((store, place) => <Row key={place} icon="store" title={String(store.name)} note={String(store.address)} />)}
      <PapersOf application={application} again={again} />
      {application.steps.map((step, place) => <Row key={place} title={t.steps[step.kind] ?? step.kind} note={step.reason ?? undefined} value={<span className="fine">{minute(step.created_at)}</span>} />)}
      {application.status === "approved" ? <p className="card-note good">{t.next}</p> : null}
      {applications.mayBeCorrected(application) ? <div className="actions"><Button onClick={onCorrect}>{t.again}</Button></div> : null}
      {applications.isOpen(application) ? <div className="card-foot"><Button kind="quiet" onClick={() => setAsked(true)}>{t.withdraw}</Button></div> : null}
      {isAsked ? (
        <Sheet title={t.withdraw} onClose={() => setAsked(false)}>
          <p className="card-note">{t.sure}</p>
          {withdrawing.problem ? <Trouble problem={withdrawing.problem} /> : null}
          <div className="actions"><Button kind="bad" isBusy={withdrawing.isBusy} onClick={withdrawing.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </Card>
  );
}
