import { useEffect, useState } from "react";
import { platform } from "@/platform";
import * as applications from "@/services/applications";
import { fill, texts } from "@/texts";
import { applicationTexts } from "@/texts/applications";
import { Button } from "./Button";
import { useWork } from "./hooks";
import { Trouble } from "./Page";
import { OwnPicture } from "./Pictures";
import { Link } from "./Rows";

type Paper = applications.Paper;
/** From what there is now: pictures arrive while others are taken away. */
export type PaperChange = (before: Paper[]) => Paper[];

interface Props {
  papers: Paper[];
  onChange(change: PaperChange): void;
  /** Whether a picture is on its way, and nothing should be sent without it. */
  onBusy(isBusy: boolean): void;
}

/** Licence, shop front and permits, picked and sent one by one. */
export function Papers({ papers, onChange, onBusy }: Props) {
  const t = applicationTexts();
  const [busy, setBusy] = useState<applications.PaperKind[]>([]);
  const isBusy = busy.length > 0;
  useEffect(() => { onBusy(isBusy); }, [isBusy]);
  const note = (kind: applications.PaperKind, isOn: boolean) => setBusy((before) => [...before.filter((each) => each !== kind), ...(isOn ? [kind] : [])]);
  return (
    <>
      <p className="card-note">{fill(t.papersNote, { count: applications.MOST_PAPERS })}</p>
      {applications.PAPER_KINDS.map((kind) => (
        <PapersOfKind key={kind} kind={kind} papers={papers.filter((each) => each.kind === kind)} isFull={papers.length + busy.length >= applications.MOST_PAPERS} onChange={onChange} onBusy={(isBusy) => note(kind, isBusy)} />
      ))}
    </>
  );
}

interface OfKind extends Props {
  kind: applications.PaperKind;
  isFull: boolean;
}

function PapersOfKind({ kind, papers, isFull, onChange, onBusy }: OfKind) {
  const t = applicationTexts();
  const [isUploading, setUploading] = useState(false);
  const tell = (isBusy: boolean) => { setUploading(isBusy); onBusy(isBusy); };
  const sending = useWork(async () => {
    const picked = await platform.pickPicture();
    if (!picked) return;
    tell(true);
    try {
      const sent = await applications.sendPaper(kind, picked);
      onChange((before) => [...before, sent]);
    } finally {
      tell(false);
    }
  });
  const name = (place: number) => `${t.papers[kind]} ${place + 1}`;
  return (
    <div role="group" aria-label={t.papers[kind]}>
      <p className="field-label">{t.papers[kind]}</p>
      <div className="pictures">
        {papers.map(({ id }, place) => (
          <span key={id} className="picture-to-send">
            <OwnPicture door={applications.papers} id={id} number={place + 1} called={name(place)} />
            <button type="button" className="link" aria-label={`${t.remove} ${name(place)}`} onClick={() => onChange((before) => before.filter((each) => each.id !== id))}>{t.remove}</button>
          </span>
        ))}
        {isFull && !sending.isBusy ? null : <Button kind="quiet" isBusy={sending.isBusy} label={fill(t.addPaper, { name: t.papers[kind] })} onClick={sending.run}>{t.add}</Button>}
      </div>
      <p className="fine" role="status">{isUploading ? t.sendingPaper : ""}</p>
      {sending.problem ? <Trouble problem={sending.problem} /> : null}
    </div>
  );
}

/** The pictures of an application; while it is open others may take their place. */
export function PapersOf({ application, again }: { application: applications.Application; again(): void }) {
  const t = applicationTexts();
  const [now, setNow] = useState<Paper[] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const saving = useWork(async () => {
    await applications.setPapers(application.id, now ?? []);
    setNow(null);
    again();
  });
  const isOpen = applications.isOpen(application);
  if (now) {
    return (
      <>
        <Papers papers={now} onChange={(change) => setNow((before) => before && change(before))} onBusy={setBusy} />
        {saving.problem ? <Trouble problem={saving.problem} /> : null}
        <div className="actions">
          <Button isOff={isBusy} isBusy={saving.isBusy} onClick={saving.run}>{t.savePapers}</Button>
          <Button kind="quiet" onClick={() => setNow(null)}>{texts().common.cancel}</Button>
        </div>
      </>
    );
  }
  if (!application.pictures.length && !isOpen) return null;
  return (
    <>
      <div className="pictures">
        {application.pictures.map(({ id, kind }, place) => <OwnPicture key={id} door={applications.papers} id={id} number={place + 1} called={`${t.papers[kind]} ${place + 1}`} />)}
      </div>
      {isOpen ? <div className="card-foot"><Link onClick={() => setNow(application.pictures.map(({ id, kind }) => ({ id, kind })))}>{application.pictures.length ? t.changePapers : t.attachPapers}</Link></div> : null}
    </>
  );
}
