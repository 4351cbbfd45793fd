import { err, ok, type Result } from '@headcount/crdt';

/** The name of a counter that parseCounterName has let through. */
export type CounterName = string & { readonly brand: 'CounterName' };

/** What a page shows as its count: who is present, and the plain counter of that name. */
export const VIEWERS = 'viewers' as CounterName;

const SHAPE = /^[A-Za-z][A-Za-z0-9_.:-]{0,63}$/;

/** The counter name of a text: a letter, then up to 63 letters, digits, `_`, `.`, `:` or `-`. */
export function parseCounterName(raw: string): Result<CounterName, 'BAD_COUNTER_NAME'> {
  return SHAPE.test(raw) ? ok(raw as CounterName) : err('BAD_COUNTER_NAME');
}
