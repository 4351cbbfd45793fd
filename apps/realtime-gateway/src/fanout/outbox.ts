import type { Duplex } from 'node:stream';
import { headerBytes, writeHeader } from '@headcount/gateway-core';
import type { FanoutMetrics } from './fanout-metrics.js';

/** A message that is made of what only one socket has and of what many share. */
export interface Letter {
  /** What comes before the shared part, and how long it is in bytes. */
  readonly head: string;
  readonly headBytes: number;
  /** The shared part by now: a value that nobody has taken is replaced by the next one. */
  readonly body: Buffer | null;
}

export interface OutboxOptions {
  /** The connection under the WebSocket: whole frames are written to it, between those of `ws`. */
  readonly connection: Duplex;
  /** Whether frames may still be sent. */
  readonly isOpen: () => boolean;
  /** How long a socket may take nothing in while there is something for it. */
  readonly slowMs: number;
  readonly onSlow: () => void;
  readonly metrics: Pick<FanoutMetrics, 'deliveries' | 'skipped'>;
}

/** Most bytes that wait in this process for one socket. */
export const HELD_BYTES_MAX = 65_536;

const TAIL = '}';

/**
 * What is to be sent to one socket: of each operation the latest value at most. All that has changed goes as one write, for
 * writes are what costs; a socket that is slow to take it in skips values and never queues them.
 */
export class Outbox {
  private readonly letters = new Set<Letter>();
  private patience: NodeJS.Timeout | null = null;

  constructor(private readonly options: OutboxOptions) {}

  /** There is a newer value of this one. Sent by `flush`. */
  put(letter: Letter): void {
    const { size } = this.letters;
    this.letters.add(letter);
    if (this.letters.size === size) this.options.metrics.skipped.inc();
  }

  /** It is no longer wanted. */
  take(letter: Letter): void {
    this.letters.delete(letter);
  }

  /** Sends what there is, as far as the socket takes it in. */
  flush(): void {
    const { connection, isOpen, metrics } = this.options;
    if (this.letters.size === 0 || this.patience !== null) return;
    if (!isOpen()) return this.letters.clear();
    let bytes = 0;
    for (const { headBytes, body } of this.letters) {
      const length = headBytes + (body?.length ?? 0) + TAIL.length;
      bytes += headerBytes(length) + length;
    }
    const held = connection.writableLength;
    // What is too large by itself goes when nothing else waits.
    if (held > 0 && held + bytes > HELD_BYTES_MAX) return this.wait();
    const frames = Buffer.allocUnsafe(bytes);
    let at = 0;
    for (const letter of this.letters) at = write(letter, frames, at);
    metrics.deliveries.inc(this.letters.size);
    this.letters.clear();
    connection.write(frames);
  }

  /** Nothing is sent any more. */
  close(): void {
    this.letters.clear();
    this.rest();
  }

  private wait(): void {
    const { connection, slowMs, onSlow } = this.options;
    this.patience = setTimeout(onSlow, slowMs);
    connection.once('drain', this.goOn);
  }

  private readonly goOn = (): void => {
    this.rest();
    this.flush();
  };

  private rest(): void {
    if (this.patience === null) return;
    clearTimeout(this.patience);
    this.patience = null;
    this.options.connection.off('drain', this.goOn);
  }
}

function write({ head, headBytes, body }: Letter, target: Buffer, from: number): number {
  const bodyBytes = body?.length ?? 0;
  let at = writeHeader(target, from, headBytes + bodyBytes + TAIL.length);
  // An id is ASCII as a rule, which is written much faster.
  if (headBytes === head.length) target.write(head, at, 'latin1');
  else target.write(head, at);
  at += headBytes;
  body?.copy(target, at);
  at += bodyBytes;
  target[at] = TAIL.charCodeAt(0);
  return at + TAIL.length;
}
