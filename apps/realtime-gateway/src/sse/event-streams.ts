import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@headcount/platform';
import { err, ok, type Result } from '@headcount/protocol';
import { whenExpired } from '../sockets/expiry.js';
import { DRAIN_STEP_MS, drainPlan } from '../sockets/drain-plan.js';
import { EventStream } from './event-stream.js';
import type { StreamMetrics } from './stream-metrics.js';

/** Patience with what was written before a stream was told to end, in milliseconds. */
const CLOSE_MS_MAX = 1000;

export interface EventStreamsOptions {
  readonly metrics: StreamMetrics;
  readonly streamsMax: number;
  readonly streamsPerAddressMax: number;
  readonly stuckMs: number;
  readonly drainMs: number;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** How long a token is taken after its end, in milliseconds. */
  readonly toleranceMs: number;
}

/** Why there is no stream. */
export type NoStream = 'SHUTTING_DOWN' | 'TOO_MANY';

/** The event streams of this gateway: how many there may be, and their end when it stops. */
export class EventStreams {
  private readonly open = new Set<EventStream>();
  private readonly perAddress = new Map<string, number>();
  private lastSocketId = 0;
  private drained: Promise<void> | null = null;

  constructor(private readonly options: EventStreamsOptions) {}

  /** Makes an answer a stream. It takes up room until the answer closes, whatever becomes of it. */
  take(response: ServerResponse): Result<EventStream, NoStream> {
    const address = response.req.socket.remoteAddress ?? '';
    const noRoom = this.noRoomFor(address);
    if (noRoom !== null) {
      this.options.metrics.refused.inc({ code: noRoom });
      return err(noRoom);
    }
    // Below zero, for those above it name WebSockets.
    this.lastSocketId -= 1;
    const stream = new EventStream(response, {
      socketId: this.lastSocketId,
      stuckMs: this.options.stuckMs,
      stuck: () => this.options.metrics.stuck.inc(),
    });
    this.options.metrics.opened.inc();
    this.count(address, 1);
    this.open.add(stream);
    stream.onClose(() => {
      this.open.delete(stream);
      this.count(address, -1);
    });
    return ok(stream);
  }

  /** Ends a stream when the token ends that it was opened with; null: never. */
  endWhenExpired(stream: EventStream, expiresAtMs: number | null): void {
    const { clock, toleranceMs } = this.options;
    stream.onClose(whenExpired({ expiresAtMs, toleranceMs }, clock, () => stream.end()));
  }

  /** Opens no more streams, and ends all over some seconds; resolves when they have gone. */
  drain(): Promise<void> {
    return (this.drained ??= this.endAll());
  }

  private async endAll(): Promise<void> {
    for (const batch of drainPlan([...this.open], this.options.drainMs)) {
      for (const stream of batch) stream.end();
      await sleep(DRAIN_STEP_MS);
    }
    for (let waitedMs = 0; this.open.size > 0 && waitedMs < CLOSE_MS_MAX; waitedMs += DRAIN_STEP_MS)
      await sleep(DRAIN_STEP_MS);
    for (const stream of this.open) stream.destroy();
  }

  private noRoomFor(address: string): NoStream | null {
    const { streamsMax, streamsPerAddressMax } = this.options;
    if (this.drained !== null) return 'SHUTTING_DOWN';
    if (this.open.size >= streamsMax) return 'TOO_MANY';
    return (this.perAddress.get(address) ?? 0) >= streamsPerAddressMax ? 'TOO_MANY' : null;
  }

  private count(address: string, by: 1 | -1): void {
    const count = (this.perAddress.get(address) ?? 0) + by;
    if (count === 0) this.perAddress.delete(address);
    else this.perAddress.set(address, count);
    this.options.metrics.open.inc(by);
  }
}
