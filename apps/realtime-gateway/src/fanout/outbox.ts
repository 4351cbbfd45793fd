import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { FanoutMetrics } from './fanout-metrics.js';
import type { FrameMaker } from './frame-maker.js';
import type { Flusher } from './flusher.js';
import type { Heading } from './heading.js';

/** A message that is made of what only one socket has and of what many share. */
export interface Letter {
  readonly heading: Heading;
  /** The shared part by now: a value that nobody has taken is replaced by the next one. */
  readonly body: Buffer | null;
  /** Whether it waits in its outbox, and who waits behind it. Written by the outbox alone. */
  waits: boolean;
  next: Letter | null;
}

/** The connection under a WebSocket: whole frames are written to it, between those of `ws`. */
type Wire = Pick<Duplex, 'write' | 'writableLength' | 'once' | 'off'>;

/** What the outboxes of a server have in common. */
export interface OutboxRules {
  /** How long a socket may take nothing in while there is something for it. */
  readonly slowMs: number;
  readonly flusher: Flusher;
  readonly metrics: Pick<FanoutMetrics, 'skipped'>;
  /** A socket has taken nothing in for too long. */
  readonly onSlow: (socket: WebSocket) => void;
}

/** Most bytes that wait in this process for one socket. */
export const HELD_BYTES_MAX = 65_536;

/** WebSocket.OPEN */
const OPEN = 1;

/**
 * What is to be sent to one socket: of each operation the latest value at most. All that has changed goes as one write, for
 * writes are what costs; a socket that is slow to take it in skips values and never queues them.
 */
export class Outbox {
  /** Whether it is to be flushed. Written by the flusher alone. */
  isDue = false;
  /** How many values wait. */
  size = 0;
  /** Those that wait, each with the one behind it: an array would be made anew for each value that is sent. */
  private first: Letter | null = null;
  private last: Letter | null = null;
  /** What ends waiting for a socket that is slow; null: it is not. */
  private rest: (() => void) | null = null;

  constructor(
    private readonly wire: Wire,
    private readonly socket: WebSocket,
    private readonly rules: OutboxRules,
  ) {}

  /** There is a newer value of this one. Sent at the end of the turn, if the socket takes it in. */
  put(letter: Letter): void {
    const { flusher, metrics } = this.rules;
    if (letter.waits) return metrics.skipped.inc();
    letter.waits = true;
    if (this.last === null) this.first = letter;
    else this.last.next = letter;
    this.last = letter;
    this.size += 1;
    flusher.later(this);
  }

  /** It is no longer wanted. */
  drop(letter: Letter): void {
    if (!letter.waits) return;
    const others: Letter[] = [];
    for (let each = this.first; each !== null; each = each.next)
      if (each !== letter) others.push(each);
    this.clear();
    for (const each of others) this.put(each);
  }

  /** Takes the frames of all that waits, to be sent; null: there is nothing, or the socket has to take in more first. */
  take(maker: FrameMaker): Buffer | null {
    const { first } = this;
    if (first === null || this.rest !== null) return null;
    if (this.socket.readyState !== OPEN) {
      this.clear();
      return null;
    }
    const frames = maker.framesFrom(first);
    const { writableLength: held } = this.wire;
    // What is too large by itself goes when nothing else waits.
    if (held > 0 && held + frames.length > HELD_BYTES_MAX) {
      this.wait();
      return null;
    }
    this.clear();
    return frames;
  }

  send(frames: Buffer): void {
    // What has to wait must not keep alive what was allocated together with it.
    this.wire.write(this.wire.writableLength === 0 ? frames : alone(frames));
  }

  /** Nothing is sent any more. */
  close(): void {
    this.clear();
    this.rest?.();
  }

  private clear(): void {
    let each = this.first;
    while (each !== null) {
      const { next }: Letter = each;
      each.waits = false;
      each.next = null;
      each = next;
    }
    this.first = null;
    this.last = null;
    this.size = 0;
  }

  /** Goes on once the socket has taken in what it was sent; if it does not, that is told. */
  private wait(): void {
    const { wire, socket, rules } = this;
    const patience = setTimeout(() => rules.onSlow(socket), rules.slowMs);
    const goOn = (): void => {
      this.rest?.();
      rules.flusher.later(this);
    };
    wire.once('drain', goOn);
    this.rest = () => {
      this.rest = null;
      clearTimeout(patience);
      wire.off('drain', goOn);
    };
  }
}

function alone(frames: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(frames.length);
  copy.set(frames);
  return copy;
}
