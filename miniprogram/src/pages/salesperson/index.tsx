import { useState } from "react";
import { Button } from "@/components/Button";
import { useLoad, useMember } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Notice, Page, Trouble } from "@/components/Page";
import { go } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { address } from "@/services/request";
import * as salespeople from "@/services/salesperson";
import { fill } from "@/texts";
import { salespersonTexts } from "@/texts/salesperson";

export default function Salesperson() {
  const t = salespersonTexts();
  const isMember = useMember();
  const found = useLoad(salespeople.me, [], isMember);
  const me = found.value;
  return (
    <Page title={t.title} isLoading={found.isLoading} problem={found.problem} again={found.again}>
      {isMember && !found.isLoading && !found.problem && !me ? <Notice><p className="notice-text">{t.none}</p><Button kind="plain" onClick={() => go("tickets")}>{t.ask}</Button></Notice> : null}
      {me ? (
        <>
          <section className="poster">
            <img className="poster-picture" src={address(`/codes/${me.scene}/poster.png`)} alt={t.poster} />
            <p className="fine">{t.hold}</p>
          </section>
          <Card title={me.name} aside={<span className={`tag ${me.state === "authorised" ? "tag-good" : "tag-soft"}`}>{t.state[me.state] ?? me.state}</span>}>
            <Row icon="friends" title={t.members} value={fill(t.count, { count: me.member_count })} />
            <Row icon="store" title={t.merchants} value={fill(t.count, { count: me.merchant_count })} />
          </Card>
          <Commission />
        </>
      ) : null}
    </Page>
  );
}

function Commission() {
  const t = salespersonTexts();
  const now = salespeople.monthOf(Date.now());
  const [month, setMonth] = useState(now);
  const found = useLoad(() => salespeople.commission(month), [month]);
  return (
    <Card title={fill(t.month, { month })}>
      {found.problem ? <Trouble problem={found.problem} again={found.again} /> : null}
      {found.value?.earned.map((each) => (
        <Row key={each.brought} icon="rebate" title={t.of[each.brought]} note={fill(t.sales, { count: each.sale_count })} value={<Money fen={each.commission_fen} isSigned />} />
      ))}
      <p className="card-note">{t.note}</p>
      <div className="actions actions-two">
        <Button kind="plain" onClick={() => setMonth(salespeople.monthBeside(month, -1))}>{t.earlier}</Button>
        <Button kind="plain" isOff={month >= now} onClick={() => setMonth(salespeople.monthBeside(month, 1))}>{t.later}</Button>
      </div>
    </Card>
  );
}
