import { isEnglish, texts } from "@/texts";

// What the product refused, as a person can read it: RFC 9457, with `message` in Chinese and
// `title` in English beside a stable `code`.
export interface ProblemBody {
  status: number;
  code: string;
  title?: string;
  message?: string;
  request_id?: string;
  errors?: Record<string, string[]>;
}

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;

  constructor(readonly body: ProblemBody) {
    super((isEnglish() ? body.title : body.message) || texts().problem.unknown);
    this.status = body.status;
    this.code = body.code;
    this.requestId = body.request_id || "";
  }
}

// Nothing came back: the network, or a time-out. Whether something was done is not known.
export function unanswered(): Problem {
  const { network } = texts().problem;
  return new Problem({ status: 0, code: "network", message: network, title: network });
}

export function problemOf(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem({ status: 0, code: "unexpected", message: "", title: "" });
}
