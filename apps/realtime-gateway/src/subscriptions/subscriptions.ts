import type { CounterId } from '@headcount/gateway-core';
import { HeadcountError, SITE, VIEWERS, type CounterValue, type PageId } from '@headcount/protocol';
import type { Counters } from '../counters/counters.js';
import type { Presence } from '../presence/presence.js';
import type { Visitor } from '../presence/visitor.js';
import { FIRST_VALUE_MS, FirstValue } from './first-value.js';
import { LatestIterator } from './latest-iterator.js';
import type { SessionMetrics } from './session-metrics.js';

/** What a subscription gives: every newer value of a counter that its reader has time for. */
export type Values = LatestIterator<CounterValue>;

/** What the subscriptions of GraphQL do, in plain calls. */
export class Subscriptions {
  constructor(
    private readonly presence: Presence,
    private readonly counters: Counters,
    private readonly metrics: SessionMetrics,
  ) {}

  /**
   * The viewers of a page, while the visitor is one of them: it is present until the values end.
   * Refuses SITE, which nobody is on by itself.
   */
  viewing(visitor: Visitor, pageId: PageId): Values {
    if (pageId === SITE) {
      throw new HeadcountError(
        'BAD_PAGE_ID',
        'Whoever views a page is counted on "@site" already; counterChanged watches it.',
      );
    }
    const leave = this.presence.join(visitor, pageId);
    const values: Values = new LatestIterator(() => {
      clearTimeout(patience);
      watch.close();
      leave();
    });
    const first = new FirstValue(this.presence.viewersOn(pageId), (value) =>
      this.give(values, value),
    );
    const patience = setTimeout(() => first.giveUp(), FIRST_VALUE_MS);
    const watch = this.counters.watch({ pageId, name: VIEWERS }, (value) => first.offer(value));
    const known = watch.value();
    if (known !== undefined) first.offer(known);
    return values;
  }

  /** A counter, watched without being anywhere. */
  counterChanged(counter: CounterId): Values {
    const values: Values = new LatestIterator(() => watch.close());
    const watch = this.counters.watch(counter, (value) => this.give(values, value));
    const known = watch.value();
    if (known !== undefined) this.give(values, known);
    return values;
  }

  private give(values: Values, value: CounterValue): void {
    this.metrics.deliveries.inc();
    values.push(value);
  }
}
