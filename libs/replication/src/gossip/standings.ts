/**
 * What is known here of where the own buckets stand among the regions. Read again every few seconds, at a cost that
 * hangs on the number of buckets alone: what was heard may be lost, and Redis may have forgotten what was read.
 */
import type { RevVersion } from '@headcount/crdt';
import type { BucketStanding, Merged, RegionStore } from '@headcount/counter-store';
import type { ChangeClock } from './change-clock.js';
import { onEachBucket } from './side-by-side.js';

export class Standings {
  private readonly held = new Map<number, BucketStanding>();
  private allRead = false;

  constructor(
    private readonly store: Pick<RegionStore, 'standing'>,
    private readonly buckets: number,
    private readonly clock: ChangeClock,
  ) {}

  /** What was read last of a bucket; undefined: nothing yet. */
  get(bucket: number): BucketStanding | undefined {
    return this.held.get(bucket);
  }

  /** Whether every bucket has been read: before that, silence about a bucket says nothing. */
  get isComplete(): boolean {
    return this.allRead;
  }

  /** Regions whose viewers some bucket leaves out. */
  staleSomewhere(): ReadonlySet<string> {
    return new Set([...this.held.values()].flatMap(({ stale }) => stale));
  }

  /** Reads every bucket. Rejects with ioredis' errors. */
  async readAll(): Promise<void> {
    await onEachBucket(this.buckets, (bucket) => this.read(bucket));
    this.allRead = true;
  }

  /** Reads one bucket. Rejects with ioredis' errors. */
  async read(bucket: number): Promise<BucketStanding> {
    const standing = await this.store.standing(bucket);
    this.held.set(bucket, standing);
    this.clock.note(bucket, standing.position);
    return standing;
  }

  /** A publication told where a bucket stands. */
  published(bucket: number, at: RevVersion): void {
    this.clock.note(bucket, at);
  }

  /** A part of `sender` was merged. */
  merged(bucket: number, sender: string, { position, pulled, vector }: Merged): void {
    const standing = this.held.get(bucket);
    this.clock.note(bucket, position);
    if (!standing) return;
    const all = new Map(standing.pulled).set(sender, pulled);
    this.held.set(bucket, { ...standing, position, vector, pulled: all });
  }

  /** The bucket leaves out these regions. */
  staleSet(bucket: number, stale: readonly string[]): void {
    const standing = this.held.get(bucket);
    if (standing) this.held.set(bucket, { ...standing, stale });
  }
}
