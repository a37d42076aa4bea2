import { useState } from "react";
import { Button } from "@/components/Button";
import { useAgain, useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Empty, Page, Trouble } from "@/components/Page";
import { PicturesToSend } from "@/components/Pictures";
import { go } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { TextBox } from "@/components/TextBox";
import { minute } from "@/services/moments";
import * as tickets from "@/services/tickets";
import { texts } from "@/texts";
import { ticketTexts } from "@/texts/tickets";

const KINDS: tickets.Kind[] = ["payment", "top_up", "withdrawal", "order", "other"];

export default function Tickets() {
  const t = ticketTexts();
  const query = useQuery();
  const isMember = useMember();
  const [rest, setRest] = useState<tickets.Head[]>([]);
  const [isAsking, setAsking] = useState(Boolean(query.subject));
  const found = useLoad(() => tickets.list(), [], isMember);
  const all = [...(found.value ?? []), ...rest];
  const more = useWork(async () => setRest([...rest, ...(await tickets.list(all[all.length - 1].id))]));
  useAgain(() => { setRest([]); found.again(); });
  return (
    <Page title={t.title} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}
      foot={isMember && !isAsking ? <Button onClick={() => setAsking(true)}>{t.new}</Button> : undefined}>
      {isAsking ? <Ask kind={query.kind as tickets.Kind | undefined} subject={query.subject || null} onDone={() => setAsking(false)} /> : null}
      {found.value && !isAsking ? (
        <Card>
          {all.map((each) => (
            <Row key={each.id} icon="phone" title={t.kinds[each.kind]} note={<><span className={`tag ${each.state === "answered" ? "tag-good" : "tag-soft"}`}>{t.states[each.state]}</span><span>{minute(each.changed_at)}</span></>}
              onClick={() => go("ticket", { id: each.id })} />
          ))}
          {all.length ? null : <Empty icon="phone">{t.none}</Empty>}
          {more.problem ? <Trouble problem={more.problem} /> : null}
          {tickets.mayFollow(all.length) ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button></div> : null}
        </Card>
      ) : null}
    </Page>
  );
}

interface AskProps {
  kind?: tickets.Kind;
  subject: string | null;
  onDone(): void;
}

/** A question: about what it was opened from, or about anything. */
function Ask({ kind: given, subject, onDone }: AskProps) {
  const t = ticketTexts();
  const [kind, setKind] = useState<tickets.Kind>(given && KINDS.includes(given) ? given : "other");
  const [text, setText] = useState("");
  const [pictures, setPictures] = useState<string[]>([]);
  const asking = useWork(async () => {
    const opened = await tickets.open(kind, kind === given ? subject : null, text.trim(), pictures);
    onDone();
    go("ticket", { id: opened.id });
  });
  return (
    <Card title={t.new}>
      <div className="tiers" role="group" aria-label={t.about}>
        {KINDS.map((each) => (
          <button key={each} type="button" className={`tier${each === kind ? " tier-now" : ""}`} aria-pressed={each === kind ? "true" : "false"} onClick={() => setKind(each)}>{t.kinds[each]}</button>
        ))}
      </div>
      <TextBox name="question" label={t.text} value={text} onChange={setText} longest={2000} />
      <PicturesToSend door={tickets.pictures} ids={pictures} onChange={setPictures} />
      {asking.problem ? <Trouble problem={asking.problem} /> : null}
      <div className="actions">
        <Button isOff={!text.trim()} isBusy={asking.isBusy} onClick={asking.run}>{t.ask}</Button>
        <Button kind="quiet" onClick={onDone}>{texts().common.cancel}</Button>
      </div>
    </Card>
  );
}
