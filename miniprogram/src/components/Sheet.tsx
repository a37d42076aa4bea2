import { type ReactNode, useEffect } from "react";
import { texts } from "@/texts";

interface Props {
  title: string;
  onClose(): void;
  children: ReactNode;
}

/** Tab goes round within the sheet: what lies behind it cannot be seen to be reached. */
function stay(event: KeyboardEvent): void {
  const inside = [...document.querySelectorAll<HTMLElement>(".sheet-body button:not([disabled]), .sheet-body input, .sheet-body textarea")];
  const last = inside[inside.length - 1];
  const end = event.shiftKey ? inside[0] : last;
  const now = document.activeElement as HTMLElement;
  if (now !== end && inside.includes(now)) return;
  event.preventDefault();
  (event.shiftKey ? last : inside[0])?.focus();
}

/** A sheet that rises from the foot of the page. Escape and a tap beside it close it. */
export function Sheet({ title, onClose, children }: Props) {
  useEffect(() => {
    if (process.env.TARO_ENV !== "h5") return undefined;
    const before = document.activeElement as HTMLElement | null;
    const keys = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
      if (event.key === "Tab") stay(event);
    };
    document.addEventListener("keydown", keys);
    document.getElementById("sheet-close")?.focus();
    return () => {
      document.removeEventListener("keydown", keys);
      before?.focus?.();
    };
  }, []);
  return (
    <div className="sheet">
      <div className="sheet-shade" onClick={onClose} />
      <section className="sheet-body" role="dialog" aria-modal="true" aria-label={title}>
        <div className="sheet-head">
          <h2 className="card-title">{title}</h2>
          <button id="sheet-close" type="button" className="sheet-close" aria-label={texts().common.close} onClick={onClose}>
            <span className="icon icon-close" aria-hidden="true" />
          </button>
        </div>
        {children}
      </section>
    </div>
  );
}
