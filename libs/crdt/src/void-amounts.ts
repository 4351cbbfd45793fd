/**
 * Void amounts: what a PN-counter has counted more than once, since a client sent one operation to two regions, or to
 * one region in two incarnations. Both took it, for neither could know of the other; the count takes one back.
 *
 * Shape   (id, writer) -> amount, a G-set of triples.
 * Join    the union.
 * Value   their sum, which the count subtracts.
 * Rule    of one id the least writer keeps its amount, all others are void. Whoever learns of an earlier one later
 *         only adds to the set: what is void once stays void, so it may be found out in any order and twice.
 * Source  DESIGN.md §7; union: Shapiro et al., INRIA RR-7506 (2011), 3.3.1.
 * A1      one writer takes one id once, with one amount, an integer in ±(2^53-1).
 */
import { byText } from './by-text.js';
import { value as counterValue, type PnCounter } from './pn-counter.js';
import type { Writer } from './writer.js';

/** One operation as one writer has counted it. `id` is the client's. */
export interface OperationRecord {
  readonly id: string;
  readonly writer: Writer;
  readonly amount: number;
}

/** Each under the JSON text of [id, writer], which no other pair has. */
export type VoidAmounts = ReadonlyMap<string, OperationRecord>;

/** No operation was counted twice. */
export const NOTHING_VOID: VoidAmounts = new Map();

/**
 * The amounts that are void by these records: the delta that a region adds once it has heard of them.
 * The same whatever the order of the records, and with more records never less. Cost O(records).
 */
export function voidAmounts(records: Iterable<OperationRecord>): VoidAmounts {
  const kept = new Map<string, OperationRecord>();
  const voids = new Map<string, OperationRecord>();
  for (const record of records) {
    const rival = kept.get(record.id);
    const isFirst = rival === undefined || byText(record.writer, rival.writer) < 0;
    if (isFirst) kept.set(record.id, record);
    const loser = isFirst ? rival : record;
    // A record heard twice is no rival of itself.
    if (loser && loser.writer !== kept.get(record.id)?.writer) put(voids, loser);
  }
  return voids;
}

/** All void amounts of both. Cost O(|left| + |right|). */
export function join(left: VoidAmounts, right: VoidAmounts): VoidAmounts {
  const joined = new Map(left);
  for (const record of right.values()) put(joined, record);
  return joined;
}

/** What the count has to subtract, exact whatever the sum. Cost O(void amounts). */
export function value(voids: VoidAmounts): bigint {
  let sum = 0n;
  for (const { amount } of voids.values()) sum += BigInt(amount);
  return sum;
}

/** What a counter shows that some operations have reached more than once. Cost O(writers + void amounts). */
export function countWithout(counter: PnCounter, voids: VoidAmounts): bigint {
  return counterValue(counter) - value(voids);
}

/** Where a broken peer gives one operation two amounts (A1), the larger wins, on every replica the same. */
function put(voids: Map<string, OperationRecord>, record: OperationRecord): void {
  const key = JSON.stringify([record.id, record.writer]);
  const held = voids.get(key);
  if (held === undefined || held.amount < record.amount) voids.set(key, record);
}
