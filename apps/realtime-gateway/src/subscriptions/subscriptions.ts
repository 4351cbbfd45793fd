import type { CounterId, Holder } from '@headcount/gateway-core';
import type { Clock } from '@headcount/platform';
import type { CounterValue, PageId, TrendingAsk } from '@headcount/protocol';
import type { FanoutMetrics } from '../fanout/fanout-metrics.js';
import { arrival } from '../fanout/first-value.js';
import type { Source } from '../fanout/source.js';
import type { Sources } from '../fanout/sources.js';
import { Throttle } from '../fanout/throttle.js';
import type { TrendingEvent } from '../fanout/trending.js';
import type { Visitor } from '../presence/visitor.js';
import type { UnreadNews } from '../unread/unreads.js';
import type { ViewerQuotas } from '../quotas/viewer-quotas.js';
import { LatestIterator } from './latest-iterator.js';

/** What a subscription gives: every newer value of a counter that its reader has time for. */
export type Values<E = CounterValue> = LatestIterator<E>;

/** What a reader holds is counted there. */
export type Reader = Pick<Visitor, 'holder'>;

/** The subscriptions of GraphQL for one reader each, where they are not shared in a group. */
export class Subscriptions {
  constructor(
    private readonly sources: Sources,
    private readonly quotas: ViewerQuotas,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly metrics: Pick<FanoutMetrics, 'deliveries'>,
  ) {}

  /**
   * The viewers of a page, while the visitor is one of them: it is present until the values end. `everyMs`: the least
   * pause between two of them. Refuses SITE, which nobody is on by itself.
   */
  viewing(visitor: Visitor, pageId: PageId, everyMs = 0): Values {
    return this.valuesOf(this.sources.viewing(pageId), everyMs, visitor, visitor);
  }

  /** A counter, watched without being anywhere. */
  counterChanged(reader: Reader, counter: CounterId, everyMs = 0): Values {
    return this.valuesOf(this.sources.counterChanged(counter), everyMs, reader);
  }

  /** Several counters, all of them each time that one has changed. */
  countersChanged(
    reader: Reader,
    counters: readonly CounterId[],
    everyMs = 0,
  ): Values<readonly CounterValue[]> {
    return this.valuesOf(this.sources.countersChanged(counters), everyMs, reader);
  }

  /** The pages whose counter gained most within a window. */
  trendingChanged(reader: Reader, ask: TrendingAsk, everyMs = 0): Values<TrendingEvent> {
    return this.valuesOf(this.sources.trendingChanged(ask), everyMs, reader);
  }

  /** What a user has not read. */
  unreadChanged(user: Visitor): Values<UnreadNews> {
    return this.valuesOf(this.sources.unreadChanged(user), 0, user);
  }

  private valuesOf<E>(
    source: Source<E>,
    everyMs: number,
    { holder }: Reader,
    visitor?: Visitor,
  ): Values<E> {
    this.quotas.hold(holder, source.holding);
    try {
      return this.held(source, everyMs, holder, visitor);
    } catch (cause) {
      holder.release(source.holding);
      throw cause;
    }
  }

  private held<E>(
    source: Source<E>,
    everyMs: number,
    holder: Holder,
    visitor?: Visitor,
  ): Values<E> {
    const joined = (visitor && source.join?.(visitor)) ?? null;
    const values: Values<E> = new LatestIterator(() => {
      first.end();
      throttle.close();
      watching.close();
      joined?.leave();
      holder.release(source.holding);
    });
    const throttle = new Throttle<E>(this.clock, {
      pauseMs: () => everyMs,
      give: (event) => {
        this.metrics.deliveries.inc();
        values.push(event);
      },
    });
    const first = arrival(joined, (event: E) => throttle.offer(event));
    const watching = source.watch((event) => first.offer(event));
    const known = watching.value();
    if (known !== undefined) first.offer(known);
    return values;
  }
}
