import type { ReactNode } from "react";

interface Props {
  name: string;
  isOn: boolean;
  onChange(isOn: boolean): void;
  children: ReactNode;
}

/** A box to tick: a button with the role of one, the same in the mini-program and on a page. */
export function Check({ name, isOn, onChange, children }: Props) {
  return (
    <button id={name} type="button" className="check" role="checkbox" aria-checked={isOn ? "true" : "false"} onClick={() => onChange(!isOn)}>
      <span className={`check-box${isOn ? " check-on" : ""}`} aria-hidden="true">{isOn ? <span className="icon icon-check" /> : null}</span>
      <span className="check-text">{children}</span>
    </button>
  );
}
