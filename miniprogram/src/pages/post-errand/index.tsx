import { useState } from "react";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { useLoad, useMember, useWork } from "@/components/hooks";
import { Notice, Page, Trouble } from "@/components/Page";
import { PicturesToSend } from "@/components/Pictures";
import { useProven } from "@/components/Proven";
import { swap } from "@/components/routes";
import { Card, Link } from "@/components/Rows";
import { TextBox } from "@/components/TextBox";
import { type Place, platform } from "@/platform";
import { campaigns, type Campaign } from "@/services/benefits";
import * as errands from "@/services/errands";
import { Problem } from "@/services/problem";
import { fenOf, yuan } from "@/services/money";
import { fill, told } from "@/texts";
import { errandTexts } from "@/texts/errands";

interface Typed {
  address: string;
  name: string;
  phone: string;
  place: string;
}
const NOTHING: Typed = { address: "", name: "", phone: "", place: "" };
const PHONE = /^1[3-9]\d{9}$/;

/** "31.2, 121.4" as a place, or null. */
function placeOf(text: string): Place | null {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,，]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  return found ? { latitude: Number(found[1]), longitude: Number(found[2]) } : null;
}

function spotOf(typed: Typed): errands.Spot | null {
  const place = placeOf(typed.place);
  if (!place || typed.address.trim().length < 2 || !typed.name.trim() || !PHONE.test(typed.phone.trim())) return null;
  return { ...place, address: typed.address.trim(), contact_name: typed.name.trim(), contact_phone: typed.phone.trim() };
}

export default function PostErrand() {
  const t = errandTexts();
  const isMember = useMember();
  const found = useLoad(campaigns, [], isMember);
  const programme = found.value?.campaigns.find(({ benefit, is_for_me, status }) => benefit === "errands" && is_for_me && status === "published");
  return (
    <Page title={t.post} isLoading={found.isLoading && !found.value} problem={found.problem} again={found.again}>
      {found.value && !programme ? <Notice><p className="notice-text">{t.noProgramme}</p></Notice> : null}
      {programme ? <Form campaign={programme} /> : null}
    </Page>
  );
}

function Form({ campaign }: { campaign: Campaign }) {
  const t = errandTexts();
  const details = campaign.details as unknown as errands.Programme;
  const [category, setCategory] = useState(details.categories[0].code);
  const [title, setTitle] = useState("");
  const [description, setDescription] = useState("");
  const [reward, setReward] = useState("");
  const [pictures, setPictures] = useState<string[]>([]);
  const [from, setFrom] = useState(NOTHING);
  const [to, setTo] = useState(NOTHING);
  const rewardFen = fenOf(reward);
  const isPaid = rewardFen !== null && rewardFen >= details.reward_minimum_fen && rewardFen <= details.reward_maximum_fen;
  const [pickUp, delivery] = [spotOf(from), spotOf(to)];
  const isFit = isPaid && pickUp && delivery && title.trim() && description.trim();
  const posting = useProven(async (proof) => {
    const posted = await errands.post({
      campaign_id: campaign.id, category, title: title.trim(), description: description.trim(), pictures, pick_up: pickUp!, delivery: delivery!,
      reward_fen: rewardFen!, purses: details.is_prepaid_taken ? ["rebate", "prepaid"] : ["rebate"],
    }, proof);
    swap("errand", { id: posted.id, role: "posted" });
  });
  return (
    <>
      <Card title={t.category}>
        <div className="tiers">
          {details.categories.map((each) => (
            <button key={each.code} type="button" className={`tier${each.code === category ? " tier-now" : ""}`} aria-pressed={each.code === category ? "true" : "false"} onClick={() => setCategory(each.code)}>{told(each.title, each.title_en)}</button>
          ))}
        </div>
        <Field name="title" label={t.name} value={title} onChange={setTitle} longest={60} />
        <TextBox name="description" label={t.description} value={description} onChange={setDescription} longest={500} />
        <PicturesToSend door={errands.pictures} ids={pictures} onChange={setPictures} />
        <p className="card-note">{t.picturesNote}</p>
      </Card>
      <SpotFields name={t.pickUp} code="from" typed={from} onChange={setFrom} />
      <SpotFields name={t.delivery} code="to" typed={to} onChange={setTo} />
      <Card>
        <Field name="reward" kind="amount" label={t.amount} value={reward} onChange={setReward} longest={10}
          problem={reward && !isPaid ? fill(t.range, { least: yuan(details.reward_minimum_fen), most: yuan(details.reward_maximum_fen) }) : undefined} />
        <p className="card-note">{details.is_prepaid_taken ? t.purse : t.purseRebate}</p>
      </Card>
      {posting.problem ? <Trouble problem={posting.problem} /> : null}
      <div className="actions"><Button isOff={!isFit} isBusy={posting.isBusy} onClick={posting.run}>{t.post}</Button></div>
      {posting.sheet}
    </>
  );
}

interface SpotProps {
  name: string;
  code: string;
  typed: Typed;
  onChange(typed: Typed): void;
}

function SpotFields({ name, code, typed, onChange }: SpotProps) {
  const t = errandTexts();
  const locating = useWork(async () => {
    const chosen = platform.choosePlace ? await platform.choosePlace() : null;
    const found = platform.choosePlace ? chosen : await platform.place();
    if (!found && !platform.choosePlace) throw new Problem({ status: 0, code: "place", message: t.noPlace, title: t.noPlace });
    if (found) onChange({ ...typed, address: chosen?.address || typed.address, place: `${found.latitude}, ${found.longitude}` });
  });
  return (
    <Card title={name} aside={<Link onClick={locating.run}>{platform.choosePlace ? t.map : t.here}</Link>}>
      {locating.problem ? <Trouble problem={locating.problem} /> : null}
      <Field name={`${code}-address`} label={t.address} value={typed.address} onChange={(address) => onChange({ ...typed, address })} longest={200} />
      <Field name={`${code}-place`} label={t.coordinates} hint="31.2304, 121.4737" value={typed.place} onChange={(place) => onChange({ ...typed, place })} longest={40}
        problem={typed.place && !placeOf(typed.place) ? t.wrongPlace : undefined} />
      <Field name={`${code}-name`} label={t.contact} value={typed.name} onChange={(given) => onChange({ ...typed, name: given })} longest={30} />
      <Field name={`${code}-phone`} kind="number" label={t.phone} value={typed.phone} onChange={(phone) => onChange({ ...typed, phone })} longest={11} />
    </Card>
  );
}
