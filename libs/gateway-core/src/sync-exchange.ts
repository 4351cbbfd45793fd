import type { SyncAnswer, SyncRequest } from '@headcount/protocol';
import type { CounterValues } from './counter-values.js';
import type { InterestBook } from './interest-book.js';
import type { PushStream, Step } from './push-stream.js';
import type { FeedBook } from './feed-book.js';

/** What a sync speaks about. */
export interface SyncBooks {
  readonly feeds: FeedBook;
  readonly values: CounterValues;
  readonly interest: InterestBook;
  readonly stream: PushStream;
}

/** A question, and what has to be remembered until its answer. */
export interface AskedSync {
  readonly request: SyncRequest;
  readonly question: number;
  readonly mark: Step | null;
}

/**
 * What a sync asks and what its answer changes (docs/protocol.md §5). Pure: the call itself is made
 * elsewhere.
 */
export class SyncExchange {
  private heartbeat = 0;

  constructor(
    private readonly books: SyncBooks,
    private readonly buckets: number,
  ) {}

  /**
   * The next question. `question` is a number above those of all questions before, `url` the
   * address that pushes are to go to.
   */
  ask(question: number, url: string): AskedSync {
    this.heartbeat += 1;
    const { buckets, heartbeat } = this;
    const { feeds, values, stream } = this.books;
    const versions = feeds.versions().map(([bucket, version]) => {
      const { incarnation, seq, rev } = values.positionOf(bucket);
      return [bucket, version, incarnation, seq, rev] as const;
    });
    const request = { buckets, url, heartbeat, versions, stream: stream.position };
    return { request, question, mark: stream.mark };
  }

  /**
   * The answer. Buckets that it does not name are stored exactly as stated; `moved` says that it
   * comes from another instance than the last one did, which holds nothing of our interest.
   * Gives the buckets for which it states a version that was never given out.
   */
  take(asked: AskedSync, answer: SyncAnswer, moved: boolean, nowMs: number): readonly number[] {
    const { feeds, interest, stream } = this.books;
    interest.synced();
    if (moved) stream.begin();
    if (moved || !stream.confirms(asked.mark, answer.stream)) interest.restate();
    const differing = new Map(answer.stored);
    const { question } = asked;
    return asked.request.versions
      .map(([bucket, version]) => ({ bucket, stored: differing.get(bucket) ?? version, question }))
      .filter((statement) => !feeds.stated(statement, nowMs, true))
      .map(({ bucket }) => bucket);
  }
}
