interface Props<Name extends string> {
  names: Record<Name, string>;
  now: Name;
  onChange(name: Name): void;
}

/** A few views of one page, side by side. */
export function Segments<Name extends string>({ names, now, onChange }: Props<Name>) {
  return (
    <div className="segments" role="tablist">
      {(Object.keys(names) as Name[]).map((name) => (
        <button key={name} type="button" role="tab" className={`segment${name === now ? " segment-now" : ""}`} aria-selected={name === now ? "true" : "false"} onClick={() => onChange(name)}>{names[name]}</button>
      ))}
    </div>
  );
}
