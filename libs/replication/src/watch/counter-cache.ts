/**
 * Counters that are read again and again, kept in this process: one more watcher of their buckets, told of every change as
 * gateways are.
 *
 * C1  a value is shown only if nothing that was published longer than `ageMsMax` ago can be missing in it, and nothing at all
 *     while the publications are not heard (F1).
 * C2  a value is shown only if it holds all that this process has seen of its bucket, so whoever has written by it reads that.
 * C3  never more than `countersMax` are kept; of those that nobody has asked for of late the oldest goes.
 */
import { compareRev, type Position } from '@headcount/crdt';
import { counterKey } from '@headcount/counter-store';
import { bucketOf, type CounterValue } from '@headcount/protocol';
import type { BucketFollower } from './bucket-follower.js';
import type { CounterRef } from './counter-of.js';
import type { Followers } from './followers.js';
import { valueOf } from './value-of.js';
import type { WatchedCounter, Watcher } from './watched.js';

export interface CounterCacheOptions {
  readonly buckets: number;
  /** Most counters kept; 0: none. */
  readonly countersMax: number;
  /** How old what is shown may be, in milliseconds. */
  readonly ageMsMax: number;
  readonly followers: Followers;
  /** The highest position that this process has seen of a bucket, from anyone. */
  readonly seen: (bucket: number) => Position;
  readonly nowMs: () => number;
}

interface Kept {
  readonly bucket: number;
  readonly follower: BucketFollower;
  readonly watched: WatchedCounter<Watcher>;
  /** Whether it was asked for since it was thought of last. */
  isAsked: boolean;
  /** What it showed last, and of which view that was made. */
  view: WatchedCounter<Watcher>['view'];
  value: CounterValue | null;
}

export class CounterCache implements Watcher {
  /** By counter, in the order in which they are thought of. */
  private readonly kept = new Map<string, Kept>();
  /** Asked for once, and not kept: a second question makes it worth while. */
  private readonly askedOnce = new Set<string>();
  /** About to be kept. */
  private readonly coming = new Set<string>();

  constructor(private readonly options: CounterCacheOptions) {}

  /** How many counters are kept. */
  get size(): number {
    return this.kept.size;
  }

  /** What the counter shows, if that is known here (C1, C2); null: it has to be read. Cost O(1). */
  shown({ pageId, name }: CounterRef): CounterValue | null {
    const kept = this.kept.get(`${pageId} ${name}`);
    if (kept === undefined) return null;
    kept.isAsked = true;
    const { follower, watched } = kept;
    const { nowMs, ageMsMax, seen } = this.options;
    if (!(nowMs() - follower.sureSinceMs <= ageMsMax)) return null;
    if (compareRev(follower.position, seen(kept.bucket)) < 0) return null;
    if (kept.view !== watched.view) {
      kept.view = watched.view;
      kept.value = valueOf(watched);
    }
    return kept.value;
  }

  /** The same for counters of one bucket: all as of one instant, or null. */
  shownTogether(counters: readonly CounterRef[]): CounterValue[] | null {
    const values: CounterValue[] = [];
    for (const counter of counters) {
      const value = this.shown(counter);
      if (value === null) return null;
      values.push(value);
    }
    return counters.length > 1 && this.hasReadAhead(counters) ? null : values;
  }

  /** A counter was asked for that was not shown. Asked for twice, it is kept from then on. */
  missed({ pageId, name }: CounterRef): void {
    const key = `${pageId} ${name}`;
    const { countersMax } = this.options;
    if (countersMax === 0 || this.kept.has(key) || this.coming.has(key)) return;
    if (!this.askedOnce.delete(key)) {
      if (this.askedOnce.size >= countersMax) this.askedOnce.clear();
      this.askedOnce.add(key);
      return;
    }
    this.coming.add(key);
    // Redis is away, or its subscriptions are: it is asked itself, and this is tried again with the next question.
    void this.keep({ pageId, name }, key)
      .catch(() => undefined)
      .finally(() => this.coming.delete(key));
  }

  /** Gives up what nobody has asked for since the last time. Cost O(kept). */
  giveUpUnasked(): void {
    this.askedOnce.clear();
    for (const [key, kept] of this.kept) {
      if (kept.isAsked) kept.isAsked = false;
      else this.forget(key, kept);
    }
  }

  /** Nothing is to be done: what is shown is made when it is asked for. */
  offer(): void {}

  drop(): void {}

  /** Whether one of them was read at a later rev than the others are followed to. */
  private hasReadAhead(counters: readonly CounterRef[]): boolean {
    return counters.some(({ pageId, name }) => {
      const kept = this.kept.get(`${pageId} ${name}`);
      return kept === undefined || compareRev(kept.watched.version, kept.follower.position) > 0;
    });
  }

  private async keep(counter: CounterRef, key: string): Promise<void> {
    const { buckets, followers, countersMax } = this.options;
    const bucket = bucketOf(counter.pageId, buckets);
    const wanted = { ...counter, key: counterKey(counter.pageId, counter.name).key };
    await followers.join(bucket, async (follower) => {
      try {
        const { counters } = await follower.watch(this, { ...NOTHING, counters: [wanted] });
        const [watched] = counters;
        if (watched === undefined) throw new Error('a counter that is watched is answered');
        const made = { isAsked: true, view: null, value: null };
        this.kept.set(key, { bucket, follower, watched, ...made });
      } catch (cause) {
        follower.unwatch(this, 'counter', wanted.key);
        throw cause;
      }
    });
    if (this.kept.size > countersMax) this.evictOne();
  }

  /** The second chance: what was asked for since it was thought of last goes to the end of the line. */
  private evictOne(): void {
    for (const [key, kept] of this.kept) {
      if (!kept.isAsked) {
        this.forget(key, kept);
        return;
      }
      kept.isAsked = false;
      this.kept.delete(key);
      this.kept.set(key, kept);
    }
  }

  private forget(key: string, { bucket, follower, watched }: Kept): void {
    this.kept.delete(key);
    follower.unwatch(this, 'counter', watched.key);
    this.options.followers.dropIdle(bucket);
  }
}

const NOTHING = { counters: [], pages: [], users: [] };
