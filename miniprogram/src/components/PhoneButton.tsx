import { useState } from "react";
import type { PhoneView } from "@/services/api";
import * as ownData from "@/services/own_data";
import { type Problem, problemOf } from "@/services/problem";
import { personTexts } from "@/texts/person";
import { Trouble } from "./Page";

interface Told { detail?: { code?: string } }

/** WeChat's own button, which alone may ask for the number: it shows WeChat's sheet, and tells a code
 * once the person agreed (WeChat fact C3). Only in the mini-program; elsewhere it says where. */
export function PhoneButton({ onGiven }: { onGiven(given: PhoneView): void }) {
  const t = personTexts();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (process.env.TARO_ENV !== "weapp") return <p className="card-note">{t.phoneElsewhere}</p>;
  const take = async ({ detail }: Told) => {
    if (!detail?.code) return;
    setBusy(true);
    setProblem(null);
    try {
      onGiven(await ownData.givePhone(detail.code));
    } catch (cause) {
      setProblem(problemOf(cause));
    } finally {
      setBusy(false);
    }
  };
  const wechat = { openType: "getPhoneNumber", onGetPhoneNumber: (event: Told) => void take(event) };
  return (
    <>
      {problem ? <Trouble problem={problem} /> : null}
      <button className={`button button-plain${isBusy ? " is-busy" : ""}`} disabled={isBusy} {...wechat}>{t.phoneGive}</button>
    </>
  );
}
