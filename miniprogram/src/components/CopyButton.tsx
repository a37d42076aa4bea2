import { useState } from "react";
import { platform } from "@/platform";
import { Button } from "./Button";
import { useWork } from "./hooks";
import { Trouble } from "./Page";

/** Takes a text to the clipboard and says so. */
export function CopyButton({ text, name, done }: { text: string; name: string; done: string }) {
  const [isDone, setDone] = useState(false);
  const copying = useWork(async () => {
    await platform.copy(text);
    setDone(true);
  });
  return (
    <>
      <Button kind="plain" isBusy={copying.isBusy} onClick={copying.run}>{isDone ? done : name}</Button>
      {copying.problem ? <Trouble problem={copying.problem} /> : null}
    </>
  );
}
