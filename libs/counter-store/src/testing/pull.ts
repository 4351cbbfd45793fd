/** One region pulls a bucket from another, part after part, with nothing but the stores. */
import type { BucketPart } from '../region-part.js';
import type { StoreHarness } from './store-harness.js';

/** A region by its name. */
export interface Region {
  readonly name: string;
  readonly stores: StoreHarness;
}

/** A part, and the incarnation of the bucket for which it was asked. */
export interface AskedPart {
  readonly part: BucketPart;
  readonly under: string;
}

/** Asks as whoever has pulled this far; a cursor goes on with whole state. */
export async function ask(
  by: Region,
  of: Region,
  bucket: number,
  cursor: string | null = null,
): Promise<AskedPart> {
  const { position, vector, pulled } = await by.stores.regions.standing(bucket);
  const { incarnation, rev } = pulled.get(of.name) ?? { incarnation: '', rev: 0 };
  const part = await of.stores.regions.read({ bucket, incarnation, rev, vector, cursor });
  return { part, under: position.incarnation };
}

/** Pulls until a part says that nothing is left; the parts. */
export async function pull(by: Region, of: Region, bucket = 0): Promise<BucketPart[]> {
  const parts: BucketPart[] = [];
  let cursor: string | null = null;
  for (;;) {
    const { part, under }: AskedPart = await ask(by, of, bucket, cursor);
    parts.push(part);
    await by.stores.regions.merge(of.name, part, under);
    if (part.covers !== null) return parts;
    cursor = part.cursor;
  }
}
