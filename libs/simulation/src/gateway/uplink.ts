/** Brings changes of presence to the home, by datagram and by post, as the gateway's Uplink and FeedPoster have it. */
import {
  DatagramLedger,
  HaveReceiver,
  feedPosts,
  type FeedBook,
  type PresenceChange,
} from '@headcount/gateway-core';
import {
  PATHS,
  encodeFeedDatagrams,
  withMac,
  type FeedAnswer,
  type FeedSection,
  type InstanceId,
} from '@headcount/protocol';
import type { Process } from '../core/process.js';
import { KEY_ID, MAC, believes } from '../core/signatures.js';
import type { Planned } from '../core/world.js';
import type { Home, HomeKeeper } from './home-keeper.js';

const POST_TIMEOUT_MS = 5000;

export interface UplinkOptions {
  readonly process: Process;
  readonly instance: InstanceId;
  readonly feeds: FeedBook;
  readonly keeper: HomeKeeper;
  /** Hands a datagram to the network, for the host of a home. */
  readonly send: (home: Home, bytes: Uint8Array) => void;
}

export class Uplink {
  private readonly ledger = new DatagramLedger();
  private readonly haves: HaveReceiver;
  private home: Home | null = null;
  private timer: Planned | null = null;
  private turnEnd: Planned | null = null;
  private waiting = new Set<number>();
  private posting = false;
  private stopped = false;

  constructor(private readonly options: UplinkOptions) {
    this.haves = new HaveReceiver(options.instance, believes);
    options.keeper.onSynced((home) => {
      this.follow(home);
      this.wake();
    });
  }

  change(changes: readonly PresenceChange[]): void {
    const nowMs = this.options.process.monotonicMs();
    for (const change of changes) this.options.feeds.change(change, nowMs);
    if (changes.length > 0) this.wake();
  }

  /** A datagram has come. */
  received(bytes: Uint8Array): void {
    const have = this.haves.take(bytes);
    if (!have.ok) return;
    const { answers: question, sections } = have.value;
    const { feeds, process } = this.options;
    this.ledger.answered(question, process.monotonicMs());
    for (const { bucket, stored } of sections)
      feeds.stated({ bucket, stored, question }, process.monotonicMs());
    this.wake();
  }

  /** Sends nothing any more. */
  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
    this.turnEnd?.cancel();
    this.waiting.clear();
  }

  private follow(home: Home): void {
    const moved = this.home?.instance !== home.instance;
    this.home = home;
    if (!moved) return;
    this.haves.expect(home.instance, this.options.process.nextNumber());
    this.ledger.unprove();
  }

  private wake(): void {
    const { feeds, process, keeper } = this.options;
    if (this.stopped || this.turnEnd !== null || keeper.current === null) return;
    this.timer?.cancel();
    this.timer = null;
    const dueMs = feeds.nextDueMs;
    if (dueMs === null) return;
    const inMs = dueMs - process.monotonicMs();
    if (inMs <= 0) this.turnEnd = process.after(0, 'flushes its feeds', () => this.flush());
    else this.timer = process.after(inMs, 'has feeds due', () => this.wake());
  }

  private flush(): void {
    this.turnEnd = null;
    const { feeds, process } = this.options;
    const nowMs = process.monotonicMs();
    this.ledger.expire(nowMs);
    const { sections, posts } = feeds.takeDue(nowMs, this.ledger.work);
    this.send(sections, nowMs);
    if (posts.length > 0) {
      const probe = this.ledger.takeProbe(nowMs) ? feeds.probe(posts) : null;
      if (probe !== null) this.send([probe], nowMs);
      this.post(posts);
    }
    this.wake();
  }

  private send(sections: readonly FeedSection[], nowMs: number): void {
    const { home } = this;
    if (home === null || sections.length === 0) return;
    const { instance, process, send } = this.options;
    const route = { keyId: KEY_ID, sender: instance, receiver: home.instance };
    const nextNumber = (): number => {
      const number = process.nextNumber();
      this.ledger.sent(number, nowMs);
      return number;
    };
    for (const unsigned of encodeFeedDatagrams(route, sections, nextNumber))
      send(home, withMac(unsigned, MAC));
  }

  private post(buckets: readonly number[]): void {
    for (const bucket of buckets) this.waiting.add(bucket);
    if (!this.posting) void this.postWaiting();
  }

  private async postWaiting(): Promise<void> {
    this.posting = true;
    while (this.waiting.size > 0) {
      const buckets = this.waiting;
      this.waiting = new Set();
      await this.postAll(buckets);
      this.wake();
    }
    this.posting = false;
  }

  private async postAll(buckets: ReadonlySet<number>): Promise<void> {
    const { feeds, keeper, process } = this.options;
    for (const messages of feedPosts(feeds.messages(buckets))) {
      const question = process.nextNumber();
      const answer = await keeper.call<FeedAnswer>(PATHS.feed, { messages }, POST_TIMEOUT_MS);
      if (!answer.ok) return;
      for (const [bucket, , stored] of answer.value.results)
        feeds.stated({ bucket, stored, question }, process.monotonicMs());
    }
  }
}
