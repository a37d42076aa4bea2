import { useState } from "react";
import { Button } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Empty, Loading, Notice, Page, Trouble } from "@/components/Page";
import { Card, Row } from "@/components/Rows";
import { Sheet } from "@/components/Sheet";
import type { DayReport, LinkPageLinkFigures } from "@/services/api";
import * as benefits from "@/services/benefits";
import { yuan } from "@/services/money";
import { find, offers, store } from "@/services/stores";
import { fill, texts, told } from "@/texts";
import { benefitTexts } from "@/texts/benefits";

const CHOICES = 50;

/** One thing that may be promoted, with the wish that asks for its link. */
interface Promotable {
  key: string;
  title: string;
  wish: benefits.LinkWish;
}

async function promotable(campaignId: string, details: benefits.PromotionDetails, merchantId: string | null): Promise<Promotable[]> {
  const wants = new Set(details.subjects);
  const stores = !wants.has("store") ? [] : details.store_ids.length
    ? await Promise.all(details.store_ids.map((id) => store(id)))
    : (await find({ limit: CHOICES })).stores;
  const goods = wants.has("product") ? (await offers(null, CHOICES)).offers : [];
  const isGood = (offer: { id: string; merchant_id: string }) =>
    (!merchantId || offer.merchant_id === merchantId) && (!details.offer_ids.length || details.offer_ids.includes(offer.id));
  return [
    ...stores.map(({ id, name }) => ({ key: id, title: name, wish: { campaign_id: campaignId, store_id: id } })),
    ...goods.filter(isGood).map(({ id, title }) => ({ key: id, title, wish: { campaign_id: campaignId, offer_id: id } })),
    ...(wants.has("content") ? details.contents : []).map(({ key, title }) => ({ key, title, wish: { campaign_id: campaignId, content: key } })),
  ];
}

export default function Promotion() {
  const t = benefitTexts().promotion;
  const { id } = useQuery();
  const isMember = useMember();
  const [isChoosing, setChoosing] = useState(false);
  const [shown, setShown] = useState<{ page: string; poster: string; title: string } | null>(null);
  const found = useLoad(() => Promise.all([benefits.campaign(id), benefits.links(), benefits.report()]), [id], isMember);
  const [campaign, links, report] = found.value ?? [];
  const details = campaign?.details as unknown as benefits.PromotionDetails | undefined;
  return (
    <Page title={campaign ? told(campaign.name, campaign.name_en) : t.title} isLoading={found.isLoading && !details} problem={found.problem} again={found.again}>
      {details && campaign && links && report ? (
        <>
          <Card>
            <p className="card-note">{fill(t.rate, { percent: details.commission_bp / 100, cap: yuan(details.cap_fen), days: details.window_days })}</p>
            <p className="card-note">{t.oneLevel}</p>
            <div className="actions"><Button onClick={() => setChoosing(true)}>{t.make}</Button></div>
          </Card>
          {details.is_funded ? null : <Notice><p className="notice-text">{t.noBudget}</p></Notice>}
          <Report total={report.total} />
          <Links key={links.links[0]?.id} first={links.links} next={links.next} show={setShown} />
          {isChoosing ? (
            <Choice load={() => promotable(id, details, campaign.merchant_id)} onClose={() => setChoosing(false)}
              onMade={(made) => { setChoosing(false); setShown(made); found.again(); }} />
          ) : null}
        </>
      ) : null}
      {shown ? (
        <Sheet title={shown.title} onClose={() => setShown(null)}>
          <section className="poster">
            <img className="poster-picture" src={API_BASE + shown.poster} alt={t.poster} />
            <p className="fine">{t.hold}</p>
          </section>
          <div className="actions"><CopyButton text={shown.page} name={t.share} done={t.copied} /></div>
        </Sheet>
      ) : null}
    </Page>
  );
}

function Report({ total }: { total: DayReport["total"] }) {
  const t = benefitTexts().promotion;
  return (
    <Card title={t.report}>
      <Row title={t.clicks} value={total.clicks ?? 0} />
      <Row title={t.sales} value={total.sales ?? 0} />
      <Row title={t.earned} value={<Money fen={total.earned_fen ?? 0} />} />
      <Row title={t.frozen} value={<Money fen={total.frozen_fen ?? 0} />} />
      <Row title={t.freed} value={<Money fen={total.freed_fen ?? 0} />} />
    </Card>
  );
}

interface LinksProps {
  first: LinkPageLinkFigures[];
  next: string | null;
  show(link: LinkPageLinkFigures): void;
}

function Links({ first, next, show }: LinksProps) {
  const t = benefitTexts().promotion;
  const [rest, setRest] = useState<LinkPageLinkFigures[]>([]);
  const [after, setAfter] = useState(next);
  const more = useWork(async () => {
    const page = await benefits.links(after);
    setRest([...rest, ...page.links]);
    setAfter(page.next);
  });
  const all = [...first, ...rest];
  return (
    <Card title={t.links}>
      {all.map((link) => (
        <Row key={link.id} title={link.title} value={<Money fen={link.earned_fen ?? 0} />} onClick={() => show(link)}
          note={<><span>{fill(t.figures, { clicks: link.clicks ?? 0, sales: link.sales ?? 0 })}</span>{link.closed_because ? <span className="tag tag-soft">{told(link.closed_text, link.closed_text_en)}</span> : null}</>} />
      ))}
      {all.length ? null : <Empty icon="friends">{t.none}</Empty>}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {after ? <div className="card-foot"><Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button></div> : null}
    </Card>
  );
}

interface ChoiceProps {
  load(): Promise<Promotable[]>;
  onClose(): void;
  onMade(made: { page: string; poster: string; title: string }): void;
}

function Choice({ load, onClose, onMade }: ChoiceProps) {
  const t = benefitTexts().promotion;
  const found = useLoad(load);
  const [wanted, setWanted] = useState<Promotable | null>(null);
  const making = useWork(async () => onMade(await benefits.makeLink(wanted!.wish)));
  return (
    <Sheet title={t.what} onClose={onClose}>
      {found.isLoading ? <Loading /> : null}
      {found.problem ? <Trouble problem={found.problem} again={found.again} /> : null}
      <div className="choices">
        {found.value?.map((each) => (
          <button key={each.key} type="button" className={`choice${each === wanted ? " choice-now" : ""}`} aria-pressed={each === wanted ? "true" : "false"} onClick={() => setWanted(each)}>{each.title}</button>
        ))}
      </div>
      {found.value && !found.value.length ? <Empty>{t.nothing}</Empty> : null}
      {making.problem ? <Trouble problem={making.problem} /> : null}
      <div className="actions"><Button isOff={!wanted} isBusy={making.isBusy} onClick={making.run}>{t.make}</Button></div>
    </Sheet>
  );
}
