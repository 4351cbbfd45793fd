/** Durable counters and what readers see of all counters. */
import { counterKind } from './counter-rules.js';
import { counterKey, metaKey, batchesKey, indexKey, namesKey, operationsKey } from './keys.js';
import { fenceArgs } from './fence.js';
import { bucketSince, type BucketSince } from './scripts/bucket-since.js';
import { bucketCompare } from './scripts/bucket-compare.js';
import { countersAdd, type BatchAdded, type NewRefusal } from './scripts/counters-add.js';
import { countersRead, type CountersRead } from './scripts/counters-read.js';
import type { Position } from '@headcount/crdt';
import { VIEWERS } from '@headcount/protocol';
import { SharedCalls } from './shared-calls.js';
import { newRefusal, peersArg, scriptNow, trendedArg, type StoreContext } from './store-context.js';

/** How long operation ids are kept at least, and how many a bucket holds a generation (DESIGN.md §7): in all, and of one viewer. */
export interface OperationIdLimits {
  readonly windowMs: number;
  readonly idsMax: number;
  readonly idsPerViewerMax: number;
}

/** One addition to a durable counter. `operationId` makes it count once, however often it is sent. */
export interface Addition {
  readonly pageId: string;
  readonly name: string;
  /** Not 0, |amount| <= 2^53 - 1; negative lowers. */
  readonly amount: number;
  readonly operationId: string | null;
  /** The id under which versions without namespaces have stored it (operation-id.ts). */
  readonly formerId?: string | null;
  /** What is answered where the counter would be new; default: it is made. */
  readonly ifNew?: NewRefusal | null;
  /** What the counter has to show for the addition to be made; default: whatever. */
  readonly wanted?: WantedShown | null;
  /** Answered once Redis has it, whatever the others of its batch wait for. Default: as the others. */
  readonly atOnce?: boolean;
}

/** What a counter shows, as a text: its count, `-`, and the seconds of its last change, or nothing after that where there was none. */
export type ShownText = `${number}-${number | ''}`;

/** What a counter has to show: one of some texts, and none of others; absent: whatever. */
export interface WantedShown {
  readonly oneOf?: readonly ShownText[];
  readonly noneOf?: readonly ShownText[];
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

/** Most batches of one script, and most additions in them: bound how long it holds up Redis (about 2 ms). */
const SCRIPT_BATCHES_MAX = 32;
const SCRIPT_ADDITIONS_MAX = 500;

/** One batch as the script takes it. */
interface BatchCall {
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
  readonly additions: number;
}

/** The counters on Redis. */
export class RedisCounterStore implements CounterStore {
  private readonly calls: SharedCalls<BatchCall, BatchAdded>;

  constructor(
    private readonly context: StoreContext,
    private readonly limits: OperationIdLimits,
  ) {
    this.calls = new SharedCalls({
      call: (batches) => this.addAll(batches),
      weigh: ({ additions }) => additions,
      // Buckets of a Cluster lie in different places.
      questionsMax: context.redis.isCluster ? 1 : SCRIPT_BATCHES_MAX,
      weightMax: SCRIPT_ADDITIONS_MAX,
    });
  }

  seenIncarnation(bucket: number): string {
    return this.context.seen.of(bucket).incarnation;
  }

  async add({
    bucket,
    instance,
    number,
    additions,
    sentUnder,
    onAnswer,
  }: Batch): Promise<BatchAdded> {
    // Its last, the region, is the same for all batches of a call.
    const fence = fenceArgs(this.context, bucket).slice(0, -1);
    const runs = this.runsOf(additions);
    const added = await this.calls.ask({
      keys: [
        metaKey(bucket),
        indexKey(bucket),
        batchesKey(bucket),
        operationsKey(bucket, 0),
        operationsKey(bucket, 1),
        namesKey(bucket),
      ],
      args: [...fence, instance, number, sentUnder ?? '-', runs.length, ...runs.flat()],
      additions: additions.length,
    });
    this.context.seen.note(bucket, added.position);
    onAnswer?.(added);
    await this.context.durability.reached(added.replid);
    return added;
  }

  /** What the script is told of the additions: those that are alike and follow each other once. */
  private runsOf(additions: readonly Addition[]): (string | number)[][] {
    const { rules } = this.context;
    const runs: { readonly addition: Addition; operations: number }[] = [];
    for (const addition of additions) {
      const last = runs.at(-1);
      if (last && isAlike(last.addition, addition)) last.operations += 1;
      else runs.push({ addition, operations: 1 });
    }
    return runs.map(({ addition, operations }) => {
      const { pageId, name, amount, ifNew } = addition;
      const { key, fullName } = counterKey(pageId, name);
      const kind = counterKind(rules, pageId, name);
      const refusal = newRefusal(this.context, ifNew);
      const operation = operationArg(addition);
      const wanted = wantedArg(addition);
      return [key, fullName, amount, operation, kind, refusal, operations, wanted];
    });
  }

  private addAll(batches: readonly BatchCall[]): Promise<readonly (BatchAdded | Error)[]> {
    const { redis, region } = this.context;
    const { windowMs, idsMax, idsPerViewerMax } = this.limits;
    return countersAdd.run(
      redis,
      batches.flatMap(({ keys }) => keys),
      [
        region,
        scriptNow(this.context),
        windowMs,
        idsMax,
        idsPerViewerMax,
        trendedArg(this.context),
        peersArg(this.context),
        ...batches.flatMap(({ args }) => args),
      ],
    );
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

/** The operation as the script takes it. */
function operationArg({ operationId, formerId }: Addition): string {
  if (operationId === null) return '';
  return formerId ? `${operationId}\n${formerId}` : operationId;
}

/** What is wanted, as the script takes it (shown.lua). */
function wantedArg({ name, wanted }: Addition): string {
  if (!wanted) return '';
  const floored = name === VIEWERS ? 'f' : '';
  const line = (sign: string, texts: readonly string[] | undefined): string[] =>
    texts === undefined ? [] : [[sign + floored, ...texts].join(' ')];
  return [...line('+', wanted.oneOf), ...line('-', wanted.noneOf)].join('\n');
}

/** Whether both are the same for Redis. One with an id, or with something wanted, is only like itself. */
function isAlike(one: Addition, other: Addition): boolean {
  return (
    one.operationId === null &&
    other.operationId === null &&
    !one.wanted &&
    !other.wanted &&
    one.amount === other.amount &&
    one.ifNew === other.ifNew &&
    one.pageId === other.pageId &&
    one.name === other.name
  );
}
