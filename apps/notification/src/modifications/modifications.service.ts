import { Inject, Injectable } from '@nestjs/common';
import type { AddRefusal, CountersRead } from '@headcount/counter-store';
import { CONFIG, Metrics, type CounterRegion } from '@headcount/platform';
import {
  HeadcountError,
  bucketOf,
  ok,
  type CounterName,
  type PageId,
  type Result,
} from '@headcount/protocol';
import type { NotificationConfig } from '../settings.js';
import { eventOperation, type EventId } from './event-operation.js';

/** The durable counter of a page that says how often it was modified. */
export const MODIFICATIONS = 'modifications' as CounterName;

/** Token of this region's counters. */
export const STORE = Symbol('STORE');

/** One modification of a page, as an event told of it. */
export interface PageModified {
  readonly pageId: PageId;
  readonly eventId: EventId;
  /** Whether it counts now; false: the event was known and has counted before. */
  readonly counted: boolean;
}

/** Counts modifications of pages in this region's Redis. */
@Injectable()
export class ModificationsService {
  private readonly events;

  constructor(
    @Inject(STORE) private readonly store: CounterRegion,
    @Inject(CONFIG) private readonly config: NotificationConfig,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.events = metrics.counter({
      name: 'modification_events_total',
      help: 'Events that told of a modified page, by what became of them.',
      labelNames: ['outcome'],
    });
  }

  /** How often the page was modified. Throws HeadcountError STORE_UNAVAILABLE. */
  async count(pageId: PageId): Promise<number> {
    const { views } = await this.read(pageId);
    const [view] = views;
    if (!view) throw new Error('a counter that was asked for is answered');
    return view.durable;
  }

  /** Counts the event on the page once, however often it is told. */
  async modify(pageId: PageId, eventId: EventId): Promise<Result<PageModified, AddRefusal>> {
    const added = await this.store.batcher.add({
      pageId,
      name: MODIFICATIONS,
      amount: 1,
      operationId: eventOperation(pageId, eventId),
    });
    const counted = added.ok && added.value.outcome === 'added';
    this.events.inc({ outcome: added.ok ? (counted ? 'counted' : 'known') : 'refused' });
    return added.ok ? ok({ pageId, eventId, counted }) : added;
  }

  private async read(pageId: PageId): Promise<CountersRead> {
    const bucket = bucketOf(pageId, this.config.BUCKETS);
    try {
      return await this.store.counters.read(bucket, [{ pageId, name: MODIFICATIONS }]);
    } catch {
      throw new HeadcountError('STORE_UNAVAILABLE');
    }
  }
}
