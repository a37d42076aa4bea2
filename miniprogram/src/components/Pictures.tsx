import { useState } from "react";
import { useLoad, useWork } from "@/components/hooks";
import { platform } from "@/platform";
import { MOST_PICTURES, type PictureDoor } from "@/services/uploads";
import { fill } from "@/texts";
import { ticketTexts } from "@/texts/tickets";
import { Button } from "./Button";
import { Trouble } from "./Page";
import { Sheet } from "./Sheet";

/** A picture that only whoever is signed in may see; a tap shows it large. */
export function OwnPicture({ door, id, number, called }: { door: Pick<PictureDoor, "shown">; id: string; number: number; called?: string }) {
  const name = called ?? fill(ticketTexts().pictureOf, { number });
  const found = useLoad(() => door.shown(id), [id]);
  const [isLarge, setLarge] = useState(false);
  if (!found.value) return <span className={`own-picture${found.problem ? " own-picture-gone" : ""}`} role="img" aria-label={found.problem ? `${name} ${found.problem.message}` : name} />;
  return (
    <>
      <button type="button" className="picture-button" aria-label={name} onClick={() => setLarge(true)}><img className="own-picture" src={found.value} alt="" /></button>
      {isLarge ? <Sheet title={name} onClose={() => setLarge(false)}><img className="large-picture" src={found.value} alt={name} /></Sheet> : null}
    </>
  );
}

/** Pictures beside each other; nothing where there are none. */
export function OwnPictures({ door, ids }: { door: PictureDoor; ids: string[] }) {
  if (!ids.length) return null;
  return <div className="pictures">{ids.map((id, place) => <OwnPicture key={id} door={door} id={id} number={place + 1} />)}</div>;
}

interface Props {
  door: PictureDoor;
  ids: string[];
  onChange(ids: string[]): void;
}

/** Pictures for what is written next, sent one by one. */
export function PicturesToSend({ door, ids, onChange }: Props) {
  const t = ticketTexts();
  const sending = useWork(async () => {
    const picked = await platform.pickPicture();
    if (picked) onChange([...ids, await door.send(picked)]);
  });
  return (
    <div className="pictures">
      {ids.map((id, place) => (
        <span key={id} className="picture-to-send">
          <OwnPicture door={door} id={id} number={place + 1} />
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
