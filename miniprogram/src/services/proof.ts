import { platform } from "@/platform";
import { problemOf } from "./problem";

/** What a person proves with that it is them who let much money go: their payment PIN, or a fresh
 * log-in. Sent in headers, so that the request stays the same. */
export interface Proof {
  pin?: string;
  loginCode?: string;
}

/** Does what may ask for a proof: a log-in code is fetched without asking anybody. Returns what
 * the person has to give, or null if it is done. */
export async function proven(work: (proof: Proof) => Promise<void>, proof: Proof): Promise<"pin" | "login" | null> {
  try {
    await work(proof);
    return null;
  } catch (cause) {
    const { code } = problemOf(cause);
    if (code === "pin_needed") return "pin";
    if (code !== "sign_in_again" || proof.loginCode) throw cause;
  }
  const loginCode = await platform.loginCode();
  return loginCode ? proven(work, { loginCode }) : "login";
}
