import { Logger } from '@nestjs/common';
import {
  counterKey,
  type CounterId,
  type CounterKey,
  type CounterValues,
  type InterestBook,
  type PushStream,
  type Taken,
} from '@headcount/gateway-core';
import {
  PATHS,
  decodeValue,
  interestAnswer,
  type CounterValue,
  type InterestAnswer,
  type InterestRefused,
  type InterestRequest,
  type PushRequest,
  type WireValue,
} from '@headcount/protocol';
import type { Clock } from '@headcount/platform';
import type { HomeKeeper } from '../uplink/home-keeper.js';
import type { CounterMetrics } from './counter-metrics.js';

/** Told of each newer value of a counter. */
export type ValueListener = (value: CounterValue) => void;

/** One reader of a counter. The same function may read twice, so each has an object of its own. */
export class Watch {
  constructor(
    private readonly counters: Counters,
    readonly counter: CounterId,
    readonly listener: ValueListener,
  ) {}

  /** The value known now. */
  value(): CounterValue | undefined {
    return this.counters.valueOf(this.counter);
  }

  /** The listener is told nothing any more. Again: nothing. */
  close(): void {
    this.counters.closed(this);
  }
}

/** What else the home is told that somebody wants, and tells of. */
export interface InterestListener {
  /** Lets go of that whose grace has ended. */
  expire(nowMs: number): void;
  /** The home has registered what the request says, and answers with what it is now. */
  answered(request: InterestRequest, answer: InterestAnswer): void;
  pushed(push: PushRequest): void;
}

export interface CountersOptions {
  readonly interest: InterestBook;
  readonly values: CounterValues;
  readonly stream: PushStream;
  readonly keeper: HomeKeeper;
  readonly clock: Clock;
  readonly metrics: CounterMetrics;
}

/** Patience with one request: its answer may hold ten thousand values. */
const INTEREST_TIMEOUT_MS = 5000;

/**
 * The counters that are read here: asks the home for them, takes its pushes, and tells whoever
 * watches.
 */
export class Counters {
  private readonly logger = new Logger(Counters.name);
  private readonly watches = new Map<CounterKey, Set<Watch>>();
  private turnEnd: NodeJS.Immediate | null = null;
  private graceEnd: NodeJS.Timeout | null = null;
  /** False after a failed request, until a sync has shown that there is a home to ask. */
  private homeAnswers = false;
  private stopped = false;
  private listener: InterestListener | null = null;

  constructor(private readonly options: CountersOptions) {
    options.keeper.onSynced(() => {
      this.homeAnswers = true;
      this.wake();
    });
  }

  /**
   * Watches a counter: the listener is told of every newer value, from the one after `value()` on.
   */
  watch(counter: CounterId, listener: ValueListener): Watch {
    const key = counterKey(counter);
    const watches = this.watches.get(key) ?? new Set();
    this.watches.set(key, watches);
    const watch = new Watch(this, counter, listener);
    watches.add(watch);
    this.options.interest.counters.hold(counter);
    this.wake();
    return watch;
  }

  /** The value known of a counter. */
  valueOf(counter: CounterId): CounterValue | undefined {
    return this.options.values.get(counter);
  }

  /** A watch has ended. Again: nothing. */
  closed(watch: Watch): void {
    const { counter } = watch;
    const key = counterKey(counter);
    const watches = this.watches.get(key);
    if (!watches?.delete(watch)) return;
    if (watches.size === 0) this.watches.delete(key);
    this.options.interest.counters.release(counter, this.options.clock.monotonicMs());
    this.wake();
  }

  /** Has the other one heed what this conversation with the home carries beside counters. */
  listen(listener: InterestListener): void {
    this.listener = listener;
  }

  /** A push of the home. After a hole everything that is wanted is asked for once more. */
  push(request: PushRequest): void {
    const { from, to, values } = request;
    const { stream, interest, metrics } = this.options;
    const whole = stream.push({ from, to });
    metrics.pushes.inc({ hole: whole ? 'no' : 'yes' });
    this.take(values);
    this.listener?.pushed(request);
    if (whole) return;
    this.logger.debug({ from, to }, 'a push is missing');
    interest.restate();
    this.wake();
  }

