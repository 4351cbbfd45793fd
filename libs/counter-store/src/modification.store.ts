/** How often pages were modified, writer by writer, as unread is computed from it (DESIGN.md §8). */
import {
  NOTHING_COVERED,
  pairsMatterAbove,
  type Modification,
  type Position,
  type VersionVector,
} from '@headcount/crdt';
import {
  MODIFICATIONS,
  bucketOf,
  type OperationId,
  type PageId,
  type PageModifications,
} from '@headcount/protocol';
import { AT_ONCE } from './durability.js';
import { counterKey, metaKey, operationsKey } from './keys.js';
import { MarksText } from './marks-text.js';
import { modificationsRead, type ModificationsRow } from './scripts/modifications-read.js';
import { operationsRead } from './scripts/operations-read.js';
import type { StoreContext } from './store-context.js';

/** A page, and what a reader of it has read already. */
export interface ModificationsAsk {
  readonly pageId: PageId;
  /** Of the pairs only those are told that matter above it. */
  readonly after: VersionVector;
}

/** A page of a bucket, and above which position its pairs are wanted; null: only how many there are. */
export interface BucketPageAsk {
  readonly pageId: PageId;
  readonly pairsAbove: number | null;
}

/** Pages in the order asked, as of one position of their bucket. */
export interface BucketModifications {
  readonly position: Position;
  readonly pages: readonly (PageModifications & { readonly pairCount: number })[];
}

/** Port of the modifications. All methods reject with ioredis' errors while Redis is away. */
export interface ModificationStore {
  /** In the order asked, each page as of one instant; all that is told is durable. */
  read(asks: readonly ModificationsAsk[]): Promise<PageModifications[]>;
  /** Pages of one bucket, at most 500; all that is told is durable. */
  readBucket(bucket: number, asks: readonly BucketPageAsk[]): Promise<BucketModifications>;
  /** What an operation on the page has counted as; null: its id is not known, or no longer. */
  placeOf(pageId: PageId, operationId: OperationId): Promise<Modification | null>;
}

/** Pages of one script: about 2 ms of Redis. */
export const MODIFICATIONS_READ_MAX = 500;

interface Placed extends ModificationsAsk {
  readonly at: number;
}

/** The modifications on Redis. `home`: name of this region, with or without peers. */
export class RedisModificationStore implements ModificationStore {
  private readonly marksText: MarksText;

  constructor(
    private readonly context: StoreContext,
    private readonly options: { readonly buckets: number; readonly home: string },
  ) {
    this.marksText = new MarksText(options.home);
  }

  async read(asks: readonly ModificationsAsk[]): Promise<PageModifications[]> {
    const found: PageModifications[] = [];
    const replid = await this.replid();
    // All at once: ioredis writes them in one go, bucket after bucket.
    await Promise.all(
      this.byBucket(asks).map(async ([bucket, some]) => {
        const rows = await this.readSome(bucket, some, () => '');
        rows.forEach((row, place) => {
          const { at } = some[place] ?? { at: 0 };
          found[at] = row;
        });
      }),
    );
    await this.context.durability.reached(replid);
    return found;
  }

  async readBucket(bucket: number, asks: readonly BucketPageAsk[]): Promise<BucketModifications> {
    const args = asks.flatMap(({ pageId, pairsAbove }) => [
      counterKey(pageId, MODIFICATIONS).key,
      pairsAbove ?? '',
    ]);
    const replid = await this.replid();
    const { position, rows } = await modificationsRead.run(
      this.context.redis,
      [metaKey(bucket)],
      args,
    );
    await this.context.durability.reached(replid);
    return {
      position,
      pages: rows.map((row) => ({ ...this.decode(row), pairCount: row.pairCount })),
    };
  }

  async placeOf(pageId: PageId, operationId: OperationId): Promise<Modification | null> {
    const bucket = bucketOf(pageId, this.options.buckets);
    const [place] = await operationsRead.run(
      this.context.redis,
      [operationsKey(bucket, 0), operationsKey(bucket, 1)],
      [operationId],
    );
    if (!place || place.key !== counterKey(pageId, MODIFICATIONS).key) return null;
    return { writer: this.marksText.writerOf(place.writer), position: place.position };
  }

  /** The Redis that is read from next. Once for all buckets; nobody asks where every answer is durable. */
  private async replid(): Promise<string> {
    const { redis, durability } = this.context;
    if (durability === AT_ONCE) return '';
    return /^master_replid:(\w+)/m.exec(await redis.info('replication'))?.[1] ?? '';
  }

  /** Pages of one bucket. Those that have pairs, of which there are few, are asked for once more. */
  private async readSome(
    bucket: number,
    asks: readonly Placed[],
    floorOf: (ask: Placed) => number | '',
  ): Promise<PageModifications[]> {
    const args = asks.flatMap((ask) => [counterKey(ask.pageId, MODIFICATIONS).key, floorOf(ask)]);
    const { rows } = await modificationsRead.run(this.context.redis, [metaKey(bucket)], args);
    const pages = rows.map((row) => this.decode(row));
    const paired = asks.filter((ask, at) => floorOf(ask) === '' && rows[at]?.pairCount !== 0);
    if (paired.length === 0) return pages;
    const made = new Map(asks.map(({ at }, place) => [at, pages[place]?.made ?? NOTHING_COVERED]));
    const floor = ({ at, after }: Placed): number => floorOfPairs(made.get(at), after);
    const again = await this.readSome(bucket, paired, floor);
    const mended = new Map(paired.map(({ at }, place) => [at, again[place]]));
    // What was made stays as first read, for the floors hold for that; pairs found out meanwhile only make it more right.
    return pages.map((page, place) => {
      const at = asks[place]?.at ?? -1;
      return { ...page, pairs: mended.get(at)?.pairs ?? page.pairs };
    });
  }

  private decode({ updated, made, pairs }: ModificationsRow): PageModifications {
    return {
      made: this.marksText.read(made),
      pairs: this.marksText.readPairs(pairs),
      modifiedAtMs: updated * 1000,
    };
  }

  private byBucket(asks: readonly ModificationsAsk[]): [number, Placed[]][] {
    const buckets = new Map<number, Placed[][]>();
    asks.forEach((ask, at) => {
      const bucket = bucketOf(ask.pageId, this.options.buckets);
      const chunks = buckets.get(bucket) ?? [[]];
      buckets.set(bucket, chunks);
      const last = chunks[chunks.length - 1];
      if (last && last.length < MODIFICATIONS_READ_MAX) last.push({ ...ask, at });
      else chunks.push([{ ...ask, at }]);
    });
    return [...buckets].flatMap(([bucket, chunks]) =>
      chunks.map((chunk): [number, Placed[]] => [bucket, chunk]),
    );
  }
}

/** The position above which a pair may matter, as scripts take it. */
function floorOfPairs(made: VersionVector | undefined, after: VersionVector): number {
  return Math.min(pairsMatterAbove(made ?? NOTHING_COVERED, after), Number.MAX_SAFE_INTEGER);
}
