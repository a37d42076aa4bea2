import { useState } from "react";
import { platform } from "@/platform";
import type { LeaveView } from "@/services/api";
import { day } from "@/services/moments";
import * as withdrawals from "@/services/withdrawals";
import { fill, texts } from "@/texts";
import { leaveTexts } from "@/texts/leave";
import { Button } from "./Button";
import { useLoad, useWork } from "./hooks";
import { Trouble } from "./Page";
import { Card } from "./Rows";
import { Sheet } from "./Sheet";

/** The leave to be paid without confirming each withdrawal: given in the mini-program, taken back anywhere. */
export function ReceivingLeave() {
  const t = leaveTexts();
  const found = useLoad(withdrawals.leave);
  const giving = useWork(async () => {
    await withdrawals.giveLeave();
    found.again();
  });
  if (found.problem) return <Trouble problem={found.problem} again={found.again} />;
  if (found.isLoading && !found.value) return null;
  const leave = found.value;
  const isOn = leave?.status === "in_effect" && !leave.is_given_up;
  const isWaiting = leave !== null && !leave.is_given_up && (leave.status === "waiting" || leave.status === "asking");
  const isHere = platform.app === "mini_program";
  return (
    <Card title={t.title} aside={<span className={`tag ${isOn ? "tag-good" : "tag-soft"}`}>{isOn ? t.isOn : t.isOff}</span>}>
      <p className="card-note">{stateOf(leave)}</p>
      {giving.problem ? <Trouble problem={giving.problem} /> : null}
      {!isOn && isHere ? <div className="card-foot"><Button kind="plain" isBusy={giving.isBusy} onClick={giving.run}>{isWaiting ? t.goOn : t.ask}</Button></div> : null}
      {!isOn && !isHere ? <p className="card-note">{t.elsewhere}</p> : null}
      {isOn || isWaiting ? <GiveUp again={found.again} /> : null}
    </Card>
  );
}

function stateOf(leave: LeaveView | null): string {
  const t = leaveTexts();
  if (!leave) return t.note;
  if (leave.is_given_up || leave.status === "closed") return `${t.over}${t.note}`;
  if (leave.status === "in_effect") return fill(t.given, { date: leave.given_at ? day(leave.given_at) : "" });
  return t.waiting;
}

function GiveUp({ again }: { again(): void }) {
  const t = leaveTexts();
  const [isAsked, setAsked] = useState(false);
  const giving = useWork(async () => {
    await withdrawals.giveLeaveUp();
    setAsked(false);
    again();
  });
  return (
    <div className="card-foot">
      <Button kind="quiet" onClick={() => setAsked(true)}>{t.giveUp}</Button>
      {isAsked ? (
        <Sheet title={t.giveUp} onClose={() => setAsked(false)}>
          <p className="card-note">{t.sure}</p>
          {giving.problem ? <Trouble problem={giving.problem} /> : null}
          <div className="actions"><Button kind="bad" isBusy={giving.isBusy} onClick={giving.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </div>
  );
}
