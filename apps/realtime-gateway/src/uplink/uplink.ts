import { Logger } from '@nestjs/common';
import {
  PATHS,
  encodeFeedDatagrams,
  goodbyeAnswer,
  withMac,
  type FeedSection,
} from '@headcount/protocol';
import type { Clock, Instance, Keyring } from '@headcount/platform';
import type { GatewayMetrics } from '../gateway-metrics.js';
import type { PresenceChange } from '../presence/presence-book.js';
import { DatagramLedger } from './datagram-ledger.js';
import { DatagramLink } from './datagram-link.js';
import type { FeedBook } from './feed-book.js';
import { FeedPoster } from './feed-poster.js';
import { HaveReceiver } from './have-receiver.js';
import type { Home, HomeKeeper } from './home-keeper.js';

export interface UplinkOptions {
  readonly feeds: FeedBook;
  readonly keeper: HomeKeeper;
  readonly instance: Instance;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly metrics: GatewayMetrics;
}

/**
 * Brings changes of presence to the home: the order of effects around FeedBook and DatagramLedger, which
 * decide what goes when and by which way.
 */
export class Uplink {
  private readonly logger = new Logger(Uplink.name);
  private readonly ledger = new DatagramLedger();
  private readonly link: DatagramLink;
  private readonly haves: HaveReceiver;
  private readonly poster: FeedPoster;
  private timer: NodeJS.Timeout | null = null;
  private turnEnd: NodeJS.Immediate | null = null;
  private linkedTo: string | null = null;
  private stopped = false;

  constructor(private readonly options: UplinkOptions) {
    const { feeds, keeper, instance, keyring, clock } = options;
    this.haves = new HaveReceiver(instance.id, (...signed) => keyring.verify(...signed));
    this.link = new DatagramLink({
      received: (bytes) => this.received(bytes),
      failed: (error) => this.datagramsFailed(error),
    });
    this.poster = new FeedPoster({
      feeds,
      keeper,
      nextNumber: instance.nextNumber,
      nowMs: () => clock.monotonicMs(),
      ended: (outcome) => this.posted(outcome),
    });
    keeper.onSynced((home, moved) => this.synced(home, moved));
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
    this.link.close();
    // A heartbeat or a change after the goodbye would bring back what it has counted out.
    await Promise.all([this.options.keeper.stop(), this.poster.stop()]);
    await this.goodbye();
  }

  private async goodbye(): Promise<void> {
    const answer = await this.options.keeper.call({
      method: 'POST',
      path: PATHS.goodbye,
      body: {},
      answer: goodbyeAnswer,
    });
    if (!answer.ok) {
      // Nothing is lost: counter-api finds out by itself, some seconds later.
      this.logger.warn({ detail: answer.error.detail }, 'goodbye was not taken');
    }
  }

  private synced(home: Home, moved: boolean): void {
    this.options.metrics.unsettledBuckets.set(this.options.feeds.unsettled);
    const address = home.datagramPort === null ? null : `${home.client.url} ${home.datagramPort}`;
    if (moved) this.haves.expect(home.instance, this.options.instance.nextNumber());
    if (moved || address !== this.linkedTo) {
      this.linkedTo = address;
      this.ledger.unprove();
      this.link.close();
      if (home.datagramPort !== null) {
        const { hostname } = new URL(home.client.url);
        void this.link.connect(hostname, home.datagramPort).then(() => this.wake());
      }
    }
    this.wake();
  }

  /** Plans the next flush: at the end of this turn if something is due by then, else when it will be. */
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
    const { feeds, clock, metrics } = this.options;
    const nowMs = clock.monotonicMs();
    metrics.datagramsUnanswered.inc(this.ledger.expire(nowMs));
    const due = feeds.takeDue(nowMs, this.ledger.work && this.link.open);
    this.send(due.sections, nowMs);
    if (due.posts.length > 0) {
      if (this.link.open && this.ledger.takeProbe(nowMs)) {
        const probe = feeds.probe(due.posts);
        if (probe !== null) this.send([probe], nowMs);
      }
      this.poster.post(due.posts);
    }
    metrics.datagramsWork.set(this.ledger.work ? 1 : 0);
    this.wake();
  }

  private send(sections: readonly FeedSection[], nowMs: number): void {
    const { keeper, instance, keyring, metrics } = this.options;
    const home = keeper.current;
    if (home === null || sections.length === 0) return;
    const route = { keyId: keyring.keyId, sender: instance.id, receiver: home.instance };
    const nextNumber = (): number => {
      const number = instance.nextNumber();
      this.ledger.sent(number, nowMs);
      return number;
    };
    for (const unsigned of encodeFeedDatagrams(route, sections, nextNumber)) {
      this.link.send(withMac(unsigned, keyring.sign(unsigned)));
      metrics.datagramsSent.inc();
    }
  }

  private received(bytes: Uint8Array): void {
    const { feeds, clock, metrics } = this.options;
    const have = this.haves.take(bytes);
    if (!have.ok) {
      metrics.datagramsDropped.inc({ reason: have.error });
      return;
    }
    const question = have.value.answers;
    this.ledger.answered(question, clock.monotonicMs());
    metrics.datagramsWork.set(1);
    for (const { bucket, stored } of have.value.sections) {
      const believed = feeds.stated({ bucket, stored, question }, clock.monotonicMs());
      if (!believed) metrics.impossibleStatements.inc();
    }
    this.wake();
  }

  private datagramsFailed(error: Error): void {
    if (this.ledger.work) this.logger.warn({ err: error }, 'datagrams do not get through');
    this.ledger.unprove();
    this.options.metrics.datagramsWork.set(0);
  }

  private posted(outcome: 'succeeded' | 'failed'): void {
    this.options.metrics.posts.inc({ outcome });
    this.wake();
  }
}
