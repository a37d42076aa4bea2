import { useState } from "react";
import { Button } from "@/components/Button";
import { useAgain, useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Empty, Page, Trouble } from "@/components/Page";
import { go, type PageName } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import * as benefits from "@/services/benefits";
import { day } from "@/services/moments";
import { yuan } from "@/services/money";
import { fill, texts, told } from "@/texts";
import { benefitTexts } from "@/texts/benefits";

/** Which page shows a kind of campaign, and its icon. */
const KINDS: Record<string, [PageName, string]> = {
  lottery: ["lottery", "gift"],
  queue_subsidy: ["queue", "clock"],
  promotion: ["promotion", "friends"],
  errands: ["errands", "bag"],
};

export default function Benefits() {
  const t = benefitTexts();
  const isMember = useMember();
  const found = useLoad(benefits.campaigns, [], isMember);
  useAgain(found.again);
  return (
    <Page title={t.title} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value ? (
        <Card title={t.running}>
          {found.value.campaigns.map((each) => <One key={each.id} campaign={each} />)}
          {found.value.campaigns.length ? null : <Empty icon="gift">{t.none}</Empty>}
        </Card>
      ) : null}
      {isMember && found.value ? <Grants /> : null}
    </Page>
  );
}

/** What campaigns gave so far. */
function Grants() {
  const t = benefitTexts();
  const found = useLoad(benefits.grants);
  const [rest, setRest] = useState<benefits.Grant[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const more = useWork(async () => {
    const page = await benefits.grants(next ?? found.value!.next);
    setRest([...rest, ...page.grants]);
    setNext(page.next);
  });
  const all = [...(found.value?.grants ?? []), ...rest];
  const following = next === undefined ? found.value?.next : next;
  if (found.problem) return <Trouble problem={found.problem} again={found.again} />;
  if (!found.value) return null;
  return (
    <Card title={t.got}>
      {all.map((each) => (
        <Row key={each.id} icon="gift" title={t.kinds[each.benefit as keyof typeof t.kinds] ?? each.benefit} note={[day(each.created_at), each.taken_back_fen ? fill(t.takenBack, { amount: yuan(each.taken_back_fen) }) : ""].filter(Boolean).join(" · ")}
          value={<Money fen={each.amount_fen} isSigned />} />
      ))}
      {all.length ? null : <p className="card-note">{t.nothingGot}</p>}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {following ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button></div> : null}
    </Card>
  );
}

function One({ campaign }: { campaign: benefits.Campaign }) {
  const t = benefitTexts();
  const [page, icon] = KINDS[campaign.benefit] ?? [null, "gift"];
  return (
    <Row
      icon={icon}
      title={told(campaign.name, campaign.name_en)}
      note={
        <>
          <span className="tag tag-good">{told(campaign.title, campaign.title_en)}</span>
          <span>{fill(t.until, { date: day(campaign.ends_at) })}</span>
          {campaign.status === "paused" ? <span className="tag tag-soft">{t.paused}</span> : null}
          {campaign.is_for_me ? null : <span className="tag tag-soft">{t.notForMe}</span>}
        </>
      }
      onClick={page ? () => go(page, { id: campaign.id }) : undefined}
    />
  );
}
