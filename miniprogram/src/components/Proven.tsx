import { type ReactNode, useState } from "react";
import { minute } from "@/services/moments";
import type { Problem } from "@/services/problem";
import { type Proof, proven } from "@/services/proof";
import { fill } from "@/texts";
import { proofTexts } from "@/texts/proof";
import { Button } from "./Button";
import { Field } from "./Field";
import { useWork, type Work } from "./hooks";
import { Trouble } from "./Page";
import { go } from "./routes";
import { Row } from "./Rows";
import { Sheet } from "./Sheet";
import { SignInAgain } from "./SignInAgain";

/** Something a button does that may let much money go: where the product asks for it, `sheet` asks
 * for the PIN, or to sign in once more, and does it again. */
export function useProven(work: (proof: Proof) => Promise<void>): Work & { sheet: ReactNode } {
  const [asked, setAsked] = useState<"pin" | "login" | null>(null);
  const [pin, setPin] = useState("");
  const doing = useWork(async () => {
    const given = pin;
    setPin("");
    setAsked(await proven(work, given ? { pin: given } : {}));
  });
  const close = () => {
    doing.clear();
    setPin("");
    setAsked(null);
  };
  const sheet = asked === "pin" ? <PinSheet pin={pin} onChange={setPin} doing={doing} onClose={close} /> : asked ? <LoginSheet onClose={close} /> : null;
  return { ...doing, problem: asked ? null : doing.problem, sheet };
}

interface PinProps {
  pin: string;
  onChange(pin: string): void;
  doing: Work;
  onClose(): void;
}

function PinSheet({ pin, onChange, doing, onClose }: PinProps) {
  const t = proofTexts();
  return (
    <Sheet title={t.title} onClose={onClose}>
      <p className="card-note">{t.note}</p>
      <Field name="payment-pin" kind="secret" label={t.pin} value={pin} onChange={onChange} longest={6} />
      {doing.problem ? <Refused problem={doing.problem} /> : null}
      <div className="actions">
        <Button isOff={!/^\d{6}$/.test(pin)} isBusy={doing.isBusy} onClick={doing.run}>{t.confirm}</Button>
        <Button kind="quiet" onClick={() => go("settings")}>{t.forgot}</Button>
      </div>
    </Sheet>
  );
}

function Refused({ problem }: { problem: Problem }) {
  const t = proofTexts();
  const told = problem.body as { attempts_left?: number; usable_at?: string };
  return (
    <>
      <Trouble problem={problem} />
      {told.attempts_left !== undefined ? <p className="card-note">{fill(t.left, { count: told.attempts_left })}</p> : null}
      {told.usable_at ? <p className="card-note">{fill(t.usable, { time: minute(told.usable_at) })}</p> : null}
    </>
  );
}

function LoginSheet({ onClose }: { onClose(): void }) {
  const t = proofTexts();
  return (
    <Sheet title={t.login} onClose={onClose}>
      <SignInAgain note={t.signIn} action={t.signInAction} />
      <Row icon="shield" title={t.set} onClick={() => go("settings")} />
    </Sheet>
  );
}
