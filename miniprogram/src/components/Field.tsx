import type { FormEvent } from "react";

interface Props {
  name: string;
  label: string;
  value: string;
  onChange(value: string): void;
  hint?: string;
  problem?: string;
  kind?: "text" | "amount" | "number" | "secret" | "search";
  longest?: number;
}

/** What was typed: mini-programs tell it in `detail`, pages in the element. */
export function typed(event: FormEvent<HTMLElement>): string {
  const detail = (event as unknown as { detail?: { value?: string } }).detail;
  return detail?.value ?? (event.target as HTMLInputElement).value ?? "";
}

const MODES = { text: "text", amount: "decimal", number: "numeric", secret: "numeric", search: "search" } as const;
const TYPES = { text: "text", amount: "digit", number: "number", secret: "password", search: "text" } as const;

export function Field({ name, label, value, onChange, hint, problem, kind = "text", longest = 100 }: Props) {
  const isPage = process.env.TARO_ENV === "h5";
  return (
    <label className={`field field-${kind}`} htmlFor={name}>
      <span className="field-label">{label}</span>
      <span className="field-box">
        {kind === "amount" ? <span className="field-mark" aria-hidden="true">¥</span> : null}
        <input
          id={name}
          name={name}
          className="field-input"
          type={isPage ? (kind === "secret" ? "password" : kind === "search" ? "search" : "text") : TYPES[kind]}
          inputMode={MODES[kind]}
          autoComplete="off"
          maxLength={longest}
          placeholder={hint}
          value={value}
          aria-invalid={problem ? "true" : undefined}
          onInput={(event) => onChange(typed(event))}
        />
      </span>
      {problem ? <span className="field-problem" role="alert">{problem}</span> : null}
    </label>
  );
}
