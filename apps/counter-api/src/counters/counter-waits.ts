import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { counterKey } from '@headcount/counter-store';
import { CONFIG, Metrics } from '@headcount/platform';
import { HeadcountError, bucketOf, type CounterValue } from '@headcount/protocol';
import type { CounterRef, Watcher } from '@headcount/replication';
import type { CounterApiConfig } from '../settings.js';
import { WatchService } from '../watch/watch.service.js';
import { etagOf } from './counter-document.js';
import { CountersService } from './counters.service.js';

/** Most requests that wait at once; one more is answered at once. */
export const WAITS_MAX = 1000;

/** Requests that are answered when a counter changes. */
@Injectable()
export class CounterWaits implements OnModuleDestroy {
  private readonly waits = new Set<Wait>();
  /** How many requests of each caller wait. */
  private readonly ofCallers = new Map<string, number>();
  private stopping = false;

  constructor(
    @Inject(CountersService) private readonly counters: CountersService,
    @Inject(WatchService) private readonly watch: WatchService,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(Metrics) metrics: Metrics,
  ) {
    const { waits } = this;
    metrics.gauge({
      name: 'requests_waiting',
      help: 'Requests that wait for a counter to change.',
      collect() {
        this.set(waits.size);
      },
    });
  }

  /** Nobody waits for an app that stops. */
  onModuleDestroy(): void {
    this.stopping = true;
    for (const wait of this.waits) wait.end();
  }

  /** Whether one more request of the caller may wait. */
  isOpenTo(caller: string): boolean {
    const ofCaller = this.ofCallers.get(caller) ?? 0;
    if (this.stopping || this.waits.size >= WAITS_MAX) return false;
    return ofCaller < this.config.WAITS_PER_CALLER_MAX;
  }

  /**
   * What the counter shows as soon as that has another ETag, or null where the time is up, the caller goes away or the app stops
   * before. Throws HeadcountError as `read` does.
   */
  async next(
    counter: CounterRef,
    etag: string,
    {
      caller,
      ms,
      onClose,
    }: {
      readonly caller: string;
      readonly ms: number;
      readonly onClose: (end: () => void) => void;
    },
  ): Promise<CounterValue | null> {
    const wait = new Wait();
    this.add(wait, caller);
    const timer = setTimeout(() => wait.end(), ms);
    // Its place is free at once, whatever the store still has to answer.
    onClose(() => {
      wait.end();
      this.remove(wait, caller);
    });
    try {
      return await this.follow(counter, etag, wait);
    } catch (thrown) {
      throw thrown instanceof HeadcountError ? thrown : new HeadcountError('STORE_UNAVAILABLE');
    } finally {
      clearTimeout(timer);
      this.remove(wait, caller);
    }
  }

  private add(wait: Wait, caller: string): void {
    this.waits.add(wait);
    this.ofCallers.set(caller, (this.ofCallers.get(caller) ?? 0) + 1);
  }

  private remove(wait: Wait, caller: string): void {
    if (!this.waits.delete(wait)) return;
    const left = (this.ofCallers.get(caller) ?? 0) - 1;
    if (left > 0) this.ofCallers.set(caller, left);
    else this.ofCallers.delete(caller);
  }

  /** The bucket is followed before the counter is read, so nothing falls between the two. */
  private follow(counter: CounterRef, etag: string, wait: Wait): Promise<CounterValue | null> {
    const { followers } = this.watch;
    const { key } = counterKey(counter.pageId, counter.name);
    return followers.join(bucketOf(counter.pageId, this.config.BUCKETS), async (follower) => {
      try {
        const wanted = { counters: [{ ...counter, key }], pages: [], users: [] };
        await follower.watch(wait, wanted);
        do {
          const value = await this.counters.read(counter);
          if (etagOf(value) !== etag) return value;
        } while (await wait.isWoken());
        return null;
      } finally {
        follower.unwatch(wait, 'counter', key);
      }
    });
  }
}

/** One request, watching its counter. */
class Wait implements Watcher {
  private ended = false;
  private offered = false;
  private wake: () => void = () => undefined;

  /** The counter may show something else. */
  offer(): void {
    this.offered = true;
    this.wake();
  }

  drop(): void {}

  end(): void {
    this.ended = true;
    this.wake();
  }

  /** Resolves when there was an offer since the last time; false: it has ended. */
  async isWoken(): Promise<boolean> {
    if (!this.offered && !this.ended) await new Promise<void>((wake) => (this.wake = wake));
    this.offered = false;
    return !this.ended;
  }
}
