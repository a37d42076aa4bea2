const LOOKS_MILLISECONDS = [300, 500, 800, 1_200, 1_500, 2_000, 2_000, 3_000, 3_000, 5_000, 5_000];

/** Looks again and again, ever later, until it is settled or patience ends; the last that was seen. */
export async function untilSettled<T>(look: () => Promise<T>, isSettled: (found: T) => boolean): Promise<T> {
  let found = await look();
  for (const pause of LOOKS_MILLISECONDS) {
    if (isSettled(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, pause));
    found = await look();
  }
  return found;
}
