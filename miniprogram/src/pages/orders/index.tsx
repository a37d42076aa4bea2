import { useState } from "react";
import { Button } from "@/components/Button";
import { useAgain, useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Empty, Page, Trouble } from "@/components/Page";
import { go } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { minute } from "@/services/moments";
import * as orders from "@/services/orders";
import { texts } from "@/texts";
import { orderTexts } from "@/texts/orders";

const TAGS: Partial<Record<orders.Head["status"], string>> = { unpaid: "tag-warm", paying: "tag-warm", cancelled: "tag-soft", expired: "tag-soft", returned: "tag-soft" };

export default function Orders() {
  const t = orderTexts();
  const isMember = useMember();
  const [rest, setRest] = useState<orders.Head[]>([]);
  const found = useLoad(() => orders.list(), [], isMember);
  const all = [...(found.value ?? []), ...rest];
  const more = useWork(async () => setRest([...rest, ...(await orders.list(all[all.length - 1].id))]));
  useAgain(() => { setRest([]); found.again(); });
  return (
    <Page title={t.title} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value ? (
        <Card>
          {all.map((each) => (
            <Row key={each.id} icon="bag" title={each.store_name} note={<><span className={`tag ${TAGS[each.status] ?? "tag-good"}`}>{t.status[each.status]}</span><span>{minute(each.created_at)}</span></>}
              value={<Money fen={each.paid_fen || each.amount_fen} />} onClick={() => go("order", { id: each.id })} />
          ))}
          {all.length ? null : <><Empty icon="bag">{t.none}</Empty><Button kind="plain" onClick={() => go("stores")}>{t.stores}</Button></>}
          {more.problem ? <Trouble problem={more.problem} /> : null}
          {orders.mayFollow(all.length) ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button></div> : null}
        </Card>
      ) : null}
    </Page>
  );
}
