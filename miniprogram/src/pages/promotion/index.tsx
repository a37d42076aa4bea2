import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { CampaignChoice } from "@/components/CampaignChoice";
import { CopyButton } from "@/components/CopyButton";
import { Field } from "@/components/Field";
import { useLoad, useMember, useQuery, useWork } from "@/components/hooks";
import { Money } from "@/components/Money";
import { Empty, Loading, Notice, Page, Trouble } from "@/components/Page";
import { Card, Row } from "@/components/Rows";
import { Segments } from "@/components/Segments";
import { Sheet } from "@/components/Sheet";
import type { DayReport, LinkPageLinkFigures } from "@/services/api";
import * as benefits from "@/services/benefits";
import { yuan } from "@/services/money";
import { type Promotable, type PromotablePage, promotables, type Subject } from "@/services/promotables";
import { fill, texts, told } from "@/texts";
import { benefitTexts } from "@/texts/benefits";

const REST_MILLISECONDS = 350;

export default function Promotion() {
  const { id } = useQuery();
  return id ? <One id={id} /> : <CampaignChoice kind="promotion" page="promotion" title={benefitTexts().promotion.title} icon="friends" />;
}

function One({ id }: { id: string }) {
  const t = benefitTexts().promotion;
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
            <Choice campaign={campaign} subjects={details.subjects} onClose={() => setChoosing(false)}
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
  campaign: benefits.Campaign;
  subjects: Subject[];
  onClose(): void;
  onMade(made: { page: string; poster: string; title: string }): void;
}

/** What to promote: by kind and words, a page at a time. */
function Choice({ campaign, subjects, onClose, onMade }: ChoiceProps) {
  const t = benefitTexts().promotion;
  const [subject, setSubject] = useState(subjects[0]);
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  const [wanted, setWanted] = useState<Promotable | null>(null);
  const making = useWork(async () => onMade(await benefits.makeLink(wanted!.wish)));
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), REST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [typed]);
  const names = Object.fromEntries(subjects.map((each) => [each, t.kinds[each]])) as Record<Subject, string>;
  return (
    <Sheet title={t.what} onClose={onClose}>
      {subjects.length > 1 ? <Segments<Subject> names={names} now={subject} onChange={(chosen) => { setSubject(chosen); setWanted(null); }} /> : null}
      <Field name="promotable" kind="search" label={t.search} value={typed} onChange={setTyped} longest={60} />
      <Promotables key={`${subject} ${words}`} campaign={campaign} subject={subject} words={words} wanted={wanted} onWanted={setWanted} />
      {making.problem ? <Trouble problem={making.problem} /> : null}
      <div className="actions"><Button isOff={!wanted} isBusy={making.isBusy} onClick={making.run}>{wanted ? fill(t.makeFor, { title: wanted.title }) : t.make}</Button></div>
    </Sheet>
  );
}

interface PromotablesProps {
  campaign: benefits.Campaign;
  subject: Subject;
  words: string;
  wanted: Promotable | null;
  onWanted(wanted: Promotable): void;
}

function Promotables({ campaign, subject, words, wanted, onWanted }: PromotablesProps) {
  const t = benefitTexts().promotion;
  const first = useLoad(() => promotables(campaign, subject, words, null));
  const [rest, setRest] = useState<PromotablePage | null>(null);
  const next = rest ? rest.next : first.value?.next;
  const more = useWork(async () => {
    const page = await promotables(campaign, subject, words, next!);
    setRest({ found: [...(rest?.found ?? []), ...page.found], next: page.next });
  });
  if (first.problem) return <Trouble problem={first.problem} again={first.again} />;
  if (!first.value) return <Loading />;
  const all = [...first.value.found, ...(rest?.found ?? [])];
  if (!all.length) return <Empty>{words ? t.notFound : t.nothing}</Empty>;
  return (
    <div className="choices">
      {all.map((each) => (
        <button key={each.key} type="button" className={`choice${each.key === wanted?.key ? " choice-now" : ""}`} aria-pressed={each.key === wanted?.key ? "true" : "false"} onClick={() => onWanted(each)}>{each.title}</button>
      ))}
      {more.problem ? <Trouble problem={more.problem} /> : null}
      {next ? <Button kind="quiet" isBusy={more.isBusy} onClick={more.run}>{texts().common.more}</Button> : null}
    </div>
  );
}
