/** One direction of a connection: what is put in comes out in its order, later, or not at all. */
import type { Process } from './process.js';
import type { Planned, World } from './world.js';

interface Message {
  readonly atMs: number;
  readonly what: string;
  readonly act: () => unknown;
}

export interface PipeOptions {
  readonly world: World;
  /** At whom it comes out. */
  readonly receiver: () => Process | null;
  /** How long the next message takes, in milliseconds. */
  readonly delayMs: () => number;
  /** Whether anything comes through now. What does not waits, as TCP has it. */
  readonly isOpen: () => boolean;
}

export class Pipe {
  private messages: Message[] = [];
  private next: Planned | null = null;

  constructor(private readonly options: PipeOptions) {}

  put(what: string, act: () => unknown): void {
    const { world, delayMs } = this.options;
    this.messages.push({ atMs: world.nowMs + delayMs(), what, act });
    this.plan();
  }

  /** The way may be open again. */
  kick(): void {
    this.plan();
  }

  /** The connection is gone, and with it what was under way. */
  clear(): void {
    this.messages = [];
    this.next?.cancel();
    this.next = null;
  }

  private plan(): void {
    const [first] = this.messages;
    const { world, receiver, isOpen } = this.options;
    if (first === undefined || this.next !== null || !isOpen()) return;
    this.next = world.after(first.atMs - world.nowMs, receiver(), first.what, () => {
      this.next = null;
      if (!isOpen()) return undefined;
      this.messages.shift();
      this.plan();
      return first.act();
    });
  }
}
