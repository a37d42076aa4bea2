import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useLoad, useQuery, useWork } from "@/components/hooks";
import { Empty, Loading, Page, Trouble } from "@/components/Page";
import { type PageName, go, swap } from "@/components/routes";
import { Card } from "@/components/Rows";
import { StoreRow } from "@/components/StoreRow";
import type { StorePageFoundStoreView } from "@/services/api";
import { find } from "@/services/stores";
import { texts } from "@/texts";

const REST_MILLISECONDS = 350;

/** All stores; `then` names the page a chosen store leads to. */
export default function Stores() {
  const t = texts();
  const { then } = useQuery();
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), REST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [typed]);
  const first = useLoad(() => find({ words }), [words]);
  const choose = (id: string) => (then ? swap(then as PageName, { store: id }) : go("store", { id }));
  return (
    <Page title={then ? t.pay.store : t.home.allStores}>
      <Card><Field name="words" kind="search" label={t.home.searchStores} value={typed} onChange={setTyped} longest={40} /></Card>
      {first.problem ? <Trouble problem={first.problem} again={first.again} /> : null}
      <Card>
        {first.isLoading ? <Loading /> : null}
        {first.value && !first.isLoading ? <Found key={words} words={words} stores={first.value.stores} next={first.value.next} choose={choose} /> : null}
      </Card>
    </Page>
  );
}

interface FoundProps {
  words: string;
  stores: StorePageFoundStoreView[];
  next: string | null;
  choose(id: string): void;
}

function Found({ words, stores, next, choose }: FoundProps) {
  const t = texts();
  const [rest, setRest] = useState<StorePageFoundStoreView[]>([]);
  const [after, setAfter] = useState(next);
  const more = useWork(async () => {
    const page = await find({ words, after });
    setRest([...rest, ...page.stores]);
    setAfter(page.next);
  });
  const shown = [...stores, ...rest];
  if (!shown.length) return <Empty icon="store">{t.home.noStores}</Empty>;
  return (
    <>
      {shown.map((store) => <StoreRow key={store.id} store={store} onClick={() => choose(store.id)} />)}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {after ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{t.common.more}</Button></div> : null}
    </>
  );
}
