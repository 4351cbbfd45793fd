/** A region's bucket as its peers see it, and what it takes from them (docs/protocol.md §8). */
import { laterPosition, type Position } from '@headcount/crdt';
import { fenceArgs } from './fence.js';
import {
  indexKey,
  metaKey,
  namesKey,
  operationsKey,
  regionsKey,
  voidsKey,
  writersKey,
} from './keys.js';
import type { BucketAsk, BucketPart, MergeVerdict, Pulled, VectorRow } from './region-part.js';
import { PART_BOUNDS, RegionReader } from './region-reader.js';
import { regionDrop } from './scripts/region-drop.js';
import { regionMerge } from './scripts/region-merge.js';
import { regionStale } from './scripts/region-stale.js';
import { regionStanding } from './scripts/region-standing.js';
import { scriptNow, trendedArg, type StoreContext } from './store-context.js';

/** Where a bucket stands among the regions. */
export interface BucketStanding {
  readonly position: Position;
  /** The bucket's vector, its own region's entry included. */
  readonly vector: readonly VectorRow[];
  /** Region -> what is pulled of it; only of regions that were pulled from directly. */
  readonly pulled: ReadonlyMap<string, Pulled>;
  /** Regions whose viewers are left out. */
  readonly stale: readonly string[];
}

/** What became of a part. */
export interface Merged {
  readonly verdict: MergeVerdict;
  readonly position: Position;
  readonly pulled: Pulled;
  /** The bucket's vector after it. */
  readonly vector: readonly VectorRow[];
}

/** Port of the regions. Methods reject with ioredis' errors while Redis is away. */
export interface RegionStore {
  /** Where the bucket stands; begins a new incarnation where Redis holds less than was seen. */
  standing(bucket: number): Promise<BucketStanding>;
  /** Answers a peer. Rejects where what was read is not durable as configured. */
  read(ask: BucketAsk): Promise<BucketPart>;
  /**
   * Takes a part from the region `sender`, whole or not at all. Idempotent. `askedUnder`: the bucket's own incarnation
   * when it was asked for; what has been forgotten since may be what the sender left out.
   */
  merge(sender: string, part: BucketPart, askedUnder: string): Promise<Merged>;
  /** Leaves out the viewers of exactly these regions; readers are told if that changes anything. */
  setStale(bucket: number, regions: readonly string[]): Promise<Position>;
  /** Drops the viewers of a retired region for good. Its durable counts stay. */
  dropRegion(bucket: number, region: string): Promise<Position>;
}

/** The regions on Redis. `windowMs`: how long operation ids are kept at least. */
export class RedisRegionStore implements RegionStore {
  private readonly reader: RegionReader;

  constructor(
    private readonly context: StoreContext,
    private readonly limits: { readonly windowMs: number },
    bounds = PART_BOUNDS,
  ) {
    this.reader = new RegionReader(context, bounds);
  }

  async standing(bucket: number): Promise<BucketStanding> {
    const { redis, seen, region } = this.context;
    const standing = await regionStanding.run(
      redis,
      [metaKey(bucket), regionsKey(bucket)],
      fenceArgs(this.context, bucket),
    );
    seen.note(bucket, standing.position);
    const { incarnation, seq } = standing.position;
    return { ...standing, vector: [[region, incarnation, seq], ...standing.vector] };
  }

  async read(ask: BucketAsk): Promise<BucketPart> {
    const { part, replid } = await this.reader.read(ask);
    await this.context.durability.reached(replid);
    return part;
  }

  async merge(sender: string, part: BucketPart, askedUnder: string): Promise<Merged> {
    const { redis, seen } = this.context;
    const { bucket, incarnation, from, to, covers, slice, state } = part;
    seen.note(bucket, this.ownPositionIn(part));
    const merged = await regionMerge.run(
      redis,
      [
        metaKey(bucket),
        indexKey(bucket),
        namesKey(bucket),
        operationsKey(bucket, 0),
        operationsKey(bucket, 1),
        voidsKey(bucket),
        regionsKey(bucket),
        writersKey(bucket),
      ],
      [
        ...fenceArgs(this.context, bucket),
        scriptNow(this.context),
        this.limits.windowMs,
        sender,
        incarnation,
        from ?? '',
        to,
        covers === null ? '' : JSON.stringify(covers),
        ...(slice ?? ['', '']),
        askedUnder,
        trendedArg(this.context),
        JSON.stringify(state),
      ],
    );
    seen.note(bucket, merged.position);
    return merged;
  }

  async setStale(bucket: number, regions: readonly string[]): Promise<Position> {
    const position = await regionStale.run(
      this.context.redis,
      [metaKey(bucket), regionsKey(bucket)],
      [...fenceArgs(this.context, bucket), ...[...regions].sort()],
    );
    this.context.seen.note(bucket, position);
    return position;
  }

  async dropRegion(bucket: number, region: string): Promise<Position> {
    const position = await regionDrop.run(
      this.context.redis,
      [metaKey(bucket), indexKey(bucket), regionsKey(bucket)],
      [...fenceArgs(this.context, bucket), region],
    );
    this.context.seen.note(bucket, position);
    return position;
  }

  /** The latest that a peer has of this region: whoever holds less here has forgotten something. */
  private ownPositionIn({ state: { vector, writers, rows } }: BucketPart): Position {
    const { region } = this.context;
    const own: Position[] = [];
    for (const [name, incarnation, seq] of vector) {
      if (name === region) own.push({ incarnation, seq, rev: 0 });
    }
    for (const [, , registers, totals] of rows) {
      for (const [writer, seq] of [...registers, ...totals]) {
        const [name, incarnation] = writers[writer] ?? [];
        if (name === region && incarnation !== undefined) own.push({ incarnation, seq, rev: 0 });
      }
    }
    return own.reduce(laterPosition, { incarnation: '', seq: 0, rev: 0 });
  }
}
