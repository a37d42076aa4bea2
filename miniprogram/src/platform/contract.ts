import type { SessionView, TransferConfirmation } from "@/services/api";

export type PayOutcome = "ok" | "cancelled" | "failed";
export interface Place {
  latitude: number;
  longitude: number;
}

export interface ChosenPlace extends Place {
  address: string;
}

export type SubscriptionAnswer = "accept" | "reject" | "ban" | "filter" | "acceptWithAudio";
export type SubscriptionAnswers = Record<string, SubscriptionAnswer>;

export interface Picture {
  content: ArrayBuffer;
  type: string;
}

/** What differs between the mini-program and a page inside WeChat. */
export interface Platform {
  /** How the product names this door: where JSAPI pays, and where something was agreed to. */
  app: "mini_program" | "official_account";
  door: "mini_program" | "web_page";
  /** A session that is there without asking anybody, or null. */
  arrive(): Promise<SessionView | null>;
  /** Silently only for who has joined before: joining is asked for. */
  signIn(isSilent: boolean): Promise<SessionView>;
  /** The page that is shown, with its query. */
  here(): string;
  /** Whether paying and confirming work here. */
  isInsideWeChat(): Promise<boolean>;
  /** What WeChat says is no proof (fact D5): ask the product afterwards. */
  pay(parameters: Record<string, string>): Promise<PayOutcome>;
  confirmTransfer(confirmation: TransferConfirmation): Promise<PayOutcome>;
  /** What a scanned code says; null if the person gave up. */
  scan(): Promise<string | null>;
  /** Where the person is, if they allow it. */
  place(): Promise<Place | null>;
  /** A place that the person chooses on WeChat's map, with its address; null if they gave up. Null
   * itself on a page: WeChat has no such map for pages. */
  choosePlace: (() => Promise<ChosenPlace | null>) | null;
  copy(text: string): Promise<void>;
  /** Proof that the person is here now: a code of wx.login; null on a page, which has none. */
  loginCode(): Promise<string | null>;
  /** Hands a text to the person as a file. Called while they tap. */
  save(name: string, text: string): Promise<void>;
  /** A picture that the person chooses, small enough to be sent; null if they gave up. */
  pickPicture(): Promise<Picture | null>;
  /** A picture as the address of an image. */
  dataAddress(found: Picture): Promise<string>;
  /** Asks for subscription messages of these templates while the person taps; what they answered to
   * each, nothing where WeChat did not ask. Null on a page: its notices come to the official account's chat. */
  subscribe: ((templateIds: string[]) => Promise<SubscriptionAnswers>) | null;
  /** The scene of the code that the client was opened with. */
  scene(): string | null;
}
