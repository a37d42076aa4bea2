import { useState } from "react";
import { Button } from "@/components/Button";
import { CampaignChoice } from "@/components/CampaignChoice";
import { CopyButton } from "@/components/CopyButton";
import { useAgain, useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Empty, Loading, Notice, Page, Trouble } from "@/components/Page";
import { go } from "@/components/routes";
import { Card, Link, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import type { DrawPageDrawView, MadeDraw } from "@/services/api";
import * as benefits from "@/services/benefits";
import { minute } from "@/services/moments";
import { yuan } from "@/services/money";
import { fill, texts, told } from "@/texts";
import { benefitTexts } from "@/texts/benefits";

export default function Lottery() {
  const { id } = useQuery();
  return id ? <One id={id} /> : <CampaignChoice kind="lottery" page="lottery" title={benefitTexts().lottery.title} icon="gift" />;
}

function One({ id }: { id: string }) {
  const t = benefitTexts().lottery;
  const isMember = useMember();
  const [made, setMade] = useState<MadeDraw | null>(null);
  const found = useLoad(() => Promise.all([benefits.campaign(id), benefits.draws(id)]), [id], isMember);
  useAgain(found.again);
  const [campaign, drawn] = found.value ?? [];
  const details = campaign?.details as unknown as benefits.LotteryDetails | undefined;
  const drawing = useWork(async () => {
    setMade(null);
    setMade(await benefits.draw(id, details!.drawn));
    found.again();
  });
  const left = made?.chances_left ?? details?.chances_left ?? 0;
  return (
    <Page title={campaign ? told(campaign.name, campaign.name_en) : t.title} isLoading={found.isLoading && !details} problem={found.problem} again={found.again}>
      {details && campaign && drawn ? (
        <>
          <section className="hero">
            <p className="hero-label">{t.left}</p>
            <p className="hero-wait number">{left}</p>
            <Button kind="plain" isOff={left < 1 || campaign.status === "paused"} isBusy={drawing.isBusy} onClick={drawing.run}>{t.draw}</Button>
          </section>
          {drawing.problem ? <Trouble problem={drawing.problem} /> : null}
          {made ? <Result made={made} /> : null}
          <Card>
            <p className="card-note">{fill(t.how, { threshold: yuan(details.threshold_fen), most: details.most_per_member })}</p>
            <Row title={t.closes} value={minute(details.closes_at)} />
            <Row title={t.organiser} value={details.organiser} />
          </Card>
          <Card title={t.prizes}>
            {details.prizes.map((prize) => (
              <Row key={prize.number} icon="gift" title={told(prize.name, prize.name_en)} note={fill(t.stock, prize)} value={prize.odds_ppm ? benefits.percent(prize.odds_ppm) : undefined} />
            ))}
          </Card>
          <Mine key={details.drawn} first={drawn.draws} next={drawn.next} campaignId={id} />
        </>
      ) : null}
    </Page>
  );
}

function Result({ made }: { made: MadeDraw }) {
  const t = benefitTexts().lottery;
  if (!made.prize) return <Notice><p className="notice-text">{t.nothing}</p></Notice>;
  return (
    <Notice kind="good">
      <p className="notice-text">{fill(t.won, { name: told(made.prize_name, made.prize_name_en) })}</p>
      {made.claim === "open" ? <><p className="fine">{t.claimNote}</p><Button kind="quiet" onClick={() => go("claim", { id: made.id })}>{t.claim}</Button></> : null}
      {made.tax_fen ? <p className="fine">{fill(t.tax, { tax: yuan(made.tax_fen) })}</p> : null}
    </Notice>
  );
}

function Mine({ first, next, campaignId }: { first: DrawPageDrawView[]; next: string | null; campaignId: string }) {
  const t = benefitTexts().lottery;
  const [rest, setRest] = useState<DrawPageDrawView[]>([]);
  const [after, setAfter] = useState(next);
  const [shown, setShown] = useState<number | null>(null);
  const more = useWork(async () => {
    const page = await benefits.draws(campaignId, after);
    setRest([...rest, ...page.draws]);
    setAfter(page.next);
  });
  const all = [...first, ...rest];
  return (
    <Card title={t.mine}>
      {all.map((each) => (
        <Row
          key={each.id}
          title={each.prize ? told(each.prize_name, each.prize_name_en) : t.nothing}
          note={<><span>{fill(t.number, each as never)}</span><span>{minute(each.created_at)}</span>{each.voided_at ? <span className="tag tag-soft">{t.voided}</span> : null}{each.claim && each.claim !== "void" ? <Link onClick={() => go("claim", { id: each.id })}>{each.claim === "open" ? t.claim : benefitTexts().claim.state[each.claim]}</Link> : null}</>}
          value={<Link onClick={() => setShown(each.number)}>{t.check}</Link>}
        />
      ))}
      {all.length ? null : <Empty icon="gift">{t.noDraws}</Empty>}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {after ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button></div> : null}
      {shown === null ? null : <Proof campaignId={campaignId} number={shown} onClose={() => setShown(null)} />}
    </Card>
  );
}

/** What a draw follows from, and where everybody finds it. */
function Proof({ campaignId, number, onClose }: { campaignId: string; number: number; onClose(): void }) {
  const t = benefitTexts().lottery;
  const found = useLoad(() => benefits.checked(campaignId, number), [campaignId, number]);
  return (
    <Sheet title={t.proof} onClose={onClose}>
      <p className="card-note">{t.proofNote}</p>
      {found.isLoading ? <Loading /> : null}
      {found.problem ? <Trouble problem={found.problem} again={found.again} /> : null}
      {found.value ? (
        <>
          <Row title={t.before} note={<span className="number">{found.value.head_before}</span>} />
          <Row title={t.nonce} note={<span className="number">{found.value.nonce}</span>} />
          <Row title={t.head} note={<span className="number">{found.value.head}</span>} />
          <Row title={t.roll} value={found.value.roll ?? t.later} />
          <Row title={t.data} note={<span className="number">{benefits.proofAddress(campaignId, number)}</span>} />
        </>
      ) : null}
      <div className="actions"><CopyButton text={benefits.proofAddress(campaignId, number)} name={t.copy} done={t.copied} /></div>
    </Sheet>
  );
}
