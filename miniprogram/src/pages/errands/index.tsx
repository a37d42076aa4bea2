import { useState } from "react";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { useAgain, useLoad, useMember, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Empty, Loading, Notice, Page, Trouble } from "@/components/Page";
import { go } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { OwnPictures } from "@/components/Pictures";
import { Segments } from "@/components/Segments";
import { type Place, platform } from "@/platform";
import type { RunnerView } from "@/services/api";
import * as errands from "@/services/errands";
import { minute } from "@/services/moments";
import { Problem } from "@/services/problem";
import { distance } from "@/services/stores";
import { fill, texts } from "@/texts";
import { errandTexts } from "@/texts/errands";

type View = "nearby" | errands.Role;

export default function Errands() {
  const t = errandTexts();
  const isMember = useMember();
  const [view, setView] = useState<View>("posted");
  const [place, setPlace] = useState<Place | null>(null);
  const runner = useLoad(errands.runner, [], isMember);
  return (
    <Page title={t.title} problem={runner.problem} again={runner.again} foot={<Button onClick={() => go("post-errand")}>{t.post}</Button>}>
      <Segments<View> names={t.views} now={view} onChange={setView} />
      {isMember && view !== "nearby" ? <Own key={view} role={view} /> : null}
      {isMember && view === "nearby" && !runner.isLoading && !runner.problem ? (
        runner.value?.status === "approved" ? <><Nearby place={place} onPlace={setPlace} /><OwnNumber id={runner.value.id} /></> : <Standing runner={runner.value} again={runner.again} />
      ) : null}
    </Page>
  );
}

/** Errands of one's own side, the newest first. */
function Own({ role }: { role: errands.Role }) {
  const t = errandTexts();
  const first = useLoad(() => errands.list(role), [role]);
  useAgain(first.again);
  if (first.problem) return <Trouble problem={first.problem} again={first.again} />;
  if (!first.value) return <Loading />;
  return (
    <Pages key={first.value.errands[0]?.id} first={first.value} load={(next) => errands.list(role, next)}
      show={(each: errands.Head) => (
        <Row key={each.id} icon="bag" title={each.title} note={<><span className="tag tag-good">{t.status[each.status]}</span><span>{minute(each.created_at)}</span></>}
          value={<Money fen={errands.amountOf(role, each)} />} onClick={() => go("errand", { id: each.id, role })} />
      )} />
  );
}

interface PagesProps<Item> {
  first: { errands: Item[]; next: string | null };
  load(next: string | null): Promise<{ errands: Item[]; next: string | null }>;
  show(item: Item): JSX.Element;
}

function Pages<Item>({ first, load, show }: PagesProps<Item>) {
  const [rest, setRest] = useState<{ errands: Item[]; next: string | null } | null>(null);
  const next = rest ? rest.next : first.next;
  const more = useWork(async () => {
    const page = await load(next);
    setRest({ errands: [...(rest?.errands ?? []), ...page.errands], next: page.next });
  });
  const all = [...first.errands, ...(rest?.errands ?? [])];
  return (
    <Card>
      {all.map(show)}
      {all.length ? null : <Empty icon="bag">{errandTexts().none}</Empty>}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {next ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button></div> : null}
    </Card>
  );
}

function Standing({ runner, again }: { runner: RunnerView | null; again(): void }) {
  const t = errandTexts();
  const applying = useWork(async () => {
    await errands.apply();
    again();
  });
  const known = runner && t.runner[runner.status as keyof typeof t.runner];
  return (
    <Card>
      {known ? <p className="card-note">{known}</p> : <p className="card-note">{t.applyNote}</p>}
      {runner?.reason ? <p className="card-note">{runner.reason}</p> : null}
      {applying.problem ? <Trouble problem={applying.problem} /> : null}
      {!runner || runner.status === "rejected" ? <div className="actions"><Button isBusy={applying.isBusy} onClick={applying.run}>{t.apply}</Button></div> : null}
    </Card>
  );
}

/** By which whoever posts an errand asks just this runner. */
function OwnNumber({ id }: { id: string }) {
  const t = errandTexts();
  return (
    <Card title={t.myNumber}>
      <p className="prose number">{id}</p>
      <p className="card-note">{t.myNumberNote}</p>
      <div className="actions"><CopyButton text={id} name={t.copy} done={t.copied} /></div>
    </Card>
  );
}

/** Where the runner is is asked only when they want to see what is near. */
function Nearby({ place, onPlace }: { place: Place | null; onPlace(place: Place): void }) {
  const t = errandTexts();
  const locating = useWork(async () => {
    const found = await platform.place();
    if (!found) throw new Problem({ status: 0, code: "place", message: t.noPlace, title: t.noPlace });
    onPlace(found);
  });
  const first = useLoad(() => errands.nearby(place!), [place], place !== null);
  if (!place) {
    return (
      <div className="actions">
        {locating.problem ? <Trouble problem={locating.problem} /> : null}
        <Button kind="plain" isBusy={locating.isBusy} onClick={locating.run}>{t.locate}</Button>
      </div>
    );
  }
  if (first.problem) return <Trouble problem={first.problem} again={first.again} />;
  if (!first.value) return <Loading />;
  return (
    <>
      <Pages first={first.value} load={(next) => errands.nearby(place, next)} show={(each) => <Open key={each.id} errand={each} again={first.again} />} />
      <Notice><p className="notice-text">{t.taken}</p></Notice>
    </>
  );
}

function Open({ errand, again }: { errand: Awaited<ReturnType<typeof errands.nearby>>["errands"][number]; again(): void }) {
  const t = errandTexts();
  const taking = useWork(async () => {
    await errands.take(errand.id, "take");
    again();
    go("errand", { id: errand.id, role: "run" });
  });
  return (
    <div className="nearby">
      <Row icon="bag" title={errand.title} value={<Money fen={errand.reward_fen - errand.fee_fen} />}
        note={<><span>{errand.description}</span><span>{fill(t.away, { metres: distance(errand.metres) })}</span><span>{fill(t.distance, { metres: distance(errand.distance_metres) })}</span></>} />
      <OwnPictures door={errands.pictures} ids={errand.pictures} />
      {taking.problem ? <Trouble problem={taking.problem} /> : null}
      <Button kind="plain" isBusy={taking.isBusy} onClick={taking.run}>{t.steps.take}</Button>
    </div>
  );
}
