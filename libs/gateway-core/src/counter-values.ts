/**
 * What this gateway holds of the counters it asked for, and the highest position seen of each
 * bucket.
 *
 * V1  a counter's value is replaced only by one of a higher (incarnation, rev), so no reader steps
 *     back.
 * V2  values of an incarnation that has ended count as unknown: what they say may have been
 *     forgotten.
 * V3  positions outlive the values: counter-api learns from them that its Redis has forgotten
 *     (DESIGN.md §5).
 */
import { NOWHERE, compareRev, isNews, laterPosition, type Position } from '@headcount/crdt';
import { bucketOf, type CounterValue } from '@headcount/protocol';
import { counterKey, type CounterId, type CounterKey } from './counter-key.js';

/**
 * What became of a value: news, not above what is held, or news that is the first of a later
 * incarnation of its bucket, whose other values have to be asked for anew.
 */
export type Taken = 'news' | 'stale' | 'reborn';

export class CounterValues {
  private readonly held = new Map<CounterKey, CounterValue>();
  private readonly positions = new Map<number, Position>();

  constructor(private readonly buckets: number) {}

  /** How many values are held. */
  get size(): number {
    return this.held.size;
  }

  /** A value from counter-api; `key` is that of its counter, for who has made it already. Cost O(1). */
  take(value: CounterValue, key = counterKey(value)): Taken {
    const bucket = this.bucketOf(value);
    const position = this.positionOf(bucket);
    const { incarnation } = position;
    // An ended incarnation is not news even for a counter of which nothing is held (V2).
    if (value.incarnation < incarnation) return 'stale';
    if (compareRev(value, position) > 0)
      this.positions.set(bucket, laterPosition(position, positionIn(value)));
    if (!isNews(this.held.get(key), value)) return 'stale';
    this.held.set(key, value);
    return value.incarnation > incarnation ? 'reborn' : 'news';
  }

  /** The value of a counter, undefined while it is not known. */
  get(counter: CounterId): CounterValue | undefined {
    const value = this.held.get(counterKey(counter));
    if (value === undefined) return undefined;
    return value.incarnation === this.positionOf(this.bucketOf(counter)).incarnation
      ? value
      : undefined;
  }

  /** Nobody here is interested in the counter any more. */
  forget(counter: CounterId): void {
    this.held.delete(counterKey(counter));
  }

  /** The highest position seen of a bucket. */
  positionOf(bucket: number): Position {
    return this.positions.get(bucket) ?? NOWHERE;
  }

  /** The bucket of a counter's page. */
  bucketOf({ pageId }: CounterId): number {
    return bucketOf(pageId, this.buckets);
  }
}

/** What a value says of its bucket. Values carry no seq: that is for those who write. */
function positionIn({ incarnation, rev }: CounterValue): Position {
  return { incarnation, seq: 0, rev };
}
