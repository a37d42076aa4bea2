import { useState } from "react";
import { Explanation } from "@/components/Explanation";
import { useMember } from "@/components/hooks";
import { Page } from "@/components/Page";
import { Card } from "@/components/Rows";
import { Lines } from "@/components/Statement";
import { texts } from "@/texts";

export default function Statement() {
  const t = texts();
  const isMember = useMember();
  const [entry, setEntry] = useState<string | null>(null);
  return (
    <Page title={t.wallet.statement}>
      {isMember ? <Card><Lines onExplain={setEntry} /></Card> : null}
      {entry ? <Explanation entryId={entry} onClose={() => setEntry(null)} /> : null}
    </Page>
  );
}
