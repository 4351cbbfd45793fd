/** A region's bucket as its peers see it, and what it takes from them (docs/protocol.md §8). */
import type { Position } from '@headcount/crdt';
import type { BucketAsk, BucketPart, MergeVerdict, Pulled, VectorRow } from './region-part.js';

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
}

/** Port of the regions. Methods reject with ioredis' errors while Redis is away. */
export interface RegionStore {
  /** Where the bucket stands; begins a new incarnation where Redis holds less than was seen. */
  standing(bucket: number): Promise<BucketStanding>;
  /** Answers a peer. Rejects where what was read is not durable as configured. */
  read(ask: BucketAsk): Promise<BucketPart>;
  /** Takes a part from the region `sender`, whole or not at all. Idempotent. */
  merge(sender: string, part: BucketPart): Promise<Merged>;
  /** Leaves out the viewers of exactly these regions; readers are told if that changes anything. */
  setStale(bucket: number, regions: readonly string[]): Promise<Position>;
  /** Drops the viewers of a retired region for good. Its durable counts stay. */
  dropRegion(bucket: number, region: string): Promise<Position>;
}

/** What is known of the regions as wholes. Kept in Redis, so that every counter-api of a region decides alike. */
export interface RegionStatus {
  readonly heartbeat: number;
  readonly stale: boolean;
  /** When the heartbeat last moved, in milliseconds since 1970 on this region's clock; informational. */
  readonly heardAtMs: number;
}

/** A region taken out of service. */
export interface Retirement {
  readonly region: string;
  readonly atMs: number;
  /** Who ordered it: the subject of a token, or a region that had it already. */
  readonly by: string;
}

/** Port of the register of regions. */
export interface RegionRegistry {
  /** One more heartbeat of the own region. */
  beat(region: string): Promise<void>;
  /** Keeps the larger heartbeat of each. */
  hear(heartbeats: readonly (readonly [region: string, heartbeat: number])[]): Promise<void>;
  look(): Promise<ReadonlyMap<string, RegionStatus>>;
  setStale(region: string, stale: boolean): Promise<void>;
  retire(retirement: Retirement): Promise<void>;
  retired(): Promise<readonly Retirement[]>;
}
