import type { Clock } from '@headcount/platform';

/** When a socket is taken for gone. */
export interface KeepAliveTimes {
  /** Pause after a pong before the next ping. */
  readonly pingIntervalMs: number;
  /** Patience for the pong. */
  readonly pongTimeoutMs: number;
}

/** What is done with a socket. */
interface Pinged {
  ping(): void;
  /** Ends it without ceremony. */
  terminate(): void;
}

/** What is due so soon is done at once, so that many sockets share a timer. */
const TOGETHER_MS = 50;

/**
 * Pings sockets until they close, and ends those without ceremony whose pong is missing: whoever is at the other end is gone
 * or takes nothing in, so a close could not be said either. A vanished socket is found after at most the sum of the two times.
 * One timer serves all: a timer a socket is memory, and they wait equally long, so that who comes first is due first.
 */
export class KeepAlive<S extends Pinged> {
  /** Sockets that rest, and when they are pinged; the first is due first. */
  private readonly resting = new Map<S, number>();
  /** Sockets that were pinged, and when they are given up; the first is due first. */
  private readonly asked = new Map<S, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly times: KeepAliveTimes,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  /** A socket is there: it is new, or it has answered. */
  heard(socket: S): void {
    this.asked.delete(socket);
    this.resting.delete(socket);
    this.resting.set(socket, this.now() + this.times.pingIntervalMs);
    this.await();
  }

  /** A socket has closed. */
  forget(socket: S): void {
    this.asked.delete(socket);
    this.resting.delete(socket);
    if (this.resting.size + this.asked.size > 0 || this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
  }

  private turn(): void {
    this.timer = null;
    const soonMs = this.now() + TOGETHER_MS;
    for (const [socket, dueMs] of this.asked) {
      if (dueMs > soonMs) break;
      this.asked.delete(socket);
      socket.terminate();
    }
    for (const [socket, dueMs] of this.resting) {
      if (dueMs > soonMs) break;
      this.resting.delete(socket);
      this.asked.set(socket, this.now() + this.times.pongTimeoutMs);
      socket.ping();
    }
    this.await();
  }

  private await(): void {
    if (this.timer !== null) return;
    const [[, pingMs] = [null, Infinity]] = this.resting;
    const [[, endMs] = [null, Infinity]] = this.asked;
    const dueMs = Math.min(pingMs, endMs);
    if (dueMs < Infinity) this.timer = setTimeout(() => this.turn(), dueMs - this.now());
  }

  /** In whole milliseconds, which take no memory of their own. */
  private now(): number {
    return Math.floor(this.clock.monotonicMs());
  }
}
