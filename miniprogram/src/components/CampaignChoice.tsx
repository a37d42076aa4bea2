import { useEffect } from "react";
import { useLoad, useMember } from "@/components/hooks";
import { Empty, Page } from "@/components/Page";
import { go, type PageName, swap } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { campaigns } from "@/services/benefits";
import { day } from "@/services/moments";
import { fill, told } from "@/texts";
import { benefitTexts } from "@/texts/benefits";

/** Where a page of campaigns was opened without saying which: those of its kind that run, to choose
 * from; the only one opens by itself. */
export function CampaignChoice({ kind, page, title, icon }: { kind: string; page: PageName; title: string; icon: string }) {
  const t = benefitTexts();
  const isMember = useMember();
  const found = useLoad(async () => (await campaigns()).campaigns.filter(({ benefit }) => benefit === kind), [kind], isMember);
  const only = found.value?.length === 1 ? found.value[0].id : null;
  useEffect(() => { if (only) swap(page, { id: only }); }, [only]);
  const isReady = found.value !== null && !only;
  return (
    <Page title={title} isLoading={!isReady && !found.problem} problem={found.problem} again={found.again}>
      {isReady ? (
        <Card title={t.running}>
          {found.value!.map((each) => (
            <Row key={each.id} icon={icon} title={told(each.name, each.name_en)} onClick={() => go(page, { id: each.id })}
              note={<><span>{fill(t.until, { date: day(each.ends_at) })}</span>{each.is_for_me ? null : <span className="tag tag-soft">{t.notForMe}</span>}</>} />
          ))}
          {found.value!.length ? null : <Empty icon={icon}>{t.noneOfKind}</Empty>}
        </Card>
      ) : null}
    </Page>
  );
}
