import { useState } from "react";
import { Button } from "@/components/Button";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Notice, Page, Trouble } from "@/components/Page";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import { TextBox } from "@/components/TextBox";
import type { DisputeListDisputeView, ReceivedListReceivedView } from "@/services/api";
import * as belonging from "@/services/belonging";
import { day } from "@/services/moments";
import { fill, texts, told } from "@/texts";
import { belongingTexts } from "@/texts/belonging";

export default function Binding() {
  const t = belongingTexts();
  const isMember = useMember();
  const found = useLoad(() => Promise.all([belonging.evidence(), belonging.carried(), belonging.disputes(), belonging.received()]), [], isMember);
  const [evidence, carried, disputed, received] = found.value ?? [];
  return (
    <Page title={t.title} isLoading={found.isLoading && !evidence} problem={found.problem} again={found.again}>
      {evidence && carried && disputed && received ? (
        <>
          {received.invitations.length ? (
            <Card title={t.received}>
              {received.invitations.map((each) => <Received key={each.id} invitation={each} again={found.again} />)}
              <p className="card-note">{t.receivedNote}</p>
            </Card>
          ) : null}
          <Card title={t.record}>
            <p className="prose">{told(evidence.text, evidence.text_en)}</p>
          </Card>
          <Card title={t.enterprise}>
            {carried.enterprise ? <Row icon="store" title={carried.enterprise.name} value={<span className="fine number">{carried.enterprise.code}</span>} /> : <p className="card-note">{t.noEnterprise}</p>}
          </Card>
          <Disputes list={disputed.disputes} again={found.again} />
        </>
      ) : null}
    </Page>
  );
}

function Received({ invitation, again }: { invitation: ReceivedListReceivedView; again(): void }) {
  const t = belongingTexts();
  const [isAsked, setAsked] = useState(false);
  const accepting = useWork(async () => {
    await belonging.confirm(invitation.id);
    setAsked(false);
    again();
  });
  const declining = useWork(async () => {
    await belonging.decline(invitation.id);
    again();
  });
  return (
    <>
      <Row icon="friends" title={invitation.inviter_phone ? fill(t.from, { phone: invitation.inviter_phone }) : t.unknown} note={day(invitation.created_at)} />
      {declining.problem ? <Trouble problem={declining.problem} /> : null}
      <div className="actions actions-two">
        <Button kind="plain" isBusy={declining.isBusy} onClick={declining.run}>{t.decline}</Button>
        <Button onClick={() => setAsked(true)}>{t.accept}</Button>
      </div>
      {isAsked ? (
        <Sheet title={t.accept} onClose={() => setAsked(false)}>
          <p className="card-note">{t.sure}</p>
          {accepting.problem ? <Trouble problem={accepting.problem} /> : null}
          <div className="actions"><Button isBusy={accepting.isBusy} onClick={accepting.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </>
  );
}

function Disputes({ list, again }: { list: DisputeListDisputeView[]; again(): void }) {
  const t = belongingTexts();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [isSent, setSent] = useState(false);
  const asking = useWork(async () => {
    await belonging.dispute(reason.trim());
    setAsking(false);
    setSent(true);
    again();
  });
  return (
    <Card title={t.disputes}>
      {list.map((each) => (
        <Row key={each.id} icon="paper" title={<>{day(each.opened_at)}<span className={`tag ${each.state === "corrected" ? "tag-good" : "tag-soft"}`}>{t.state[each.state]}</span></>}
          note={[each.reason, each.answer ? fill(t.answer, { text: each.answer }) : ""].filter(Boolean).join(" · ")} />
      ))}
      {list.length ? null : <p className="card-note">{t.none}</p>}
      {isSent ? <Notice kind="good"><p className="notice-text">{t.sent}</p></Notice> : null}
      {list.some(({ state }) => state === "open") ? null : <div className="card-foot"><Button kind="quiet" onClick={() => setAsking(true)}>{t.wrong}</Button></div>}
      {isAsking ? (
        <Sheet title={t.wrong} onClose={() => setAsking(false)}>
          <TextBox name="reason" label={t.reason} value={reason} onChange={setReason} longest={200} />
          {asking.problem ? <Trouble problem={asking.problem} /> : null}
          <div className="actions"><Button isOff={!reason.trim()} isBusy={asking.isBusy} onClick={asking.run}>{t.send}</Button></div>
        </Sheet>
      ) : null}
    </Card>
  );
}
