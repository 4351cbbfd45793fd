import { Logger } from '@nestjs/common';
import type { FeedBook, PresenceChange } from '@headcount/gateway-core';
import { PATHS, goodbyeAnswer, type HaveDatagram } from '@headcount/protocol';
import { within, type Clock, type Instance, type Keyring } from '@headcount/platform';
import type { DatagramMetrics } from './datagram-metrics.js';
import { Datagrams } from './datagrams.js';
import { FeedPoster } from './feed-poster.js';
import type { HomeKeeper } from './home-keeper.js';
import type { UplinkMetrics } from './uplink-metrics.js';

/** Timeouts of a stop for a counter-api that does not answer, in milliseconds: for calls under way, and for the goodbye. */
const ENDING_MS_MAX = 150;
const GOODBYE_MS_MAX = 400;

export interface UplinkOptions {
  readonly feeds: FeedBook;
  readonly keeper: HomeKeeper;
  readonly instance: Instance;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly metrics: UplinkMetrics;
  readonly datagramMetrics: DatagramMetrics;
}

/**
 * Brings changes of presence to the home: the order of effects around FeedBook, which decides what
 * goes when and by which way.
 */
export class Uplink {
  private readonly logger = new Logger(Uplink.name);
  private readonly datagrams: Datagrams;
  private readonly poster: FeedPoster;
  private timer: NodeJS.Timeout | null = null;
  private turnEnd: NodeJS.Immediate | null = null;
  private stopped = false;

  constructor(private readonly options: UplinkOptions) {
    const { feeds, keeper, instance, clock, metrics, datagramMetrics } = options;
    this.datagrams = new Datagrams({
      ...options,
      metrics: datagramMetrics,
      answered: (have) => this.answered(have),
      opened: () => this.wake(),
    });
    this.poster = new FeedPoster({
      feeds,
      keeper,
      nextNumber: instance.nextNumber,
      nowMs: () => clock.monotonicMs(),
      ended: (outcome) => {
        metrics.posts.inc({ outcome });
        this.wake();
      },
    });
    keeper.onSynced((home) => {
      metrics.unsettledBuckets.set(feeds.unsettled);
      this.datagrams.follow(home);
      this.wake();
    });
  }

  /** Presence has changed. What is due at once leaves when this turn of the event loop ends. */
  change(changes: readonly PresenceChange[]): void {
    const nowMs = this.options.clock.monotonicMs();
    for (const change of changes) this.options.feeds.change(change, nowMs);
    if (changes.length > 0) this.wake();
  }

  /** Sends nothing any more, and has this instance counted out at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.turnEnd !== null) clearImmediate(this.turnEnd);
    this.datagrams.close();
    // A heartbeat or a change after the goodbye would bring back what it has counted out.
    await within(ENDING_MS_MAX, Promise.all([this.options.keeper.stop(), this.poster.stop()]));
    await this.goodbye();
  }

  private async goodbye(): Promise<void> {
    const answer = await this.options.keeper.call({
      method: 'POST',
      path: PATHS.goodbye,
      body: {},
      answer: goodbyeAnswer,
      timeoutMs: GOODBYE_MS_MAX,
    });
    if (!answer.ok) {
      // Nothing is lost: counter-api finds out by itself, some seconds later.
      this.logger.warn({ detail: answer.error.detail }, 'goodbye was not taken');
    }
  }

  /** Plans the next flush: at the end of this turn if something is due by then, else later. */
  private wake(): void {
    const { feeds, clock, keeper } = this.options;
    if (this.stopped || this.turnEnd !== null || keeper.current === null) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const dueMs = feeds.nextDueMs;
    if (dueMs === null) return;
    const inMs = dueMs - clock.monotonicMs();
    if (inMs <= 0) this.turnEnd = setImmediate(() => this.flush());
    else this.timer = setTimeout(() => this.wake(), Math.ceil(inMs));
  }

  private flush(): void {
    this.turnEnd = null;
    const { feeds, clock } = this.options;
    const nowMs = clock.monotonicMs();
    this.datagrams.expire(nowMs);
    const { sections, posts } = feeds.takeDue(nowMs, this.datagrams.work);
    this.datagrams.send(sections, nowMs);
    if (posts.length > 0) {
      const probe = this.datagrams.takeProbe(nowMs) ? feeds.probe(posts) : null;
      if (probe !== null) this.datagrams.send([probe], nowMs);
      this.poster.post(posts);
    }
    this.wake();
  }

  private answered({ answers: question, sections }: HaveDatagram): void {
    const { feeds, clock, metrics } = this.options;
    const nowMs = clock.monotonicMs();
    for (const { bucket, stored } of sections) {
      const believed = feeds.stated({ bucket, stored, question }, nowMs);
      if (!believed) metrics.impossibleStatements.inc();
    }
    this.wake();
  }
}
