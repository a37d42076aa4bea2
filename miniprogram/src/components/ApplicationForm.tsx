import { useState } from "react";
import { platform } from "@/platform";
import * as applications from "@/services/applications";
import { Problem } from "@/services/problem";
import { tokenIn } from "@/services/stores";
import { fill, texts, told } from "@/texts";
import { applicationTexts } from "@/texts/applications";
import { Button } from "./Button";
import { Check } from "./Check";
import { Field } from "./Field";
import { useLoad, useWork } from "./hooks";
import { Trouble } from "./Page";
import { type PaperChange, Papers } from "./Papers";
import { Card, Link, Row } from "./Rows";
import { Segments } from "./Segments";
import { Sheet } from "./Sheet";

type Wish = applications.ApplicationWish;
type Names = readonly applications.FieldName[];

const COMPANY: Names = ["company_name", "licence_number"];
const ACCOUNT: Names = ["account_holder", "account_number", "bank"];
const CONTACT: Names = ["contact_name", "contact_phone"];
const NUMBERS: Names = ["account_number", "contact_phone"];
const LONGEST = 100;
const EMPTY_STORE = { name: "", address: "" };

/** What can be known of an application that is corrected: the rest is kept encrypted and typed anew. */
function begun(of: applications.Application | null): Wish {
  const stores = of?.stores.map(({ name, address }) => ({ name: String(name), address: String(address) }));
  return {
    company_name: of?.company_name ?? "", licence_number: of?.licence_number ?? "", category: of?.category ?? "", stores: stores ?? [EMPTY_STORE],
    account_kind: of?.account_kind === "card" ? "card" : "company", account_holder: "", account_number: "", bank: of?.bank ?? "", contact_name: "", contact_phone: "",
    pictures: of?.pictures.map(({ id, kind }) => ({ id, kind })) ?? [],
  };
}

interface Props {
  of: applications.Application | null;
  onDone(): void;
  onCancel(): void;
}

export function ApplicationForm({ of, onDone, onCancel }: Props) {
  const t = applicationTexts();
  const [wish, setWish] = useState<Wish>(() => begun(of));
  const [isAgreed, setAgreed] = useState(false);
  const [isUploading, setUploading] = useState(false);
  const change = (part: Partial<Wish>) => setWish((before) => ({ ...before, ...part }));
  const changePapers = (made: PaperChange) => setWish((before) => ({ ...before, pictures: made(before.pictures) }));
  const wrong = applications.wrongFields(wish);
  const isFit = isAgreed && !isUploading && !wrong.length && applications.areStores(wish.stores);
  const sending = useWork(async () => {
    const body = applications.trimmed(wish);
    await (of ? applications.sendAgain(of.id, body) : applications.apply(body));
    onDone();
  });
  const fields = (names: Names) => names.map((name) => (
    <Field key={name} name={name} kind={NUMBERS.includes(name) ? "number" : "text"} label={t.fields[name]} value={wish[name]} longest={LONGEST} onChange={(value) => change({ [name]: value })}
      problem={wish[name] && wrong.includes(name) ? t.wrong[name] : undefined} />
  ));
  return (
    <>
      <Card title={t.company}>{fields(COMPANY)}<CategoryRow code={wish.category} onChoose={(category) => change({ category })} /></Card>
      <Stores stores={wish.stores} onChange={(stores) => change({ stores })} />
      <Card title={t.account}>
        <Segments<Wish["account_kind"]> names={t.kinds} now={wish.account_kind} onChange={(kind) => change({ account_kind: kind })} />
        {fields(ACCOUNT)}
      </Card>
      <Card title={t.contact}>{fields(CONTACT)}<p className="card-note">{t.sealed}</p></Card>
      <Card title={t.papersTitle}><Papers papers={wish.pictures} onChange={changePapers} onBusy={setUploading} /></Card>
      <Salesperson isKnown={wish.salesperson_scene !== undefined} onFound={(scene) => change({ salesperson_scene: scene })} />
      <Card><Check name="true" isOn={isAgreed} onChange={setAgreed}>{t.agree}</Check></Card>
      {sending.problem ? <Trouble problem={sending.problem} /> : null}
      <div className="actions">
        <Button isOff={!isFit} isBusy={sending.isBusy} onClick={sending.run}>{t.send}</Button>
        <Button kind="quiet" onClick={onCancel}>{texts().common.cancel}</Button>
      </div>
    </>
  );
}

/** What the shop sells, of the list that stores are found by. */
function CategoryRow({ code, onChoose }: { code: string; onChoose(code: string): void }) {
  const t = applicationTexts();
  const [isChoosing, setChoosing] = useState(false);
  const found = useLoad(applications.categories);
  const now = found.value?.find((each) => each.code === code);
  return (
    <>
      {found.problem ? <Trouble problem={found.problem} again={found.again} /> : null}
      <Row icon="bag" title={t.fields.category} value={now ? told(now.name, now.name_en) : <span className="fine">{t.choose}</span>} onClick={() => setChoosing(true)} />
      {isChoosing && found.value ? (
        <Sheet title={t.fields.category} onClose={() => setChoosing(false)}>
          <div className="choices">
            {found.value.map((each) => (
              <button key={each.code} type="button" className={`choice${each.code === code ? " choice-now" : ""}`} aria-pressed={each.code === code ? "true" : "false"} onClick={() => { onChoose(each.code); setChoosing(false); }}>
                {each.parent_code ? `· ${told(each.name, each.name_en)}` : told(each.name, each.name_en)}
              </button>
            ))}
          </div>
        </Sheet>
      ) : null}
    </>
  );
}

function Stores({ stores, onChange }: { stores: applications.WantedStore[]; onChange(stores: applications.WantedStore[]): void }) {
  const t = applicationTexts();
  const change = (place: number, part: Partial<applications.WantedStore>) => onChange(stores.map((each, at) => (at === place ? { ...each, ...part } : each)));
  return (
    <Card title={t.stores}>
      {stores.map((store, place) => (
        <div key={place} role="group" aria-label={fill(t.store, { number: place + 1 })}>
          <Field name={`store-${place}`} label={t.storeName} value={store.name} longest={LONGEST} onChange={(name) => change(place, { name })} />
          <Field name={`address-${place}`} label={t.storeAddress} value={store.address} longest={300} onChange={(address) => change(place, { address })} />
          {stores.length > 1 ? <Link onClick={() => onChange(stores.filter((_, at) => at !== place))}>{`${t.remove} ${fill(t.store, { number: place + 1 })}`}</Link> : null}
        </div>
      ))}
      {stores.length < applications.MOST_STORES ? <div className="card-foot"><Link onClick={() => onChange([...stores, EMPTY_STORE])}>{t.addStore}</Link></div> : null}
    </Card>
  );
}

function Salesperson({ isKnown, onFound }: { isKnown: boolean; onFound(scene: string): void }) {
  const t = applicationTexts();
  const scanning = useWork(async () => {
    const outside = texts().problem.outside;
    const content = await platform.scan().catch(() => { throw new Problem({ status: 0, code: "outside", message: outside, title: outside }); });
    if (content === null) return;
    const token = tokenIn(content);
    if (!token?.startsWith("P")) throw new Problem({ status: 0, code: "code", message: t.noSalesperson, title: t.noSalesperson });
    onFound(token);
  });
  return (
    <Card>
      {isKnown ? <p className="card-note good">{t.hasSalesperson}</p> : <Link onClick={scanning.run}>{t.salesperson}</Link>}
      {scanning.problem ? <Trouble problem={scanning.problem} /> : null}
    </Card>
  );
}
