import type { CounterId } from '@headcount/gateway-core';
import {
  HeadcountError,
  SITE,
  VIEWERS,
  type CounterValue,
  type PageId,
  type TrendingAsk,
} from '@headcount/protocol';
import type { Counters } from '../counters/counters.js';
import type { Presence } from '../presence/presence.js';
import type { Visitor } from '../presence/visitor.js';
import type { Joined, Source, Watching } from './source.js';
import { questionKey, type Trending, type TrendingEvent } from './trending.js';
import type { UnreadNews, Unreads } from '../unread/unreads.js';

/** What the subscriptions of the schema stand for. */
export class Sources {
  constructor(
    private readonly presence: Presence,
    private readonly counters: Counters,
    private readonly trending: Pick<Trending, 'watch'>,
    private readonly unreads: Pick<Unreads, 'watch'>,
  ) {}

  /** The viewers of a page; whoever watches them is one. Refuses SITE, which nobody is on by itself. */
  viewing(pageId: PageId): Source<CounterValue> {
    if (pageId === SITE) {
      throw new HeadcountError(
        'BAD_PAGE_ID',
        'Whoever views a page is counted on "@site" already; counterChanged watches it.',
      );
    }
    const viewers = this.counterChanged({ pageId, name: VIEWERS });
    return { ...viewers, join: (visitor) => this.join(visitor, pageId) };
  }

  /** A counter, watched without being anywhere. */
  counterChanged(counter: CounterId): Source<CounterValue> {
    return {
      holding: { counters: [counter] },
      watch: (listener) => this.counters.watch(counter, listener),
    };
  }

  /** Several counters, all of them each time that one has changed; nothing before all are known. */
  countersChanged(counters: readonly CounterId[]): Source<readonly CounterValue[]> {
    return {
      holding: { counters },
      watch: (listener): Watching<readonly CounterValue[]> => {
        const watches: Watching<CounterValue>[] = [];
        const value = (): readonly CounterValue[] | undefined => {
          const values = watches.map((watch) => watch.value());
          return values.every((each) => each !== undefined) ? values : undefined;
        };
        const tell = (): void => {
          const all = value();
          if (all !== undefined) listener(all);
        };
        for (const counter of counters) watches.push(this.counters.watch(counter, tell));
        return { value, close: () => watches.forEach((watch) => watch.close()) };
      },
    };
  }

  /** The pages whose counter gained most within a window. */
  trendingChanged(ask: TrendingAsk): Source<TrendingEvent> {
    return {
      holding: { question: questionKey(ask) },
      watch: (listener) => this.trending.watch(ask, listener),
    };
  }

  /** What a user has not read, of the pages that may be viewed. */
  unreadChanged({
    viewerId: userId,
    grants,
  }: Pick<Visitor, 'viewerId' | 'grants'>): Source<UnreadNews> {
    return {
      holding: { userId },
      audience: JSON.stringify([userId, grants.viewClass]),
      watch: (listener) => this.unreads.watch({ userId, grants }, listener),
    };
  }

  private join(visitor: Visitor, pageId: PageId): Joined<CounterValue> {
    const leave = this.presence.join(visitor, pageId);
    // What has gone the long way round through Redis meanwhile may be from before it came.
    const least = this.presence.viewersOn(pageId);
    return { isIn: ({ count }) => count >= least, leave };
  }
}