  /** Asks for nothing any more. */
  stop(): void {
    this.stopped = true;
    if (this.turnEnd !== null) clearImmediate(this.turnEnd);
    if (this.graceEnd !== null) clearTimeout(this.graceEnd);
  }

  /** Has what changed told to the home at the end of this turn, all of it in one request. */
  wake(): void {
    if (this.stopped) return;
    this.turnEnd ??= setImmediate(() => this.flush());
  }

  private flush(): void {
    this.turnEnd = null;
    const { interest, values, clock, metrics } = this.options;
    const nowMs = clock.monotonicMs();
    for (const counter of interest.counters.expire(nowMs)) values.forget(counter);
    this.listener?.expire(nowMs);
    metrics.countersWanted.set(interest.counters.size);
    this.awaitGrace();
    const request = this.homeAnswers ? interest.takeRequest() : null;
    if (request !== null) void this.tell(request).then(() => this.wake());
  }

  private awaitGrace(): void {
    const { interest, clock } = this.options;
    if (this.graceEnd !== null) clearTimeout(this.graceEnd);
    const endMs = interest.nextEndMs;
    this.graceEnd =
      endMs === null ? null : setTimeout(() => this.wake(), Math.ceil(endMs - clock.monotonicMs()));
  }

  private async tell(request: InterestRequest): Promise<void> {
    const { interest, stream, keeper, metrics } = this.options;
    if (request.whole) stream.begin();
    const asked = keeper.current;
    const { mark } = stream;
    const answer = await keeper.call({
      method: 'POST',
      path: PATHS.interest,
      body: request,
      answer: interestAnswer,
      timeoutMs: INTEREST_TIMEOUT_MS,
    });
    const kind = request.whole ? 'whole' : 'change';
    metrics.interestRequests.inc({ kind, outcome: answer.ok ? 'succeeded' : 'failed' });
    if (!answer.ok) {
      this.homeAnswers = false;
      this.logger.warn({ detail: answer.error.detail }, 'the interest was not taken');
      return interest.failed();
    }
    this.take(answer.value.values);
    const { refused } = answer.value;
    if (refused) this.refused(refused);
    this.listener?.answered(request, answer.value);
    // A former home has been told; what the present one holds is another matter.
    if (keeper.current?.instance !== asked?.instance) return interest.failed();
    interest.succeeded(refused);
    if (request.whole) stream.begun(answer.value.stream);
    else if (!stream.confirms(mark, answer.value.stream)) interest.restate();
  }

  /** The rest goes on; what the home has no room for is asked for again after each sync. */
  private refused({ counters, users, pages }: InterestRefused): void {
    const count = counters.length + users.length + pages.length;
    this.options.metrics.interestRefused.inc(count);
    this.logger.warn({ count }, 'the home takes no more interest of this gateway');
  }

  private take(wire: readonly WireValue[]): void {
    const { interest, values } = this.options;
    const reborn = new Set<number>();
    const tally = { news: 0, stale: 0, reborn: 0, unwanted: 0 };
    for (const row of wire) {
      const value = decodeValue(row);
      const key = counterKey(value);
      const watches = this.watches.get(key);
      // Whatever is watched is wanted.
      const isWanted = watches !== undefined || interest.counters.wantsKey(key);
      const taken = isWanted ? values.take(value, key) : 'unwanted';
      tally[taken] += 1;
      if (taken === 'reborn') reborn.add(values.bucketOf(value));
      if (watches === undefined || (taken !== 'news' && taken !== 'reborn')) continue;
      for (const { listener } of watches) listener(value);
    }
    this.count(tally);
    if (reborn.size === 0) return;
    interest.counters.askAgain(
      (counter) => reborn.has(values.bucketOf(counter)) && !values.get(counter),
    );
    this.wake();
  }

  /** Once for all of a message: to find the number that belongs to a label takes longer than to take a value. */
  private count(tally: Readonly<Record<Taken | 'unwanted', number>>): void {
    for (const [taken, values] of Object.entries(tally))
      if (values > 0) this.options.metrics.values.inc({ taken }, values);
  }
}
