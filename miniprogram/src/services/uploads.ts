import type { Picture } from "@/platform/contract";

/** Pictures that only those whom they concern may see: how one is sent, which tells its id, and how
 * it becomes an address that an image takes. */
export interface PictureDoor {
  send(found: Picture): Promise<string>;
  shown(id: string): Promise<string>;
}

/** As many as the product takes with one text. */
export const MOST_PICTURES = 6;
