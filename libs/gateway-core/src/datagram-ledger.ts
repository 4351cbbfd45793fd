/**
 * Which datagrams have been answered, and with that whether datagrams get through at all.
 *
 * L1  they are held to work from an answer on, until UNANSWERED_MAX sent after the last answer get
 *     none, or a socket fails.
 * L2  until they are known to work every change goes by post; now and then one goes by datagram as
 *     well, so that a way that has opened is found.
 */
import { RETRANSMIT_MS } from './bucket-feed.js';

/** A change and its repetitions without any answer: datagrams do not get through. */
export const UNANSWERED_MAX = 4;

/** Pause between two datagrams sent only to find out whether they get through. */
export const PROBE_EVERY_MS = 1000;

export class DatagramLedger {
  /** Number -> when it was sent, in the order of sending. */
  private readonly waiting = new Map<number, number>();
  private lastAnsweredMs = -Infinity;
  private unansweredSince = 0;
  private proven = false;
  private lastProbeMs = -Infinity;

  /** Whether the last that is known of datagrams is that they get through. */
  get work(): boolean {
    return this.proven;
  }

  /** A datagram has been handed to the network. */
  sent(number: number, nowMs: number): void {
    this.waiting.set(number, nowMs);
  }

  /** An answer to a datagram has come, late ones included. */
  answered(number: number, nowMs: number): void {
    this.waiting.delete(number);
    this.lastAnsweredMs = nowMs;
    this.unansweredSince = 0;
    this.proven = true;
  }

  /** Gives up those that waited too long, and says how many they are. Cost O(given up). */
  expire(nowMs: number): number {
    let expired = 0;
    for (const [number, sentMs] of this.waiting) {
      if (nowMs - sentMs < RETRANSMIT_MS) break;
      this.waiting.delete(number);
      expired += 1;
      // One that was lost while others got through only says that some are lost.
      if (sentMs > this.lastAnsweredMs) this.unansweredSince += 1;
    }
    if (this.unansweredSince >= UNANSWERED_MAX) this.proven = false;
    return expired;
  }

  /** The socket reports that nothing gets through, or there is another receiver to be tried. */
  unprove(): void {
    this.waiting.clear();
    this.unansweredSince = 0;
    this.proven = false;
    this.lastProbeMs = -Infinity;
  }

  /** Whether to send a datagram only to find out; asking counts as having sent it. */
  takeProbe(nowMs: number): boolean {
    if (this.proven || nowMs - this.lastProbeMs < PROBE_EVERY_MS) return false;
    this.lastProbeMs = nowMs;
    return true;
  }
}
