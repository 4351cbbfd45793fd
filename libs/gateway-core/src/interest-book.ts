/**
 * Which counters the sockets of this gateway want, and what the home has been told of that.
 *
 * N1  a counter is wanted from its first holder until GRACE_MS after its last, so that people who
 *     come and go on a page cost no requests.
 * N2  one request is under way at a time, so the home hears of adds and drops in their order.
 * N3  once a request has failed nothing is known of what the home holds of it; what it said is said
 *     again.
 */
import {
  BODY_BYTES_MAX,
  INTEREST_COUNTERS_MAX,
  type InterestRequest,
  type WireCounter,
} from '@headcount/protocol';
import { counterKey, type CounterId, type CounterKey } from './counter-key.js';

/** How long a counter without a holder stays wanted. */
export const GRACE_MS = 5000;

/** Bytes of a counter in a request beside its page id and name. */
const ROW_BYTES = 8;

/** Bytes of a request beside its rows, with room to spare. */
const REQUEST_BYTES = 100;

interface Wanted {
  readonly counter: CounterId;
  holders: number;
  /** When the last holder let go; meaningless while there is one. */
  releasedMs: number;
}

export class InterestBook {
  private readonly wanted = new Map<CounterKey, Wanted>();
  /** Wanted, and not told to the home, or to be asked again for the sake of its value. */
  private readonly toAdd = new Map<CounterKey, CounterId>();
  private readonly toDrop = new Map<CounterKey, CounterId>();
  /** In the order in which the last holders let go, which is the order of their ends. */
  private readonly released = new Set<CounterKey>();
  private whole = true;
  private underWay: InterestRequest | null = null;

  /** How many counters are wanted, those in their grace included. */
  get size(): number {
    return this.wanted.size;
  }

  /** Whether anybody wants the counter. */
  wants(counter: CounterId): boolean {
    return this.wanted.has(counterKey(counter));
  }

  /** One more holder. */
  hold(counter: CounterId): void {
    const key = counterKey(counter);
    this.released.delete(key);
    const wanted = this.wanted.get(key);
    if (wanted !== undefined) {
      wanted.holders += 1;
      return;
    }
    this.wanted.set(key, { counter, holders: 1, releasedMs: 0 });
    this.toDrop.delete(key);
    this.toAdd.set(key, counter);
  }

  /** One holder less. */
  release(counter: CounterId, nowMs: number): void {
    const key = counterKey(counter);
    const wanted = this.wanted.get(key);
    if (wanted === undefined || wanted.holders === 0) return;
    wanted.holders -= 1;
    if (wanted.holders > 0) return;
    wanted.releasedMs = nowMs;
    this.released.add(key);
  }

  /** When the next grace ends, null where none runs. */
  get nextEndMs(): number | null {
    const [first] = this.released;
    const wanted = first === undefined ? undefined : this.wanted.get(first);
    return wanted === undefined ? null : wanted.releasedMs + GRACE_MS;
  }

  /** Lets go of the counters whose grace has ended, and gives them. Cost O(ended). */
  expire(nowMs: number): readonly CounterId[] {
    const ended: CounterId[] = [];
    for (const key of this.released) {
      const wanted = this.wanted.get(key);
      if (wanted === undefined || wanted.releasedMs + GRACE_MS > nowMs) break;
      this.released.delete(key);
      this.wanted.delete(key);
      this.toAdd.delete(key);
      this.toDrop.set(key, wanted.counter);
      ended.push(wanted.counter);
    }
    return ended;
  }

  /** The values of the wanted counters among these are needed anew. */
  askAgain(isMeant: (counter: CounterId) => boolean): void {
    for (const [key, { counter }] of this.wanted)
      if (isMeant(counter)) this.toAdd.set(key, counter);
  }

  /** The home holds nothing of ours, or not all: the next request tells it everything. */
  restate(): void {
    this.whole = true;
  }

  /**
   * The next request, or null where there is nothing to tell or one is under way. The caller sends
   * it and then says whether it has `succeeded` or `failed`. Cost O(what it tells).
   */
  takeRequest(): InterestRequest | null {
    if (this.underWay !== null) return null;
    if (!this.whole && this.toAdd.size === 0 && this.toDrop.size === 0) return null;
    const { whole } = this;
    if (whole) {
      this.toDrop.clear();
      for (const [key, { counter }] of this.wanted) this.toAdd.set(key, counter);
      this.whole = false;
    }
    const room = { bytes: BODY_BYTES_MAX - REQUEST_BYTES };
    const drop = takeFitting(this.toDrop, room);
    const add = takeFitting(this.toAdd, room);
    this.underWay = { whole, add, drop };
    return this.underWay;
  }

  /** The home has taken the request under way. */
  succeeded(): void {
    this.underWay = null;
  }

  /**
   * Whether the home has taken the request under way is not known, so it is told once more (N3).
   */
  failed(): void {
    if (this.underWay === null) return;
    const { whole, add, drop } = this.underWay;
    this.underWay = null;
    if (whole) this.whole = true;
    for (const counter of add.map(counterOf)) {
      if (this.wants(counter)) this.toAdd.set(counterKey(counter), counter);
    }
    for (const counter of drop.map(counterOf)) {
      if (!this.wants(counter)) this.toDrop.set(counterKey(counter), counter);
    }
  }
}

/** Takes counters out of a queue, as many as the room and the limit of a request allow. */
function takeFitting(queue: Map<CounterKey, CounterId>, room: { bytes: number }): WireCounter[] {
  const taken: WireCounter[] = [];
  for (const [key, { pageId, name }] of queue) {
    room.bytes -= Buffer.byteLength(key) + ROW_BYTES;
    if (room.bytes < 0 || taken.length === INTEREST_COUNTERS_MAX) break;
    taken.push([pageId, name]);
    queue.delete(key);
  }
  return taken;
}

const counterOf = ([pageId, name]: WireCounter): CounterId => ({ pageId, name });
