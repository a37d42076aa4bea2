import { explanation } from "@/services/wallet";
import { isEnglish, texts } from "@/texts";
import { useLoad } from "./hooks";
import { Loading, Trouble } from "./Page";
import { Sheet } from "./Sheet";

/** Why an entry is what it is, from the fen to its rule, in the product's own words. */
export function Explanation({ entryId, onClose }: { entryId: string; onClose(): void }) {
  const found = useLoad(() => explanation(entryId), [entryId]);
  const lines = found.value ? (isEnglish() ? found.value.text_en : found.value.text) : [];
  return (
    <Sheet title={texts().wallet.why} onClose={onClose}>
      {found.isLoading ? <Loading /> : null}
      {found.problem ? <Trouble problem={found.problem} again={found.again} /> : null}
      <ol className="reasons">
        {lines.map((line, place) => <li key={place} className="reason">{line}</li>)}
      </ol>
    </Sheet>
  );
}
