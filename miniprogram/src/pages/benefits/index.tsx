import { useAgain, useLoad, useMember } from "@/components/hooks";
import { Empty, Page } from "@/components/Page";
import { go, type PageName } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import * as benefits from "@/services/benefits";
import { day } from "@/services/moments";
import { fill, told } from "@/texts";
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
    </Page>
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
