import { useState } from "react";
import { platform } from "@/platform";
import * as subscriptions from "@/services/subscriptions";
import { fill, isEnglish } from "@/texts";
import { messagesTexts } from "@/texts/messages";
import { subscriptionTexts } from "@/texts/subscriptions";
import { Button } from "./Button";
import { useLoad, useWork } from "./hooks";
import { Notice, Trouble } from "./Page";
import { Card } from "./Rows";

/** Offers WeChat's own messages about what just happened; nothing where there are none to ask for.
 * Which templates there are is known before the tap: WeChat asks only while a person taps. */
export function Subscribe({ kinds }: { kinds: string[] | null }) {
  return platform.subscribe ? <Asking kinds={kinds} /> : null;
}

function Asking({ kinds }: { kinds: string[] | null }) {
  const t = subscriptionTexts();
  const names = messagesTexts().kinds;
  const found = useLoad(subscriptions.list);
  const [told, setTold] = useState("");
  const wanted = subscriptions.wanted(found.value ?? [], kinds);
  const asking = useWork(async () => {
    const after = await subscriptions.request(wanted.map((each) => each.template_id));
    const isOn = after?.some((each) => each.remaining !== 0 && wanted.some(({ template_id: id }) => id === each.template_id));
    setTold(isOn ? t.done : t.refused);
  });
  if (told) return <Notice><p className="notice-text">{told}</p></Notice>;
  if (!wanted.length) return null;
  const about = wanted.flatMap((each) => each.kinds).map((kind) => names[kind] ?? kind);
  return (
    <Card title={t.title}>
      <p className="card-note">{fill(t.note, { kinds: about.join(isEnglish() ? ", " : "、") })}</p>
      {asking.problem ? <Trouble problem={asking.problem} /> : null}
      <div className="card-foot"><Button kind="plain" isBusy={asking.isBusy} onClick={asking.run}>{t.agree}</Button></div>
    </Card>
  );
}
