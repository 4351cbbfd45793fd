import { ticksOf } from '@headcount/gateway-core';

/** Somebody who is to be shown something, and to how many. */
export interface Audience {
  readonly size: number;
  /** What it has of the budget; a map of all would be looked up for each value. Written by the pacer alone. */
  pace: Pace | null;
}

/** When an audience has last asked, and how long it waits. */
export interface Pace {
  askedMs: number;
  pauseMs: number;
}

export interface PacerOptions {
  /** Writes to sockets that all of them together may take. */
  readonly writesPerSecond: number;
  /** The pause where that is enough, in milliseconds. */
  readonly tickMs: number;
}

/** So often the shares are made anew. */
const PLAN_MS = 1000;
/** Whoever has had nothing to show for so many of its pauses has no share any more. */
const PAUSES_KEPT = 2;

/**
 * How long each audience waits between two showings (DESIGN.md §9). Whoever has been shown something of late has a share
 * of the budget.
 */
export class Pacer {
  private readonly active = new Map<Audience, Pace>();
  private plannedMs = -Infinity;

  constructor(private readonly options: PacerOptions) {}

  /** The pause of this one, in milliseconds; asking for it tells that it has something to show, at that monotonic time. */
  pauseOf(audience: Audience, nowMs: number): number {
    audience.pace ??= this.enter(audience);
    audience.pace.askedMs = nowMs;
    if (nowMs - this.plannedMs >= PLAN_MS) this.plan(nowMs);
    return audience.pace.pauseMs;
  }

  /** It has nothing to show any more. */
  forget(audience: Audience): void {
    this.active.delete(audience);
    audience.pace = null;
  }

  private enter(audience: Audience): Pace {
    const pace = { askedMs: 0, pauseMs: this.options.tickMs };
    this.active.set(audience, pace);
    return pace;
  }

  private plan(nowMs: number): void {
    for (const [audience, { askedMs, pauseMs }] of this.active)
      if (nowMs - askedMs > PAUSES_KEPT * Math.max(PLAN_MS, pauseMs)) this.forget(audience);
    const sizes = [...this.active.keys()].map(({ size }) => size);
    const ticks = ticksOf(sizes, this.options);
    const paces = [...this.active.values()];
    for (const [at, pace] of paces.entries()) pace.pauseMs = ticks[at] ?? this.options.tickMs;
    this.plannedMs = nowMs;
  }
}
