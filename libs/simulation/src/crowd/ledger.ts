/**
 * What clients have asked to be added, and what they know of it. By the rule of Maelstrom's pn-counter workload a
 * counter must come to what is certain and any part of what is not.
 */
import type { CounterName, PageId } from '@headcount/protocol';

/** One sending of an operation to one region. */
export interface Delivery {
  readonly region: string;
  readonly sentMs: number;
  settledMs: number;
  /** `refused`: certainly not added by this sending. */
  outcome: 'added' | 'refused' | 'unknown';
}

export interface Operation {
  readonly page: PageId;
  readonly name: CounterName;
  readonly amount: number;
  readonly operationId: string | null;
  readonly deliveries: Delivery[];
}

/** A value that a counter was given: what it lacked was added, as the region saw it then. */
export interface SetOperation extends Omit<Operation, 'amount' | 'operationId'> {
  readonly operationId: string;
  readonly value: number;
  /** What it had before; null: unknown. */
  before: number | null;
}

/** What was written in (fromMs, toMs] may be gone, though it was acknowledged. */
interface Loss {
  readonly region: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a counter must come to: `certain`, and any of `possible` on top. */
export interface Expected {
  readonly certain: number;
  readonly possible: readonly number[];
  /** Whether it may be anything: by how much it was set is unknown. */
  readonly open: boolean;
}

/** More than that are only held against their bounds. */
const SUBSETS_OF_MAX = 14;

export class Ledger {
  private readonly operations: Operation[] = [];
  private readonly sets: SetOperation[] = [];
  private readonly losses: Loss[] = [];

  add(operation: Operation): void {
    this.operations.push(operation);
  }

  addSet(operation: SetOperation): void {
    this.sets.push(operation);
  }

  /** A Redis has gone back to what it was at `fromMs`, without a promise of its own against that. */
  lost(region: string, fromMs: number, toMs: number): void {
    this.losses.push({ region, fromMs, toMs });
  }

  expected(page: PageId, name: CounterName): Expected {
    // On the way it may pass 2^53, as what is set is large.
    let certain = 0n;
    const possible: number[] = [];
    for (const operation of this.operations) {
      if (operation.page !== page || operation.name !== name) continue;
      const { deliveries, amount } = operation;
      if (deliveries.some((each) => each.outcome === 'added' && !this.isEndangered(each)))
        certain += BigInt(amount);
      else if (deliveries.some(({ outcome }) => outcome !== 'refused')) possible.push(amount);
    }
    let open = false;
    for (const { page: ofPage, name: ofName, value, before, deliveries } of this.sets) {
      if (ofPage !== page || ofName !== name) continue;
      const isTold = before !== null && deliveries.some(({ outcome }) => outcome === 'added');
      // Where a region has forgotten it, it may have been made twice by what was lacking then.
      if (isTold && !deliveries.some((each) => this.isEndangered(each)))
        certain += BigInt(value - before);
      else open = true;
    }
    return { certain: Number(certain), possible, open };
  }

  /** Whether what was sent may have been lost, though it was acknowledged. */
  isEndangered({
    region,
    sentMs,
    settledMs,
  }: Pick<Delivery, 'region' | 'sentMs' | 'settledMs'>): boolean {
    return this.losses.some(
      (loss) => loss.region === region && sentMs <= loss.toMs && settledMs > loss.fromMs,
    );
  }
}

/** Whether a total can have come about. */
export function isPossible(total: number, { certain, possible, open }: Expected): boolean {
  if (open) return true;
  const rest = total - certain;
  const least = possible.reduce((sum, amount) => sum + Math.min(0, amount), 0);
  const most = possible.reduce((sum, amount) => sum + Math.max(0, amount), 0);
  if (rest < least || rest > most) return false;
  if (possible.length > SUBSETS_OF_MAX) return true;
  let sums = new Set([0]);
  for (const amount of possible) sums = new Set([...sums, ...[...sums].map((sum) => sum + amount)]);
  return sums.has(rest);
}
