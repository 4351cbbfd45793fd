/** Durable counters for a copy of them outside of Redis: what changed after a position, and all of them in slices. */
import type { Position, RevVersion } from '@headcount/crdt';
import { fenceArgs } from './fence.js';
import { indexKey, metaKey, namesKey } from './keys.js';
import { durableSince, type DurableSince } from './scripts/durable-since.js';
import { durableSlices, type DurableSlices } from './scripts/durable-slices.js';
import type { StoreContext } from './store-context.js';

/** Part of all counters of a bucket: slices of `modulus` from `number` on. */
export interface SlicesAsk {
  readonly modulus: number;
  readonly number: number;
}

/**
 * Port of whoever copies durable counters. Both reads begin a new incarnation where Redis holds less than was seen, as a copy
 * may know more than Redis. Methods reject with ioredis' errors while Redis is away.
 */
export interface DurableStore {
  /** What changed after the copy's position; at most `rowsMax` changes are looked at. */
  since(bucket: number, copied: RevVersion, rowsMax: number): Promise<DurableSince>;
  /** All counters of some slices, about `countersMax`. Each of a walk's slices is true as of its own position. */
  slices(bucket: number, ask: SlicesAsk, countersMax: number): Promise<DurableSlices>;
  /** Tells how far a copy has come, so that a Redis that has come less far is known to have forgotten. */
  noteCopied(bucket: number, position: Position): void;
}

/** The same on Redis. */
export class RedisDurableStore implements DurableStore {
  constructor(private readonly context: StoreContext) {}

  async since(
    bucket: number,
    { incarnation, rev }: RevVersion,
    rowsMax: number,
  ): Promise<DurableSince> {
    const since = await durableSince.run(
      this.context.redis,
      [metaKey(bucket), indexKey(bucket), namesKey(bucket)],
      [...fenceArgs(this.context, bucket), incarnation, rev, rowsMax],
    );
    this.context.seen.note(bucket, since.position);
    return since;
  }

  async slices(
    bucket: number,
    { modulus, number }: SlicesAsk,
    countersMax: number,
  ): Promise<DurableSlices> {
    const slices = await durableSlices.run(
      this.context.redis,
      [metaKey(bucket), namesKey(bucket)],
      [...fenceArgs(this.context, bucket), modulus, number, countersMax],
    );
    this.context.seen.note(bucket, slices.position);
    return slices;
  }

  noteCopied(bucket: number, position: Position): void {
    this.context.seen.note(bucket, position);
  }
}
