// Business days are those of Beijing, wherever the phone is; China has had no summer time since 1991.
const BEIJING_MILLISECONDS = 8 * 3600 * 1000;

function parts(moment: string): string[] {
  const beijing = new Date(new Date(moment).getTime() + BEIJING_MILLISECONDS);
  return beijing.toISOString().split(/[-T:.]/);
}

/** 2026-11-23 */
export function day(moment: string): string {
  return parts(moment).slice(0, 3).join("-");
}

/** 11-23 10:05 */
export function minute(moment: string): string {
  const [, month, date, hour, minutes] = parts(moment);
  return `${month}-${date} ${hour}:${minutes}`;
}
