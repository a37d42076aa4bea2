import { type ReactNode, useEffect } from "react";
import { texts } from "@/texts";

interface Props {
  title: string;
  onClose(): void;
  children: ReactNode;
}

/** A sheet that rises from the foot of the page. Escape and a tap beside it close it. */
export function Sheet({ title, onClose, children }: Props) {
  useEffect(() => {
    if (process.env.TARO_ENV !== "h5") return undefined;
    const before = document.activeElement as HTMLElement | null;
    const leave = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    document.addEventListener("keydown", leave);
    document.getElementById("sheet-close")?.focus();
    return () => {
      document.removeEventListener("keydown", leave);
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
