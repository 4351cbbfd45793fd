/** The last modifications of pages, as users are shown what has changed. */
import { bucketOf, type OperationId, type PageId } from '@headcount/protocol';
import { fenceArgs } from './fence.js';
import { historiesKey, historyKey, indexKey, metaKey, namesKey, shortName } from './keys.js';
import { historyAdd } from './scripts/history-add.js';
import { historyRead } from './scripts/history-read.js';
import type { StoreContext } from './store-context.js';

/** One modification of a page, as whoever published it has described it. */
export interface HistoryEntry {
  readonly eventId: OperationId;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly title: string | null;
  readonly url: string | null;
  readonly actor: string | null;
}

/** How much is told of a page: so many entries, and none that is older. */
export interface HistoryLimits {
  readonly lengthMax: number;
  readonly ageMsMax: number;
}

/** Which part of a history. */
export interface HistoryAsk {
  /** Entries at most. */
  readonly first: number;
  /** The place behind which it begins, whether there is still an entry or not; null: the beginning. */
  readonly after: { readonly atMs: number; readonly eventId: string } | null;
}

/** A part of a history. */
export interface HistoryPart {
  readonly entries: readonly HistoryEntry[];
  /** Entries before the part, and in all. */
  readonly before: number;
  readonly total: number;
}

/** Port of the histories. Methods reject with ioredis' errors while Redis is away. */
export interface HistoryStore {
  /** Adds an entry, once for each event id; whether it was news. Resolves when it is durable. */
  add(pageId: PageId, entry: HistoryEntry): Promise<boolean>;
  /** A part of the last modifications of a page, the latest first. No more is read than is told. */
  part(pageId: PageId, ask: HistoryAsk): Promise<HistoryPart>;
  /** All of the last modifications of a page, the latest first. */
  of(pageId: PageId): Promise<readonly HistoryEntry[]>;
  /** Title of the last modification; null: none was given, or it is no longer kept. */
  lastTitle(pageId: PageId): Promise<string | null>;
}

/** The histories on Redis. */
export class RedisHistoryStore implements HistoryStore {
  constructor(
    private readonly context: StoreContext,
    private readonly options: HistoryLimits & { readonly buckets: number },
  ) {}

  async add(pageId: PageId, { eventId, atMs, title, url, actor }: HistoryEntry): Promise<boolean> {
    const bucket = bucketOf(pageId, this.options.buckets);
    const { key, fullName } = shortName(pageId);
    const { position, replid, isNews } = await historyAdd.run(
      this.context.redis,
      [
        metaKey(bucket),
        indexKey(bucket),
        namesKey(bucket),
        historiesKey(bucket),
        historyKey(bucket, key),
      ],
      [
        ...fenceArgs(this.context, bucket),
        key,
        fullName,
        this.options.lengthMax,
        eventId,
        atMs,
        JSON.stringify([title, url, actor]),
        this.context.memory?.isFull ? '1' : '',
      ],
    );
    this.context.seen.note(bucket, position);
    await this.context.durability.reached(replid);
    return isNews;
  }

  async part(pageId: PageId, { first, after }: HistoryAsk): Promise<HistoryPart> {
    const { buckets, lengthMax, ageMsMax } = this.options;
    const { redis, sources } = this.context;
    const key = historyKey(bucketOf(pageId, buckets), shortName(pageId).key);
    const { rows, ...place } = await historyRead.run(
      redis,
      [key],
      [sources.nowMs() - ageMsMax, lengthMax, first, after?.atMs ?? '', after?.eventId ?? ''],
    );
    return { ...place, entries: rows.map(({ eventId, text }) => entryOf(eventId, text)) };
  }

  async of(pageId: PageId): Promise<readonly HistoryEntry[]> {
    return (await this.part(pageId, { first: this.options.lengthMax, after: null })).entries;
  }

  async lastTitle(pageId: PageId): Promise<string | null> {
    const { entries } = await this.part(pageId, { first: 1, after: null });
    return entries[0]?.title ?? null;
  }
}

function entryOf(eventId: string, text: string): HistoryEntry {
  const [, at, json = '[]'] = /^(\d+) (.*)$/s.exec(text) ?? [];
  const [title = null, url = null, actor = null] = JSON.parse(json) as (string | null)[];
  return { eventId: eventId as OperationId, atMs: Number(at), title, url, actor };
}
