/** A timer of a virtual clock, for `clear`. */
export type TimerId = number;

interface Timer {
  readonly id: TimerId;
  readonly dueMs: number;
  readonly everyMs: number | undefined;
  readonly act: () => void;
}

/** Timers that fire within one `advance`, more of which would be a loop that never lets time pass. */
const FIRED_MAX = 1_000_000;

/**
 * Time that passes only when a test says so. Timers fire in the order of their times, those of one time in the
 * order they were set, each at its own `nowMs`; a timer may set and clear others.
 */
export class VirtualClock {
  private time: number;
  private lastId = 0;
  private readonly timers = new Map<TimerId, Timer>();

  /** `startMs` is the first `nowMs`, in milliseconds since 1970. */
  constructor(startMs = 0) {
    this.time = startMs;
  }

  /** Bound, so it can be handed on as a plain function. */
  readonly nowMs = (): number => this.time;

  /** How many timers are set. */
  get pending(): number {
    return this.timers.size;
  }

  /** Like the global setTimeout: calls `act` once, `delayMs` from now. */
  readonly setTimeout = (act: () => void, delayMs: number): TimerId => this.set(act, delayMs);

  /** Like the global setInterval. Throws where `everyMs` is not above 0, for then time would stand still. */
  readonly setInterval = (act: () => void, everyMs: number): TimerId => {
    if (!(everyMs > 0)) throw new Error(`An interval must be above 0 ms, but is ${everyMs}`);
    return this.set(act, everyMs, everyMs);
  };

  /** Takes back a timer of either kind; one that has fired or been cleared is none. */
  readonly clear = (id: TimerId): void => {
    this.timers.delete(id);
  };

  /** Lets `ms` pass and fires what falls due. Throws what a timer throws; time then stands where that happened. */
  advance(ms: number): void {
    const untilMs = this.time + ms;
    let fired = 0;
    for (let next = this.nextDue(untilMs); next !== undefined; next = this.nextDue(untilMs)) {
      this.fire(next);
      if ((fired += 1) > FIRED_MAX) throw new Error(`Timers keep firing at ${this.time} ms`);
    }
    this.time = untilMs;
  }

  /** Like `advance`, and gives promises the time to react before and after each timer. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.time + ms;
    await reactions();
    for (let next = this.nextDue(untilMs); next !== undefined; next = this.nextDue(untilMs)) {
      this.fire(next);
      await reactions();
    }
    this.time = untilMs;
  }

  private set(act: () => void, delayMs: number, everyMs?: number): TimerId {
    const id = (this.lastId += 1);
    this.timers.set(id, { id, act, everyMs, dueMs: this.time + Math.max(delayMs, 0) });
    return id;
  }

  private nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers.values()) {
      const isEarlier = next === undefined || timer.dueMs < next.dueMs;
      if (timer.dueMs <= untilMs && isEarlier) next = timer;
    }
    return next;
  }

  private fire(timer: Timer): void {
    this.time = timer.dueMs;
    // Set anew at the end of the map: among timers of one time it comes after those set before.
    this.timers.delete(timer.id);
    if (timer.everyMs !== undefined) {
      this.timers.set(timer.id, { ...timer, dueMs: timer.dueMs + timer.everyMs });
    }
    timer.act();
  }
}

/** One turn of the event loop, after all promises that can settle have done so. */
function reactions(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
