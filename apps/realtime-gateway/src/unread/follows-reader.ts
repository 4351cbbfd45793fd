import {
  FOLLOWS_ASKS_MAX,
  PATHS,
  followOfWire,
  followsAnswer,
  type PageId,
  type ViewerId,
  type WireFollowsPart,
} from '@headcount/protocol';
import type { Follow } from '@headcount/crdt';
import type { HomeKeeper } from '../uplink/home-keeper.js';
import type { UnreadMetrics } from './unread-metrics.js';

export interface FollowsReaderOptions {
  readonly keeper: Pick<HomeKeeper, 'call' | 'onSynced'>;
  readonly metrics: Pick<UnreadMetrics, 'requests'>;
  /** Told of all that a user follows, each time that it is something else. */
  readonly read: (userId: ViewerId, follows: ReadonlyMap<PageId, Follow>) => void;
}

/** Patience with one request: it may read many users. */
const TIMEOUT_MS = 5000;

interface Reading {
  /** What is held says this tag; '' where nothing is. */
  tag: string;
  /** What has come so far of what is told in parts, and its tag; null: nothing. */
  part: { readonly tag: string; readonly follows: Map<PageId, Follow>; after: PageId } | null;
}

/**
 * Reads what users follow from the home: of all that are due in one request, one at a time, so that whoever changes often is read
 * as often as there is time. While the home is away they stay due; the sync that finds one goes on.
 */
export class FollowsReader {
  private readonly users = new Map<ViewerId, Reading>();
  private readonly due = new Set<ViewerId>();
  private turnEnd: NodeJS.Immediate | null = null;
  private isAsking = false;
  /** False after a failed request, until a sync has shown that there is a home to ask. */
  private homeAnswers = false;

  constructor(private readonly options: FollowsReaderOptions) {
    options.keeper.onSynced(() => {
      this.homeAnswers = true;
      this.plan();
    });
  }

  /** What the user follows is to be read; it may have changed since it was. */
  want(userId: ViewerId): void {
    if (!this.users.has(userId)) this.users.set(userId, { tag: '', part: null });
    this.due.add(userId);
    this.plan();
  }

  /** The user is read no longer. */
  forget(userId: ViewerId): void {
    this.users.delete(userId);
    this.due.delete(userId);
  }

  private plan(): void {
    if (this.isAsking || !this.homeAnswers || this.due.size === 0) return;
    this.turnEnd ??= setImmediate(() => void this.ask());
  }

  /** Never rejects. */
  private async ask(): Promise<void> {
    this.turnEnd = null;
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.homeAnswers && this.due.size > 0) await this.request();
    this.isAsking = false;
  }

  private async request(): Promise<void> {
    const asked = [...this.due].slice(0, FOLLOWS_ASKS_MAX);
    for (const userId of asked) this.due.delete(userId);
    const { keeper, metrics } = this.options;
    const answer = await keeper.call({
      method: 'POST',
      path: PATHS.follows,
      body: { asks: asked.map((userId) => this.askOf(userId)) },
      answer: followsAnswer,
      timeoutMs: TIMEOUT_MS,
    });
    const parts = answer.ok ? answer.value.parts : [];
    const isGood = parts.length > 0 && parts.every(([userId], at) => userId === asked[at]);
    metrics.requests.inc({ what: 'follows', outcome: isGood ? 'succeeded' : 'failed' });
    if (!isGood) this.homeAnswers = false;
    asked.forEach((userId, at) => {
      const part = isGood ? parts[at] : undefined;
      const reading = this.users.get(userId);
      if (reading && (part === undefined || !this.take(reading, part))) this.due.add(userId);
    });
  }

  private askOf(userId: ViewerId): readonly [ViewerId, string, PageId | null] {
    const { tag, part } = this.users.get(userId) ?? { tag: '', part: null };
    return [userId, tag, part?.after ?? null];
  }

  /** Takes a part; false: there is more to be read. */
  private take(reading: Reading, [userId, tag, rows, after]: WireFollowsPart): boolean {
    const { part } = reading;
    reading.part = null;
    if (rows === null) return true;
    // What has changed in the midst of it is read from its beginning.
    if (part !== null && part.tag !== tag) return false;
    const follows = part?.follows ?? new Map<PageId, Follow>();
    for (const row of rows) follows.set(...followOfWire(row));
    if (after !== null) {
      reading.part = { tag, follows, after };
      return false;
    }
    reading.tag = tag;
    this.options.read(userId, follows);
    return true;
  }
}
