import { useState } from "react";
import type { SentListSentView } from "@/services/api";
import * as belonging from "@/services/belonging";
import { isMobile } from "@/services/identity";
import { day } from "@/services/moments";
import { fill } from "@/texts";
import { belongingTexts } from "@/texts/belonging";
import { Button } from "./Button";
import { Field } from "./Field";
import { useLoad, useWork } from "./hooks";
import { Trouble } from "./Page";
import { Card, Link, Row } from "./Rows";

/** Inviting by phone number: one's invitations, and a new one. */
export function PhoneInvitations() {
  const t = belongingTexts();
  const [phone, setPhone] = useState("");
  const found = useLoad(belonging.sent);
  const inviting = useWork(async () => {
    await belonging.invite(phone.trim());
    setPhone("");
    found.again();
  });
  return (
    <Card title={t.byPhone}>
      <Field name="friend" kind="number" label={t.phone} value={phone} onChange={setPhone} longest={11} problem={phone.length >= 11 && !isMobile(phone) ? t.wrongPhone : undefined} />
      <p className="card-note">{t.byPhoneNote}</p>
      {inviting.problem ? <Trouble problem={inviting.problem} /> : null}
      <div className="actions"><Button kind="plain" isOff={!isMobile(phone)} isBusy={inviting.isBusy} onClick={inviting.run}>{t.invite}</Button></div>
      {found.problem ? <Trouble problem={found.problem} again={found.again} /> : null}
      {found.value?.invitations.map((each) => <Sent key={each.id} invitation={each} again={found.again} />)}
      {found.value && !found.value.invitations.length ? <p className="card-note">{t.noneSent}</p> : null}
    </Card>
  );
}

function Sent({ invitation, again }: { invitation: SentListSentView; again(): void }) {
  const t = belongingTexts();
  const isOpen = invitation.state === "open";
  const taking = useWork(async () => {
    await belonging.withdraw(invitation.id);
    again();
  });
  return (
    <>
      <Row icon="friends" title={<span className="number">{invitation.masked}</span>}
        note={<><span className={`tag ${invitation.state === "confirmed" ? "tag-good" : "tag-soft"}`}>{t.invited[invitation.state]}</span>{isOpen ? <span>{fill(t.until, { date: day(invitation.expires_at) })}</span> : null}</>}
        value={isOpen ? <Link onClick={taking.run}>{t.takeBack}</Link> : undefined} />
      {taking.problem ? <Trouble problem={taking.problem} /> : null}
    </>
  );
}
