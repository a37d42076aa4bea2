import { useState } from "react";
import { Button } from "@/components/Button";
import { Check } from "@/components/Check";
import { Everywhere } from "@/components/Everywhere";
import { Field } from "@/components/Field";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Notice, Page, Trouble } from "@/components/Page";
import { go, open, pathOf } from "@/components/routes";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import { SignInAgain } from "@/components/SignInAgain";
import type { PaymentSettingsView } from "@/services/api";
import * as members from "@/services/members";
import { minute } from "@/services/moments";
import { yuan } from "@/services/money";
import * as payments from "@/services/payments";
import type { Problem } from "@/services/problem";
import { choose, fill, isEnglish } from "@/texts";
import { settingsTexts } from "@/texts/settings";

type Wish = "set" | "change" | "forgot";

export default function Settings() {
  const t = settingsTexts();
  const isMember = useMember();
  const found = useLoad(payments.settings, [], isMember);
  const [changed, setChanged] = useState<PaymentSettingsView | null>(null);
  const now = changed ?? found.value;
  const leaving = useWork(async () => {
    await members.leave();
    open(pathOf("home"));
  });
  const language = () => {
    choose(isEnglish() ? "zh" : "en");
    open(pathOf("settings"));
  };
  return (
    <Page title={t.title} isLoading={found.isLoading && !now} problem={found.problem} again={found.again}>
      {now ? <Pin settings={now} onChanged={setChanged} /> : null}
      {now ? <Purses settings={now} onChanged={setChanged} /> : null}
      <Card title={t.general}>
        <Row icon="globe" title={t.language} value={<span className="fine">{t.now}</span>} onClick={language} />
        <Row icon="paper" title={t.terms} onClick={() => go("terms")} />
        {isMember ? <Row icon="phone" title={t.devices} onClick={() => go("devices")} /> : null}
      </Card>
      {isMember ? (
        <div className="actions">
          <Button kind="plain" isBusy={leaving.isBusy} onClick={leaving.run}>{t.signOut}</Button>
          <p className="fine centred">{t.signOutNote}</p>
          <Everywhere />
        </div>
      ) : null}
    </Page>
  );
}

interface Props {
  settings: PaymentSettingsView;
  onChanged(made: PaymentSettingsView): void;
}

function Pin({ settings, onChanged }: Props) {
  const t = settingsTexts();
  const [wish, setWish] = useState<Wish | null>(null);
  const [isDone, setDone] = useState(false);
  const { pin_usable_at: usableAt } = settings;
  const isWaiting = usableAt !== null && Date.parse(usableAt) > Date.now();
  const state = settings.has_pin ? (isWaiting ? fill(t.usable, { time: minute(usableAt) }) : t.hasPin) : t.noPin;
  return (
    <Card title={t.pin} aside={<span className={`tag ${settings.has_pin && !isWaiting ? "tag-good" : "tag-soft"}`}>{state}</span>}>
      <p className="card-note">{fill(t.pinNote, { free: yuan(settings.free_fen), daily: yuan(settings.free_daily_fen) })}</p>
      {isDone ? <Notice kind="good"><p className="notice-text">{t.done}</p></Notice> : null}
      {settings.has_pin ? null : <Row icon="shield" title={t.set} onClick={() => setWish("set")} />}
      {settings.has_pin ? <Row icon="shield" title={t.change} onClick={() => setWish("change")} /> : null}
      {settings.has_pin ? <Row icon="clock" title={t.forgot} onClick={() => setWish("forgot")} /> : null}
      {wish ? (
        <Sheet title={t[wish]} onClose={() => setWish(null)}>
          <PinForm wish={wish} onSaved={(made) => { onChanged(made); setDone(true); setWish(null); }} />
        </Sheet>
      ) : null}
    </Card>
  );
}

function PinForm({ wish, onSaved }: { wish: Wish; onSaved(made: PaymentSettingsView): void }) {
  const t = settingsTexts();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const isWhole = payments.isPin(fresh) && fresh === again && (wish !== "change" || /^\d{6}$/.test(old));
  const saving = useWork(async () => onSaved(await payments.setPin(fresh, wish === "change" ? old : null)));
  return (
    <>
      {wish === "forgot" ? <p className="card-note">{t.forgotNote}</p> : null}
      {wish === "change" ? <Field name="old-pin" kind="secret" label={t.old} value={old} onChange={setOld} longest={6} /> : null}
      <Field name="new-pin" kind="secret" label={t.fresh} value={fresh} onChange={setFresh} longest={6}
        problem={fresh.length === 6 && !payments.isPin(fresh) ? t.simple : undefined} />
      <Field name="new-pin-again" kind="secret" label={t.again} value={again} onChange={setAgain} longest={6}
        problem={again.length === 6 && again !== fresh ? t.differs : undefined} />
      {saving.problem ? <Refused problem={saving.problem} /> : null}
      <div className="actions"><Button isOff={!isWhole} isBusy={saving.isBusy} onClick={saving.run}>{t.save}</Button></div>
    </>
  );
}

function Refused({ problem }: { problem: Problem }) {
  const t = settingsTexts();
  const told = problem.body as { attempts_left?: number; usable_at?: string };
  if (problem.code === "sign_in_again") return <SignInAgain note={t.signIn} action={t.signInAction} />;
  return (
    <>
      <Trouble problem={problem} />
      {told.attempts_left !== undefined ? <p className="card-note">{fill(t.left, { count: told.attempts_left })}</p> : null}
      {told.usable_at ? <p className="card-note">{fill(t.usable, { time: minute(told.usable_at) })}</p> : null}
    </>
  );
}

const PURSES = ["experience", "prepaid", "rebate", "wechat"] as const;

function Purses({ settings, onChanged }: Props) {
  const t = settingsTexts();
  const [wanted, setWanted] = useState<payments.Purse[]>(settings.purses);
  const choosing = useWork(async () => onChanged(await payments.choosePurses(wanted)));
  const isChanged = PURSES.some((purse) => wanted.includes(purse) !== settings.purses.includes(purse));
  const change = (purse: payments.Purse, isOn: boolean) => setWanted((before) => (isOn ? [...before, purse] : before.filter((each) => each !== purse)));
  return (
    <Card title={t.purses}>
      <p className="card-note">{t.pursesNote}</p>
      {PURSES.map((purse) => <Check key={purse} name={`purse-${purse}`} isOn={wanted.includes(purse)} onChange={(isOn) => change(purse, isOn)}>{t.names[purse]}</Check>)}
      {choosing.problem ? <Trouble problem={choosing.problem} /> : null}
      {isChanged ? <div className="actions"><Button isOff={!wanted.length} isBusy={choosing.isBusy} onClick={choosing.run}>{t.save}</Button></div> : null}
    </Card>
  );
}
