/**
 * Virtual time, and everything that happens in it.
 *
 * S1  events happen one after the other; between two of them every promise that can settle has done so.
 * S2  whatever is drawn comes from the seed, from a stream of its own for each purpose: a fault that is left out
 *     leaves the other draws as they are.
 */
import { hash32 } from '@headcount/protocol';
import { seededRandom, type Random } from '@headcount/testing';
import { EventQueue, type Event } from './event-queue.js';
import type { Process } from './process.js';

/** What the clocks of machines show at virtual time 0, in milliseconds since 1970. */
const EPOCH_MS = 1_700_000_000_000;

/** A timer or a message under way; `cancel` takes it back. */
export interface Planned {
  cancel(): void;
}

export class World {
  /** Milliseconds since the beginning; never goes back. */
  nowMs = 0;
  /** One line an event, where it is asked for. */
  readonly trace: string[] | null;
  /** Events that have happened. */
  happened = 0;
  /** What was seen to be wrong; the first of it ends the world. */
  halted: readonly string[] = [];
  private readonly queue = new EventQueue();
  private sequence = 0;

  constructor(
    readonly seed: number,
    options: { readonly trace: boolean },
  ) {
    this.trace = options.trace ? [] : null;
  }

  /** A stream of draws of this seed. */
  stream(name: string): Random {
    return seededRandom(hash32(`${this.seed} ${name}`));
  }

  /** What a right clock shows. */
  wallMs(): number {
    return EPOCH_MS + this.nowMs;
  }

  /** Has `act` happen in `delayMs`, unless its owner has died by then. */
  after(delayMs: number, owner: Process | null, what: string, act: () => unknown): Planned {
    const atMs = this.nowMs + Math.max(0, Math.ceil(delayMs));
    const event: Event = { atMs, sequence: (this.sequence += 1), owner, what, act };
    this.queue.push(event);
    return {
      cancel: () => {
        event.act = null;
      },
    };
  }

  /** Puts back what could not happen while its owner was paused. */
  again(event: Event): void {
    if (event.act !== null) this.after(0, event.owner, event.what, event.act);
  }

  /** Something is wrong, if anything: nothing happens any more. */
  halt(wrong: readonly string[]): void {
    if (this.halted.length === 0) this.halted = wrong;
  }

  /** Writes a line into the trace that is no event of its own. */
  note(line: string): void {
    this.trace?.push(`${this.nowMs} ${line}`);
  }

  /** Lets everything happen up to and including `untilMs`. */
  async run(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.queue.first;
      if (next === undefined || next.atMs > untilMs) break;
      if (this.halted.length > 0) return;
      this.queue.pop();
      if (next.act === null || (next.owner !== null && !next.owner.admits(next))) continue;
      this.nowMs = next.atMs;
      this.happened += 1;
      this.trace?.push(`${next.atMs} ${next.owner?.name ?? '-'} ${next.what}`);
      const outcome = next.act();
      if (outcome instanceof Promise) await outcome;
      await reactions();
    }
    this.nowMs = untilMs;
  }
}

/** One turn of the event loop, after all promises that can settle have done so. */
function reactions(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
