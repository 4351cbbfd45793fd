/**
 * When and by which way one bucket's changes go out. The feed itself (versions, intervals, whole
 * state) is crdt's FeedSource; here stand its times.
 *
 * T1  a change on a quiet bucket is due at once, on a busy one a tick after the last sending.
 * T2  what is not acknowledged is due again after RETRANSMIT_MS, at most RETRANSMITS_MAX times by
 *     datagram; then it goes by post, the reliable way.
 * T3  whole state goes by post only, for it must arrive as one and may be larger than datagrams
 *     carry.
 * T4  an answer to an older question never takes back what a newer one has stated.
 * T5  whole state that a request cannot hold is cut: what does not fit is changed anew, to the same
 *     value, and so follows as an interval that may be split.
 */
import {
  FeedSource,
  isNobody,
  type FeedInterval,
  type FeedMessage,
  type Presence,
} from '@headcount/crdt';
import type { PageId } from '@headcount/protocol';
import { MESSAGE_ROWS_BYTES_MAX, fitting } from './feed-posts.js';

/** Patience with a datagram before it counts as lost. */
export const RETRANSMIT_MS = 250;

/** How often one change is sent again by datagram. */
export const RETRANSMITS_MAX = 3;

/** More entries than this make more than about eight datagrams, where one request costs less. */
export const DATAGRAM_ENTRIES_MAX = 256;

/** The two ways to counter-api: UDP, and the body of a POST. */
export type Way = 'datagram' | 'post';

/**
 * What counter-api says that Redis holds of this bucket, and the number of the question it answers.
 */
export interface Statement {
  readonly stored: number;
  readonly question: number;
}

export class BucketFeed {
  private readonly source = new FeedSource<Presence>(isNobody);
  private due: number | null = null;
  private lastSentMs = -Infinity;
  private datagramsSent = 0;
  private postOnly = false;
  private lastQuestion = 0;

  constructor(
    readonly bucket: number,
    private readonly tickMs: number,
  ) {}

  /** When something is to be sent next; null: nothing is, unless something changes or is stated. */
  get dueMs(): number | null {
    return this.due;
  }

  /** The version of the newest change. */
  get version(): number {
    return this.source.version;
  }

  /** Whether Redis is known to have all of it. */
  get settled(): boolean {
    return this.source.settled;
  }

  /** A page's presence has changed. */
  change(pageId: PageId, presence: Presence, nowMs: number): void {
    this.source.set(pageId, presence);
    this.datagramsSent = 0;
    this.makeDue(nowMs);
  }

  /** What Redis does not have yet, as an interval for datagrams; null where there is none. */
  pendingInterval(): FeedInterval<Presence> | null {
    return this.source.since(this.source.acknowledged);
  }

  /** What Redis does not have yet, in the form for a post (T5); null when settled. */
  pendingPost(): FeedMessage<Presence> | null {
    const message = this.source.pending();
    if (message === null || message.from !== null) return message;
    const count = fitting(message.entries, MESSAGE_ROWS_BYTES_MAX);
    for (const { key, value } of message.entries.slice(count)) this.source.set(key, value);
    return { ...message, entries: message.entries.slice(0, count) };
  }

  /**
   * The way that what is due now has to go, or null where nothing is due. The caller sends it: a
   * datagram is due again after a while, a post only when its answer or a sync says so.
   */
  takeDue(nowMs: number, datagramsWork: boolean): Way | null {
    if (this.due === null || this.due > nowMs) return null;
    this.due = null;
    if (this.settled) return null;
    this.lastSentMs = nowMs;
    if (!datagramsWork || this.postOnly || this.datagramsSent > RETRANSMITS_MAX) return 'post';
    const interval = this.pendingInterval();
    if (interval === null || interval.entries.length > DATAGRAM_ENTRIES_MAX) return 'post';
    this.datagramsSent += 1;
    this.due = nowMs + RETRANSMIT_MS;
    return 'datagram';
  }

  /**
   * Redis holds `stored`. Less than was sent means that it has not arrived, less than was
   * acknowledged that Redis has forgotten; what it lacks then becomes due. With `bySync` it goes by
   * post, unless a datagram may still be under way, for after a sync comes the way that is sure to
   * arrive. Gives false for a version that was never given out: who states it does not speak about
   * this feed.
   */
  stated({ stored, question }: Statement, nowMs: number, bySync = false): boolean {
    if (stored > this.source.version) return false;
    const before = this.source.acknowledged;
    const forgotten = stored < before;
    if (forgotten && question < this.lastQuestion) return true;
    this.lastQuestion = Math.max(this.lastQuestion, question);
    this.source.acknowledge(stored);
    if (stored !== before) this.datagramsSent = 0;
    if (stored > before) this.postOnly = false;
    const left = forgotten || this.due === null;
    if (this.settled) this.due = null;
    else if (left) {
      if (bySync) this.postOnly = true;
      this.makeDue(nowMs);
    }
    return true;
  }

  private makeDue(nowMs: number): void {
    const soonest = Math.max(nowMs, this.lastSentMs + this.tickMs);
    this.due = this.due === null ? soonest : Math.min(this.due, soonest);
  }
}
