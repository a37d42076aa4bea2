import type { ReactNode } from "react";

export function Card({ title, aside, children }: { title?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="card">
      {title ? <div className="card-head"><h2 className="card-title">{title}</h2>{aside}</div> : null}
      {children}
    </section>
  );
}

interface RowProps {
  title: ReactNode;
  note?: ReactNode;
  value?: ReactNode;
  icon?: string;
  /** In the place of the icon: a picture. */
  face?: ReactNode;
  onClick?(): void;
}

/** A line of a list; one that leads somewhere is a button with an arrow. */
export function Row({ title, note, value, icon, face, onClick }: RowProps) {
  const inside = (
    <>
      {face ?? (icon ? <span className={`icon icon-${icon} row-icon`} aria-hidden="true" /> : null)}
      <span className="row-text"><span className="row-title">{title}</span>{note ? <span className="row-note">{note}</span> : null}</span>
      {value !== undefined ? <span className="row-value">{value}</span> : null}
      {onClick ? <span className="icon icon-next row-arrow" aria-hidden="true" /> : null}
    </>
  );
  if (!onClick) return <div className="row">{inside}</div>;
  return <button type="button" className="row row-link" onClick={onClick}>{inside}</button>;
}

export function Link({ children, onClick }: { children: ReactNode; onClick(): void }) {
  return <button type="button" className="link" onClick={onClick}>{children}</button>;
}
