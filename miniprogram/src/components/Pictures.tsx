import { useLoad, useWork } from "@/components/hooks";
import { platform } from "@/platform";
import { MOST_PICTURES, send, shown } from "@/services/tickets";
import { fill } from "@/texts";
import { ticketTexts } from "@/texts/tickets";
import { Button } from "./Button";
import { Trouble } from "./Page";

/** A picture that only whoever is signed in may see. */
export function OwnPicture({ id, number }: { id: string; number: number }) {
  const t = ticketTexts();
  const found = useLoad(() => shown(id), [id]);
  if (!found.value) return <span className="own-picture own-picture-blank" aria-hidden="true" />;
  return <img className="own-picture" src={found.value} alt={fill(t.pictureOf, { number })} />;
}

interface Props {
  ids: string[];
  onChange(ids: string[]): void;
}

/** Pictures for what is written next, sent one by one. */
export function PicturesToSend({ ids, onChange }: Props) {
  const t = ticketTexts();
  const sending = useWork(async () => {
    const picked = await platform.pickPicture();
    if (picked) onChange([...ids, await send(picked)]);
  });
  return (
    <div className="pictures">
      {ids.map((id, place) => (
        <span key={id} className="picture-to-send">
          <OwnPicture id={id} number={place + 1} />
          <button type="button" className="link" aria-label={`${t.remove} ${fill(t.pictureOf, { number: place + 1 })}`} onClick={() => onChange(ids.filter((each) => each !== id))}>{t.remove}</button>
        </span>
      ))}
      {sending.problem ? <Trouble problem={sending.problem} /> : null}
      {ids.length < MOST_PICTURES ? (
        <Button kind="quiet" isBusy={sending.isBusy} onClick={sending.run}>{sending.isBusy ? t.sending : fill(t.picture, { count: MOST_PICTURES })}</Button>
      ) : null}
    </div>
  );
}
