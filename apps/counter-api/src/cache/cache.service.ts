import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, CONFIG, Metrics, type Clock } from '@headcount/platform';
import type { CounterValue } from '@headcount/protocol';
import { CounterCache, type CounterRef } from '@headcount/replication';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { WatchService } from '../watch/watch.service.js';

/** A counter that nobody asks for is kept for this long to twice as long, in milliseconds. */
const UNASKED_MS = 60_000;
/** Comparisons with a bucket that may fail before what is held of it is shown no more. */
const CHECKS_MISSED_MAX = 2;

/** Time, and where what is kept is told of. */
@Injectable()
export class CacheSources {
  constructor(
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(Metrics) readonly metrics: Metrics,
  ) {}
}

/** The counters that are kept in memory, over this app's Redis; what may be shown is CounterCache's to say. */
@Injectable()
export class CacheService implements OnApplicationShutdown {
  private readonly cache: CounterCache;
  private readonly givingUp: NodeJS.Timeout;

  constructor(
    @Inject(STORE) { seen }: Store,
    @Inject(CONFIG) { BUCKETS, CACHED_COUNTERS_MAX, SYNC_INTERVAL_MS }: CounterApiConfig,
    @Inject(WatchService) { followers }: WatchService,
    @Inject(CacheSources) { clock, metrics }: CacheSources,
  ) {
    const cache = new CounterCache({
      buckets: BUCKETS,
      countersMax: CACHED_COUNTERS_MAX,
      ageMsMax: CHECKS_MISSED_MAX * SYNC_INTERVAL_MS,
      followers,
      seen: (bucket) => seen.of(bucket),
      nowMs: () => clock.monotonicMs(),
    });
    this.cache = cache;
    this.givingUp = setInterval(() => cache.giveUpUnasked(), UNASKED_MS).unref();
    metrics.gauge({
      name: 'cached_counters',
      help: 'Counters that are kept in memory.',
      collect() {
        this.set(cache.size);
      },
    });
  }

  onApplicationShutdown(): void {
    clearInterval(this.givingUp);
  }

  /** What the counter shows, if that is known here; null: it has to be read. */
  shown(counter: CounterRef): CounterValue | null {
    return this.cache.shown(counter);
  }

  /** The same for counters of one bucket, all as of one instant or none. */
  shownTogether(counters: readonly CounterRef[]): CounterValue[] | null {
    return this.cache.shownTogether(counters);
  }

  /** Told of counters that were asked for and not shown. */
  missed(counters: readonly CounterRef[]): void {
    for (const counter of counters) this.cache.missed(counter);
  }
}
