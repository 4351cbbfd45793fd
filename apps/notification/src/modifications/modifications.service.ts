import { Inject, Injectable } from '@nestjs/common';
import type { AddRefusal } from '@headcount/counter-store';
import {
  available,
  CLOCK,
  CONFIG,
  Metrics,
  oneByOne,
  RequestLoader,
  type Clock,
  written,
} from '@headcount/platform';
import {
  MODIFICATIONS,
  bucketOf,
  ok,
  type OperationId,
  type PageId,
  type Result,
} from '@headcount/protocol';
import type { NotificationConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { eventOperation, type EventId } from './event-operation.js';
import { modificationOf, type ModificationAsked, type RawModification } from './input.js';

/** One modification of a page, as an event told of it. */
export interface PageModified {
  readonly pageId: PageId;
  readonly eventId: EventId;
  /** Whether it counts now; false: the event was known and has counted before. */
  readonly counted: boolean;
}

/** Pages whose counts are read at the same time. */
const PAGES_AT_ONCE = 1000;

/** Counts modifications of pages in this region's Redis: one write, however many follow the page. */
@Injectable()
export class ModificationsService {
  private readonly events;
  private readonly counts = new RequestLoader<PageId, number>({
    read: (pages) => this.countAll(pages),
    textOf: (pageId) => pageId,
    keysMax: PAGES_AT_ONCE,
  });

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: NotificationConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.events = metrics.counter({
      name: 'modification_events_total',
      help: 'Events that told of a modified page, by what became of them.',
      labelNames: ['outcome'],
    });
  }

  /** What a caller tells, checked. Throws HeadcountError with the code of the fault. */
  asked(raw: RawModification): ModificationAsked {
    return modificationOf(raw, this.clock.nowMs());
  }

  /** How often the page was modified. Throws HeadcountError STORE_UNAVAILABLE. */
  count(pageId: PageId): Promise<number> {
    return this.counts.load(pageId);
  }

  /** The same of many pages, one read a bucket. */
  private countAll(pages: readonly PageId[]): Promise<(number | Error)[]> {
    const byBucket = new Map<number, PageId[]>();
    for (const pageId of pages) {
      const bucket = bucketOf(pageId, this.config.BUCKETS);
      byBucket.set(bucket, byBucket.get(bucket) ?? []);
      byBucket.get(bucket)?.push(pageId);
    }
    const reads = new Map(
      [...byBucket].map(([bucket, some]) => [bucket, this.countIn(bucket, some)]),
    );
    return oneByOne(async (pageId: PageId) => {
      const count = (await reads.get(bucketOf(pageId, this.config.BUCKETS)))?.get(pageId);
      if (count === undefined) throw new Error('a counter that was asked for is answered');
      return count;
    })(pages);
  }

  private async countIn(bucket: number, pages: readonly PageId[]): Promise<Map<PageId, number>> {
    const counters = pages.map((pageId) => ({ pageId, name: MODIFICATIONS }));
    const { views } = await available(this.store.counters.read(bucket, counters));
    return new Map(pages.map((pageId, at) => [pageId, views[at]?.durable ?? 0]));
  }

  /**
   * Counts the event on the page once, however often it is told, enters it into the page's history, and counts it as read by
   * its actor. These are other writes: where they fail the answer is OUTCOME_UNKNOWN, and the event told again mends them, for
   * each of the three may be repeated. The history goes first over the same connection, so that whoever is told of the count
   * finds its title; an event that is refused may stand in the history all the same.
   */
  async modify(asked: ModificationAsked): Promise<Result<PageModified, AddRefusal>> {
    const { pageId, eventId } = asked;
    const operationId = eventOperation(pageId, eventId);
    const remembered = written(this.store, () => this.remember(asked));
    // Redis may have been away at first and be there once the event has counted.
    const isRemembered = remembered.then(
      () => true,
      () => false,
    );
    const added = await this.store.batcher.add({
      pageId,
      name: MODIFICATIONS,
      amount: 1,
      operationId,
    });
    const counted = added.ok && added.value.outcome === 'added';
    this.events.inc({ outcome: added.ok ? (counted ? 'counted' : 'known') : 'refused' });
    if (!added.ok) return added;
    await written(this.store, async () => {
      if (!(await isRemembered)) await this.remember(asked);
      await this.readByActor(asked, operationId);
    });
    return ok({ pageId, eventId, counted });
  }

  private remember(asked: ModificationAsked): Promise<unknown> {
    const { pageId, eventId, title, url, actor, atMs } = asked;
    const entry = { eventId, title, url, actor, atMs: atMs ?? this.clock.nowMs() };
    return this.store.history.add(pageId, entry);
  }

  /** Whoever has made a modification has seen the page as it was then. */
  private async readByActor(
    { pageId, actor }: ModificationAsked,
    operationId: OperationId,
  ): Promise<void> {
    if (actor === null) return;
    const place = await this.store.modifications.placeOf(pageId, operationId);
    if (place === null) return;
    const read = new Map([[place.writer, place.position]]);
    // NOT_FOLLOWED is no fault: most who modify a page do not follow it.
    await this.store.follows.change(actor, [{ kind: 'mark', pageId, read }]);
  }
}
