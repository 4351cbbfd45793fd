import { ticksOf } from '@headcount/gateway-core';

/** Somebody who is to be shown something, and to how many. */
export interface Audience {
  readonly size: number;
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
  /** When each has last asked. */
  private readonly active = new Map<Audience, number>();
  private ticks = new Map<Audience, number>();
  private plannedMs = -Infinity;

  constructor(private readonly options: PacerOptions) {}

  /** The pause of this one, in milliseconds; asking for it tells that it has something to show, at that monotonic time. */
  pauseOf(audience: Audience, nowMs: number): number {
    this.active.set(audience, nowMs);
    if (nowMs - this.plannedMs >= PLAN_MS) this.plan(nowMs);
    return this.ticks.get(audience) ?? this.options.tickMs;
  }

  /** It has nothing to show any more. */
  forget(audience: Audience): void {
    this.active.delete(audience);
    this.ticks.delete(audience);
  }

  private plan(nowMs: number): void {
    for (const [audience, askedMs] of this.active) {
      const pauseMs = Math.max(PLAN_MS, this.ticks.get(audience) ?? 0);
      if (nowMs - askedMs > PAUSES_KEPT * pauseMs) this.active.delete(audience);
    }
    const all = [...this.active.keys()];
    const ticks = ticksOf(
      all.map(({ size }) => size),
      this.options,
    );
    this.ticks = new Map(all.map((audience, at) => [audience, ticks[at] ?? this.options.tickMs]));
    this.plannedMs = nowMs;
  }
}
