import { useState } from "react";
import { Button } from "@/components/Button";
import { Everywhere } from "@/components/Everywhere";
import { useAgain, useLoad, useMember, useWork } from "@/components/hooks";
import { Empty, Notice, Page, Trouble } from "@/components/Page";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import type { MemberSessionsMemberSession as Session } from "@/services/api";
import * as members from "@/services/members";
import { minute } from "@/services/moments";
import { fill } from "@/texts";
import { deviceTexts } from "@/texts/devices";

/** Where the member is signed in: this place first, then the newest; each but this can be ended. */
export default function Devices() {
  const t = deviceTexts();
  const isMember = useMember();
  const found = useLoad(members.sessions, [], isMember);
  const [asked, setAsked] = useState<Session | null>(null);
  const [isDone, setDone] = useState(false);
  useAgain(found.again);
  const { sessions = [], total = 0 } = found.value ?? {};
  const ended = () => {
    setAsked(null);
    setDone(true);
    found.again();
  };
  return (
    <Page title={t.title} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {isDone ? <Notice kind="good"><p className="notice-text">{t.done}</p></Notice> : null}
      {found.value ? (
        <>
          <Card>
            {sessions.map((each) => <Place key={each.name} session={each} onAsk={() => setAsked(each)} />)}
            {total === 1 ? <Empty icon="shield">{t.alone}</Empty> : null}
            {total > sessions.length ? <p className="card-note">{fill(t.more, { count: total - sessions.length })}</p> : null}
            <p className="card-note">{t.lead}</p>
          </Card>
          {total > 1 ? <div className="actions"><Everywhere /></div> : null}
        </>
      ) : null}
      {asked ? <End session={asked} onClose={() => setAsked(null)} onEnded={ended} /> : null}
    </Page>
  );
}

function nameOf({ door, device }: Session): string {
  const t = deviceTexts();
  return device ? `${t.devices[device]}${door ? ` · ${t.doors[door]}` : ""}` : t.unknown;
}

function Place({ session, onAsk }: { session: Session; onAsk(): void }) {
  const t = deviceTexts();
  return (
    <Row icon="phone" title={nameOf(session)} note={<Times session={session} />}
      value={session.is_current ? <span className="tag tag-good">{t.here}</span> : undefined}
      onClick={session.is_current ? undefined : onAsk} />
  );
}

function Times({ session: { opened_at: openedAt, seen_on: seenOn } }: { session: Session }) {
  const t = deviceTexts();
  return <><span>{fill(t.opened, { time: minute(openedAt) })}</span> <span>{fill(t.seen, { date: seenOn.slice("2026-".length) })}</span></>;
}

function End({ session, onClose, onEnded }: { session: Session; onClose(): void; onEnded(): void }) {
  const t = deviceTexts();
  const ending = useWork(async () => {
    await members.endSession(session.name);
    onEnded();
  });
  return (
    <Sheet title={t.end} onClose={onClose}>
      <Row icon="phone" title={nameOf(session)} note={<Times session={session} />} />
      <p className="card-note">{t.endNote}</p>
      <p className="card-note">{t.again}</p>
      {ending.problem ? <Trouble problem={ending.problem} /> : null}
      <div className="actions"><Button kind="bad" isBusy={ending.isBusy} onClick={ending.run}>{t.end}</Button></div>
    </Sheet>
  );
}
