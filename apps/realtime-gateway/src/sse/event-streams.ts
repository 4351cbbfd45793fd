import type { ServerResponse } from 'node:http';
import type { Holder } from '@headcount/gateway-core';
import {
  addressKey,
  type ClientAddresses,
  type Clock,
  type CrowdedAddresses,
} from '@headcount/platform';
import { HeadcountError, err, ok, type Result } from '@headcount/protocol';
import type { ViewerQuotas, Whose } from '../quotas/viewer-quotas.js';
import type { Arrivals } from '../arrivals/arrivals.js';
import { whenExpired } from '../sockets/expiry.js';
import { drainAll } from '../sockets/drain-plan.js';
import { Room } from '../sockets/room.js';
import { EventStream } from './event-stream.js';
import type { StreamMetrics } from './stream-metrics.js';
import type { VanishedReaders } from './vanished-readers.js';

/** The setting that bounds the streams of one address. */
const CAP = 'SOCKETS_PER_ADDRESS_MAX';

export interface EventStreamsOptions {
  readonly metrics: StreamMetrics;
  readonly addresses: Pick<ClientAddresses, 'of'>;
  readonly crowded: Pick<CrowdedAddresses, 'note'>;
  readonly quotas: Pick<ViewerQuotas, 'enter'>;
  readonly arrivals: Pick<Arrivals, 'of'>;
  readonly streamsMax: number;
  readonly streamsPerAddressMax: number;
  readonly stuckMs: number;
  readonly beatMs: number;
  readonly vanished: Pick<VanishedReaders, 'watch'>;
  readonly drainMs: number;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** How long a token is taken after its end, in milliseconds. */
  readonly toleranceMs: number;
}

/** A stream, and what its operations hold. */
export interface TakenStream {
  readonly stream: EventStream;
  readonly holder: Holder;
}

/** Why there is no stream. */
type NoStream = 'SHUTTING_DOWN' | 'TOO_MANY';

/** The event streams of this gateway: how many there may be, and their end when it stops. */
export class EventStreams {
  private readonly open = new Set<EventStream>();
  private readonly room: Room;
  private lastSocketId = 0;
  private drained: Promise<void> | null = null;

  constructor(private readonly options: EventStreamsOptions) {
    const { streamsMax: max, streamsPerAddressMax: perAddressMax } = options;
    this.room = new Room({
      ...{ max, perAddressMax },
      entered: (address, held) =>
        options.crowded.note({ cap: CAP, address, held, max: perAddressMax }, held - 1),
    });
  }

  /**
   * Makes an answer a stream; `whose` null: of an unnamed viewer. It takes up room until the answer closes,
   * whatever becomes of it.
   */
  take(response: ServerResponse, whose: Whose | null): Result<TakenStream, HeadcountError> {
    const address = addressKey(this.options.addresses.of(response.req));
    const noRoom = this.noRoomFor(address);
    const entered =
      noRoom === null ? this.options.quotas.enter(whose, address) : err(new HeadcountError(noRoom));
    if (!entered.ok) {
      this.options.metrics.refused.inc({ code: entered.error.code });
      return entered;
    }
    const holder = entered.value;
    // Below zero, for those above it name WebSockets.
    this.lastSocketId -= 1;
    const { metrics, stuckMs, beatMs, vanished } = this.options;
    const stream = new EventStream(response, {
      ...{ socketId: this.lastSocketId, stuckMs, beatMs },
      stuck: () => metrics.stuck.inc(),
    });
    const unwatch = vanished.watch(response.req.socket, () => {
      metrics.vanished.inc();
      stream.destroy();
    });
    stream.onClose(unwatch);
    const { socket } = response.req;
    const shut = (): void => stream.endAfterFirst();
    if (socket.readableEnded) shut();
    else socket.once('end', shut);
    stream.onClose(() => socket.off('end', shut));
    metrics.opened.inc();
    metrics.open.inc();
    this.room.enter(address);
    this.open.add(stream);
    stream.onClose(() => {
      this.open.delete(stream);
      metrics.open.dec();
      this.room.leave(address);
      holder.leave();
    });
    return ok({ stream, holder });
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

  private endAll(): Promise<void> {
    return drainAll(this.open, {
      spreadMs: this.options.drainMs,
      end: (stream) => stream.end(),
      cut: (stream) => stream.destroy(),
    });
  }

  private noRoomFor(address: string): NoStream | null {
    if (this.drained !== null) return 'SHUTTING_DOWN';
    if (this.options.arrivals.of(address) !== 'in') return 'TOO_MANY';
    return this.room.admits(address, this.open.size) ? null : 'TOO_MANY';
  }
}
