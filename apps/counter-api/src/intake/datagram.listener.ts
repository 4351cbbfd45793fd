import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Counter } from 'prom-client';
import {
  CONFIG,
  INSTANCE,
  Keyrings,
  Metrics,
  type Instance,
  type Keyring,
} from '@headcount/platform';
import {
  decodeDatagram,
  encodeHave,
  misplaced,
  withMac,
  type DropReason,
  type FeedDatagram,
  type HaveSection,
} from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { KnownGateways } from './known-gateways.js';

/** Kernel buffer for what arrives in a burst, in bytes. */
const RECEIVE_BUFFER_BYTES = 4 * 1_048_576;

/** What the listener works with beside Redis. */
@Injectable()
export class DatagramParts {
  readonly keyring: Keyring;

  constructor(
    @Inject(Keyrings) keyrings: Keyrings,
    @Inject(INSTANCE) readonly instance: Instance,
    @Inject(KnownGateways) readonly gateways: KnownGateways,
    @Inject(Metrics) readonly metrics: Metrics,
  ) {
    this.keyring = keyrings.of('gateway');
  }
}

/** Takes gateways' datagrams and answers each valid one: docs/protocol.md §3. */
@Injectable()
export class DatagramListener implements OnApplicationShutdown {
  private socket: Socket | null = null;
  private readonly taken: Counter;
  private readonly dropped: Counter<'reason'>;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(DatagramParts) private readonly parts: DatagramParts,
  ) {
    const { metrics } = parts;
    this.taken = metrics.counter({
      name: 'datagrams_taken_total',
      help: 'Datagrams applied and answered.',
    });
    this.dropped = metrics.counter({
      name: 'datagrams_dropped_total',
      help: 'Datagrams dropped without an answer.',
      labelNames: ['reason'],
    });
  }

  /** Binds the port. Rejects with the error of the system, as when it is taken. */
  async listen(port: number): Promise<void> {
    const { INTERNAL_HOST } = this.config;
    const socket = createSocket({
      type: INTERNAL_HOST.includes(':') ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES,
    });
    socket.bind(port, INTERNAL_HOST);
    await once(socket, 'listening');
    socket.on('message', (bytes, from) => void this.take(bytes, from));
    // Sending to a gateway that is gone may be reported here; its next sync tells more than the report.
    socket.on('error', () => undefined);
    this.socket = socket;
    this.parts.gateways.datagramPort =
      this.config.DATAGRAM_PORT_ADVERTISED ?? socket.address().port;
  }

  onApplicationShutdown(): void {
    this.parts.gateways.datagramPort = null;
    this.socket?.close();
    this.socket = null;
  }

  private async take(bytes: Uint8Array, from: RemoteInfo): Promise<void> {
    const datagram = this.admit(bytes);
    if (typeof datagram === 'string') {
      this.dropped.inc({ reason: datagram });
      return;
    }
    try {
      const sections = await this.apply(datagram);
      this.taken.inc();
      this.answer(datagram, sections, from);
    } catch {
      // No answer: the gateway sends it again, or its sync finds out.
      this.dropped.inc({ reason: 'store_unavailable' });
    }
  }

  /** The datagram, or why it is dropped. */
  private admit(bytes: Uint8Array): FeedDatagram | DropReason {
    const { keyring, instance, gateways } = this.parts;
    const decoded = decodeDatagram(bytes, (keyId, signed, mac) =>
      keyring.verify(keyId, signed, mac),
    );
    if (!decoded.ok) return decoded.error;
    const datagram = decoded.value;
    if (datagram.type !== 'feed') return 'malformed';
    const wrong = misplaced(datagram, instance.id, this.config.BUCKETS);
    if (wrong !== null) return wrong;
    if (!gateways.get(datagram.sender)) return 'unknown_instance';
    if (!gateways.takesNumber(datagram.sender, datagram.number)) return 'old_number';
    return this.store.isReady() ? datagram : 'store_unavailable';
  }

  private apply({ sender, sections }: FeedDatagram): Promise<HaveSection[]> {
    return Promise.all(
      sections.map(async ({ bucket, from, to, entries }) => {
        const changes = entries.map(({ pageId, viewers, connections }) => ({
          key: pageId,
          value: { viewers, connections },
          version: to,
        }));
        const { stored } = await this.store.presence.apply(sender, bucket, {
          from,
          to,
          entries: changes,
        });
        return { bucket, stored };
      }),
    );
  }

  private answer(datagram: FeedDatagram, sections: readonly HaveSection[], to: RemoteInfo): void {
    const { keyring, instance } = this.parts;
    const route = { keyId: keyring.keyId, sender: instance.id, receiver: datagram.sender };
    const have = encodeHave(route, instance.nextNumber(), datagram.number, sections);
    this.socket?.send(withMac(have, keyring.sign(have)), to.port, to.address);
  }
}
