import { useState } from "react";
import { Button } from "@/components/Button";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Page, Trouble } from "@/components/Page";
import { PhoneInvitations } from "@/components/PhoneInvitations";
import { go } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { day } from "@/services/moments";
import * as members from "@/services/members";
import { address } from "@/services/request";
import { fill, texts } from "@/texts";

type Rewards = Awaited<ReturnType<typeof members.rewards>>["rewards"];

export default function Invite() {
  const t = texts();
  const isMember = useMember();
  const found = useLoad(() => Promise.all([members.inviteCode(), members.me(), members.rewards()]), [], isMember);
  const [code, me, rewards] = found.value ?? [];
  const [rest, setRest] = useState<Rewards>([]);
  const all = [...(rewards?.rewards ?? []), ...rest];
  const more = useWork(async () => setRest([...rest, ...(await members.rewards(all[all.length - 1].id)).rewards]));
  return (
    <Page title={t.invite.title} isLoading={found.isLoading && !code} problem={found.problem} again={found.again}>
      {code && me && rewards ? (
        <>
          <section className="poster">
            <img className="poster-picture" src={address(`/codes/${code.scene}/poster.png`)} alt={t.invite.poster} />
            <p className="fine">{t.invite.hold}</p>
          </section>
          <Card>
            <Row icon="friends" title={t.invite.friends} value={fill(t.invite.people, { count: me.recommended_count })} />
            <p className="card-note">{t.invite.how}</p>
          </Card>
          <Card><Row icon="card" title={t.invite.salesperson} onClick={() => go("salesperson")} /></Card>
          <PhoneInvitations />
          <Card title={t.invite.rewards}>
            {all.map((reward) => (
              <Row key={reward.id} title={t.invite.status[reward.status]} note={day(reward.created_at)} value={<Money fen={reward.amount_fen} isSigned />} />
            ))}
            {all.length ? null : <p className="card-note">{t.invite.none}</p>}
            {more.problem ? <Trouble problem={more.problem} /> : null}
            {members.mayFollow(all.length) ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{t.common.more}</Button></div> : null}
          </Card>
        </>
      ) : null}
    </Page>
  );
}
