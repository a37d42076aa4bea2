import { useState } from "react";
import * as members from "@/services/members";
import { texts } from "@/texts";
import { settingsTexts } from "@/texts/settings";
import { Button } from "./Button";
import { useWork } from "./hooks";
import { Trouble } from "./Page";
import { open, pathOf } from "./routes";
import { Sheet } from "./Sheet";

/** For a phone that is lost: asked once more, for it ends every session. */
export function Everywhere() {
  const t = settingsTexts();
  const [isAsked, setAsked] = useState(false);
  const leaving = useWork(async () => {
    await members.leaveEverywhere();
    open(pathOf("home"));
  });
  return (
    <>
      <Button kind="quiet" onClick={() => setAsked(true)}>{t.everywhere}</Button>
      {isAsked ? (
        <Sheet title={t.everywhere} onClose={() => setAsked(false)}>
          <p className="card-note">{t.everywhereNote}</p>
          {leaving.problem ? <Trouble problem={leaving.problem} /> : null}
          <div className="actions"><Button kind="bad" isBusy={leaving.isBusy} onClick={leaving.run}>{texts().common.confirm}</Button></div>
        </Sheet>
      ) : null}
    </>
  );
}
