import { signInAgain } from "@/services/session";
import { Button } from "./Button";
import { useWork } from "./hooks";
import { Notice, Trouble } from "./Page";

/** For what asks for a session of the last minutes: signs in once more, and comes back here. */
export function SignInAgain({ note, action }: { note: string; action: string }) {
  const going = useWork(signInAgain);
  return (
    <Notice>
      <p className="notice-text">{note}</p>
      {going.problem ? <Trouble problem={going.problem} /> : null}
      <Button isBusy={going.isBusy} onClick={going.run}>{action}</Button>
    </Notice>
  );
}
