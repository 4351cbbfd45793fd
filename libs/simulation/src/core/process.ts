/**
 * A process of an app on a machine: it may be paused, which defers all that happens to it, and it may die, which
 * ends all of that. The host, its address, outlives it.
 */
import type { Random } from '@headcount/testing';
import type { Event } from './event-queue.js';
import type { Planned, World } from './world.js';

/** An app's process, or a machine in the way of messages. */
export class Process {
  private dead = false;
  private pausedUntilMs = -1;
  private deferred: Event[] = [];
  private lastNumber = 0;

  /** `clock.skewMs`: by how much its machine's clock is wrong. */
  constructor(
    readonly world: World,
    readonly name: string,
    private readonly clock: { readonly skewMs: number },
    private readonly random: Random,
  ) {}

  get alive(): boolean {
    return !this.dead;
  }

  get paused(): boolean {
    return this.pausedUntilMs > this.world.nowMs;
  }

  /** What this machine's clock shows; it may step. */
  readonly nowMs = (): number => this.world.wallMs() + this.clock.skewMs;

  /** Never goes back. */
  readonly monotonicMs = (): number => this.world.nowMs;

  /** From 0 up to 1. */
  readonly draw = (): number => this.random();

  /** Random hex digits. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += Math.floor(this.random() * 16).toString(16);
    return text;
  }

  /** A number above all that this process has given out before. */
  readonly nextNumber = (): number => (this.lastNumber += 1);

  /** Something comes to it from the network: at once, or when it goes on. */
  receive(what: string, act: () => unknown): unknown {
    if (this.dead) return undefined;
    if (!this.paused) return act();
    return this.after(0, what, act);
  }

  after(delayMs: number, what: string, act: () => unknown): Planned {
    return this.world.after(delayMs, this, what, act);
  }

  /** Like setInterval: after a pause it goes on once, not once for each time missed. */
  every(periodMs: number, what: string, act: () => unknown): void {
    this.after(periodMs, what, () => {
      this.every(periodMs, what, act);
      act();
    });
  }

  /** Nothing happens in it for so long; what should have happens afterwards, in its order. */
  pause(forMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.world.nowMs + forMs);
    this.world.after(forMs, null, `${this.name} may go on`, () => this.goOn());
  }

  /** It ends in the midst of what it does. */
  crash(): void {
    this.dead = true;
    this.deferred = [];
  }

  /** Whether the event may happen now; one that may not is kept, or dropped for good. */
  admits(event: Event): boolean {
    if (this.dead) return false;
    if (!(event.atMs < this.pausedUntilMs)) return true;
    this.deferred.push(event);
    return false;
  }

  private goOn(): void {
    if (this.paused) return;
    const events = this.deferred;
    this.deferred = [];
    for (const event of events) this.world.again(event);
  }
}
