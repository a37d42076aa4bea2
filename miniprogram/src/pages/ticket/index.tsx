import { useState } from "react";
import { Button } from "@/components/Button";
import { useAgain, useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Page, Trouble } from "@/components/Page";
import { OwnPictures, PicturesToSend } from "@/components/Pictures";
import { Card } from "@/components/Rows";
import { Stars } from "@/components/Stars";
import { TextBox } from "@/components/TextBox";
import { minute } from "@/services/moments";
import * as tickets from "@/services/tickets";
import { ticketTexts } from "@/texts/tickets";

export default function TicketPage() {
  const t = ticketTexts();
  const { id } = useQuery();
  const isMember = useMember();
  const found = useLoad(() => tickets.ticket(id), [id], isMember);
  const [changed, setChanged] = useState<tickets.Ticket | null>(null);
  const again = () => { setChanged(null); found.again(); };
  useAgain(again);
  const ticket = changed ?? found.value;
  return (
    <Page title={t.one} isLoading={found.isLoading && !ticket} problem={found.problem} again={again}>
      {ticket ? (
        <>
          <Card title={t.kinds[ticket.kind]} aside={<span className={`tag ${ticket.state === "answered" ? "tag-good" : "tag-soft"}`}>{t.states[ticket.state]}</span>}>
            <Earlier key={ticket.earlier_before} ticket={ticket} />
            {ticket.messages.map((each) => <Said key={each.id} message={each} />)}
          </Card>
          {ticket.state === "closed" ? <Stars title={t.rate} given={ticket.rating} onRate={async (stars) => setChanged(await tickets.rate(ticket.id, stars))} /> : null}
          <Write key={ticket.messages.length} ticket={ticket} onChanged={setChanged} />
        </>
      ) : null}
    </Page>
  );
}

/** What was said before what is shown, a page at a time. */
function Earlier({ ticket }: { ticket: tickets.Ticket }) {
  const [found, setFound] = useState<tickets.Ticket | null>(null);
  const before = (found ?? ticket).earlier_before;
  const [messages, setMessages] = useState<tickets.Ticket["messages"]>([]);
  const loading = useWork(async () => {
    const page = await tickets.ticket(ticket.id, before);
    setMessages([...page.messages, ...messages]);
    setFound(page);
  });
  return (
    <>
      {before ? <div className="card-foot"><Button kind="quiet" isBusy={loading.isBusy} onClick={loading.run}>{ticketTexts().earlier}</Button></div> : null}
      {loading.problem ? <Trouble problem={loading.problem} /> : null}
      {messages.map((each) => <Said key={each.id} message={each} />)}
    </>
  );
}

function Said({ message }: { message: tickets.Ticket["messages"][number] }) {
  const t = ticketTexts();
  const isOwn = message.author === "member";
  return (
    <article className={`said ${isOwn ? "said-own" : ""}`}>
      <p className="fine">{`${isOwn ? t.you : t.staff} · ${minute(message.at)}`}</p>
      <p className="said-text">{message.text ?? t.steps[message.step] ?? t.erased}</p>
      <OwnPictures door={tickets.pictures} ids={message.pictures} />
    </article>
  );
}

interface Props {
  ticket: tickets.Ticket;
  onChanged(ticket: tickets.Ticket): void;
}

function Write({ ticket, onChanged }: Props) {
  const t = ticketTexts();
  const [text, setText] = useState("");
  const [pictures, setPictures] = useState<string[]>([]);
  const writing = useWork(async () => onChanged(await tickets.write(ticket.id, text.trim(), pictures)));
  const closing = useWork(async () => onChanged(await tickets.close(ticket.id)));
  const problem = writing.problem ?? closing.problem;
  return (
    <Card title={t.write}>
      <TextBox name="answer" label={t.text} value={text} onChange={setText} longest={2000} />
      <PicturesToSend door={tickets.pictures} ids={pictures} onChange={setPictures} />
      {problem ? <Trouble problem={problem} /> : null}
      <div className="actions">
        <Button isOff={!text.trim()} isBusy={writing.isBusy} onClick={writing.run}>{t.send}</Button>
        {ticket.state === "closed" ? null : <Button kind="quiet" isBusy={closing.isBusy} onClick={closing.run}>{t.close}</Button>}
      </div>
      {ticket.state === "closed" ? null : <p className="card-note">{t.closeNote}</p>}
    </Card>
  );
}
