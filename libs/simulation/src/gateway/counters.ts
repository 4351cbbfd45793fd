/** The counters that are read at a gateway, as its Counters has it. */
import {
  counterKey,
  type CounterId,
  type CounterKey,
  type CounterValues,
  type InterestBook,
  type PushStream,
} from '@headcount/gateway-core';
import {
  PATHS,
  decodeValue,
  type CounterValue,
  type InterestAnswer,
  type InterestRequest,
  type PushRequest,
  type WireValue,
} from '@headcount/protocol';
import type { Process } from '../core/process.js';
import type { Planned } from '../core/world.js';
import type { HomeKeeper } from './home-keeper.js';

export type ValueListener = (value: CounterValue) => void;

export interface CountersOptions {
  readonly process: Process;
  readonly interest: InterestBook;
  readonly values: CounterValues;
  readonly stream: PushStream;
  readonly keeper: HomeKeeper;
}

const INTEREST_TIMEOUT_MS = 5000;

export class Counters {
  private readonly listeners = new Map<CounterKey, Set<ValueListener>>();
  private turnEnd: Planned | null = null;
  private graceEnd: Planned | null = null;
  private homeAnswers = false;

  constructor(private readonly options: CountersOptions) {
    options.keeper.onSynced(() => {
      this.homeAnswers = true;
      this.wake();
    });
  }

  /** The listener is told of the value known now, and of every newer one; the result ends that. */
  watch(counter: CounterId, listener: ValueListener): () => void {
    const key = counterKey(counter);
    const listeners = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, listeners);
    const own: ValueListener = (value) => listener(value);
    listeners.add(own);
    // Each reader is an owner of its own, as sockets are.
    this.options.interest.counters.hold(counter, { watched: 1 });
    this.wake();
    const known = this.options.values.get(counter);
    if (known !== undefined) listener(known);
    return () => {
      if (!listeners.delete(own)) return;
      if (listeners.size === 0 && this.listeners.get(key) === listeners) this.listeners.delete(key);
      this.options.interest.counters.release(counter, this.options.process.monotonicMs());
      this.wake();
    };
  }

  push({ from, to, values }: PushRequest): void {
    const { stream, interest } = this.options;
    const whole = stream.push({ from, to });
    this.take(values);
    if (whole) return;
    interest.restate();
    this.wake();
  }

  private wake(): void {
    this.turnEnd ??= this.options.process.after(0, 'tells its interest', () => this.flush());
  }

  private flush(): void {
    this.turnEnd = null;
    const { interest, values, process } = this.options;
    for (const counter of interest.counters.expire(process.monotonicMs())) values.forget(counter);
    this.awaitGrace();
    const request = this.homeAnswers ? interest.takeRequest() : null;
    if (request !== null) void this.tell(request).then(() => this.wake());
  }

  private awaitGrace(): void {
    const { interest, process } = this.options;
    this.graceEnd?.cancel();
    const endMs = interest.nextEndMs;
    this.graceEnd =
      endMs === null
        ? null
        : process.after(endMs - process.monotonicMs(), 'grace ends', () => this.wake());
  }

  private async tell(request: InterestRequest): Promise<void> {
    const { interest, stream, keeper } = this.options;
    if (request.whole) stream.begin();
    const asked = keeper.current;
    const { mark } = stream;
    const answer = await keeper.call<InterestAnswer>(PATHS.interest, request, INTEREST_TIMEOUT_MS);
    if (!answer.ok) {
      this.homeAnswers = false;
      return interest.failed();
    }
    this.take(answer.value.values);
    if (keeper.current?.instance !== asked?.instance) return interest.failed();
    interest.succeeded(answer.value.refused);
    if (request.whole) stream.begun(answer.value.stream);
    else if (!stream.confirms(mark, answer.value.stream)) interest.restate();
  }

  private take(wire: readonly WireValue[]): void {
    const { interest, values } = this.options;
    const reborn = new Set<number>();
    for (const value of wire.map(decodeValue)) {
      const taken = interest.counters.wants(value) ? values.take(value) : 'unwanted';
      if (taken === 'reborn') reborn.add(values.bucketOf(value));
      if (taken === 'news' || taken === 'reborn') this.tellListeners(value);
    }
    if (reborn.size === 0) return;
    interest.counters.askAgain(
      (counter) => reborn.has(values.bucketOf(counter)) && !values.get(counter),
    );
    this.wake();
  }

  private tellListeners(value: CounterValue): void {
    for (const listener of this.listeners.get(counterKey(value)) ?? []) listener(value);
  }
}
