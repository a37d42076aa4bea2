import { typed } from "./Field";

interface Props {
  name: string;
  label: string;
  value: string;
  onChange(value: string): void;
  longest: number;
}

/** A field for several lines. */
export function TextBox({ name, label, value, onChange, longest }: Props) {
  return (
    <label className="field" htmlFor={name}>
      <span className="field-label">{label}</span>
      <span className="field-box field-box-tall">
        <textarea id={name} name={name} className="field-input field-lines" rows={4} maxLength={longest} value={value} onInput={(event) => onChange(typed(event))} />
      </span>
    </label>
  );
}
