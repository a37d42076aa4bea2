import type { Platform } from "./contract";
import { miniProgram } from "./mini_program";
import { webPage } from "./web_page";

// Decided when it is built: the other one is not in the bundle.
export const platform: Platform = process.env.TARO_ENV === "weapp" ? miniProgram : webPage;
export type { Picture, PayOutcome, Place, Platform, SubscriptionAnswers } from "./contract";
