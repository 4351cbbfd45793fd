/** Durable counters and what readers see of all counters. */
import { counterKind } from './counter-rules.js';
import { counterKey, metaKey, batchesKey, indexKey, namesKey, operationsKey } from './keys.js';
import { fenceArgs } from './fence.js';
import { bucketSince, type BucketSince } from './scripts/bucket-since.js';
import { bucketCompare } from './scripts/bucket-compare.js';
import { countersAdd, type BatchAdded } from './scripts/counters-add.js';
import { countersRead, type CountersRead } from './scripts/counters-read.js';
import type { Position } from '@headcount/crdt';
import { peersArg, trendedArg, type StoreContext } from './store-context.js';

/** How long operation ids are kept at least, and how many a bucket holds a generation (DESIGN.md §7). */
export interface OperationIdLimits {
  readonly windowMs: number;
  readonly idsMax: number;
}

/** One addition to a durable counter. `operationId` makes it count once, however often it is sent. */
export interface Addition {
  readonly pageId: string;
  readonly name: string;
  /** Not 0, |amount| <= 2^53 - 1; negative lowers. */
  readonly amount: number;
  readonly operationId: string | null;
  /** Answered once Redis has it, whatever the others of its batch wait for. Default: as the others. */
  readonly atOnce?: boolean;
}

/** A numbered batch of additions to counters of one bucket. */
export interface Batch {
  readonly bucket: number;
  readonly instance: string;
  readonly number: number;
  readonly additions: readonly Addition[];
  /** Null when it is sent first; after that the incarnation that `seenIncarnation` named before. */
  readonly sentUnder: string | null;
  /** Told what Redis has answered, before that is durable. */
  readonly onAnswer?: (added: BatchAdded) => void;
}

/** Port of the counters. All methods reject with ioredis' errors while Redis is away. */
export interface CounterStore {
  /** The incarnation that this process knows of a bucket; '' = none. A batch is first sent under it. */
  seenIncarnation(bucket: number): string;
  /** Adds a batch, and resolves when it is durable; one sent again with its number is answered from the record. */
  add(batch: Batch): Promise<BatchAdded>;
  /** What counters of one bucket show, in their order, as of one position. */
  read(
    bucket: number,
    counters: readonly { pageId: string; name: string }[],
  ): Promise<CountersRead>;
  /** The counters that changed after `position`; rows null: more than `rowsMax`, or the position is unknown. */
  since(bucket: number, position: Position, rowsMax: number): Promise<BucketSince>;
  /** Where the bucket stands; begins a new incarnation where Redis holds less than was seen. */
  compare(bucket: number): Promise<Position>;
}

/** The counters on Redis. */
export class RedisCounterStore implements CounterStore {
  constructor(
    private readonly context: StoreContext,
    private readonly limits: OperationIdLimits,
  ) {}

  seenIncarnation(bucket: number): string {
    return this.context.seen.of(bucket).incarnation;
  }

  async add(batch: Batch): Promise<BatchAdded> {
    const { bucket, instance, number, additions, sentUnder, onAnswer } = batch;
    const { redis, seen, sources, rules } = this.context;
    const changes = additions.flatMap(({ pageId, name, amount, operationId }) => {
      const { key, fullName } = counterKey(pageId, name);
      return [key, fullName, amount, operationId ?? '', counterKind(rules, pageId, name)];
    });
    const { windowMs, idsMax } = this.limits;
    const added = await countersAdd.run(
      redis,
      [
        metaKey(bucket),
        indexKey(bucket),
        batchesKey(bucket),
        operationsKey(bucket, 0),
        operationsKey(bucket, 1),
        namesKey(bucket),
      ],
      [
        ...fenceArgs(this.context, bucket),
        sources.nowMs(),
        instance,
        number,
        windowMs,
        idsMax,
        sentUnder ?? '-',
        trendedArg(this.context),
        peersArg(this.context),
        ...changes,
      ],
    );
    seen.note(bucket, added.position);
    onAnswer?.(added);
    await this.context.durability.reached(added.replid);
    return added;
  }

  async read(
    bucket: number,
    counters: readonly { readonly pageId: string; readonly name: string }[],
  ): Promise<CountersRead> {
    const names = counters.map(({ pageId, name }) => counterKey(pageId, name).key);
    return countersRead.run(this.context.redis, [metaKey(bucket)], names);
  }

  async since(
    bucket: number,
    { incarnation, rev }: Position,
    rowsMax: number,
  ): Promise<BucketSince> {
    return bucketSince.run(
      this.context.redis,
      [metaKey(bucket), indexKey(bucket)],
      [incarnation, rev, rowsMax],
    );
  }

  async compare(bucket: number): Promise<Position> {
    const { redis, seen } = this.context;
    const position = await bucketCompare.run(
      redis,
      [metaKey(bucket)],
      fenceArgs(this.context, bucket),
    );
    seen.note(bucket, position);
    return position;
  }
}
