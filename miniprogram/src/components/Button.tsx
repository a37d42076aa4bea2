import type { ReactNode } from "react";

interface Props {
  children: ReactNode;
  onClick(): void;
  kind?: "main" | "plain" | "quiet" | "bad";
  isBusy?: boolean;
  isOff?: boolean;
  label?: string;
}

export function Button({ children, onClick, kind = "main", isBusy, isOff, label }: Props) {
  return (
    <button
      type="button"
      className={`button button-${kind}${isBusy ? " is-busy" : ""}${isOff ? " is-off" : ""}`}
      disabled={isBusy || isOff}
      aria-label={label}
      aria-busy={isBusy ? "true" : undefined}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
