/** From what Redis holds of a counter to what a caller is shown. */
import type { RevVersion } from '@headcount/crdt';
import type { CounterView } from '@headcount/counter-store';
import {
  VIEWERS,
  err,
  ok,
  type CounterName,
  type CounterValue,
  type PageId,
  type Result,
} from '@headcount/protocol';

/** A counter that a caller has named rightly. */
export interface CounterRef {
  readonly pageId: PageId;
  readonly name: CounterName;
}

/**
 * Adds up the parts. `viewers` shows the people present and the durable counter of that name, and never less
 * than 0: a client that lowers it below owes us an increment, but nobody can be there a negative number of times.
 * OUT_OF_RANGE: the sum passes 2^53 - 1, and a rounded count would be a wrong one.
 */
export function counterOf(
  { pageId, name }: CounterRef,
  view: CounterView,
  version: RevVersion,
  staleRegions: readonly string[],
): Result<CounterValue, 'OUT_OF_RANGE'> {
  const sum = BigInt(view.durable) + BigInt(view.viewers);
  const count = name === VIEWERS && sum < 0n ? 0 : Number(sum);
  if (!Number.isSafeInteger(count)) return err('OUT_OF_RANGE');
  return ok({
    pageId,
    name,
    count,
    connections: view.connections,
    updatedAtMs: view.updatedAtMs,
    incarnation: version.incarnation,
    rev: version.rev,
    staleRegions: name === VIEWERS ? staleRegions : [],
  });
}
