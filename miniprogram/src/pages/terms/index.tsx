import { useLoad } from "@/components/hooks";
import { Page } from "@/components/Page";
import { Card } from "@/components/Rows";
import { introduction } from "@/services/members";
import { texts, told } from "@/texts";

export default function Terms() {
  const found = useLoad(introduction);
  return (
    <Page title={texts().me.terms} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value ? <Card><p className="prose">{told(found.value.text, found.value.text_en)}</p></Card> : null}
    </Page>
  );
}
