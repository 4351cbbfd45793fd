import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Random } from './seeded-random.js';

/** How badly datagrams travel, each way. Ratios are from 0 to 1. */
export interface UdpFaults {
  readonly lossRatio: number;
  readonly duplicateRatio: number;
  /** Part of the datagrams that are held back by up to `delayMsMax`, so that later ones overtake them. */
  readonly delayRatio: number;
  readonly delayMsMax: number;
}

export const NO_FAULTS: UdpFaults = {
  lossRatio: 0,
  duplicateRatio: 0,
  delayRatio: 0,
  delayMsMax: 0,
};
/** Nothing arrives. */
export const BLOCKED: UdpFaults = { ...NO_FAULTS, lossRatio: 1 };

/** Stands before a UDP port, for many senders and the answers to them, and loses, repeats and delays datagrams. */
export class UdpProxy {
  faults: UdpFaults = NO_FAULTS;
  /** What has happened so far, for a test to show that something did. */
  readonly seen = { passed: 0, lost: 0, duplicated: 0, delayed: 0 };
  private readonly ways = new Map<string, Socket>();
  private closed = false;

  private constructor(
    private readonly front: Socket,
    private readonly targetPort: number,
    private readonly random: Random,
  ) {
    front.on('message', (bytes, { port, address }) => {
      this.carry(bytes, (copy) =>
        this.wayOf(port, address).send(copy, this.targetPort, '127.0.0.1'),
      );
    });
  }

  /** Listens on `port` of 127.0.0.1 (0: a free one) and passes on to `targetPort` there. `random` decides what happens to each. */
  static async to(targetPort: number, random: Random, port = 0): Promise<UdpProxy> {
    const front = createSocket('udp4');
    front.bind(port, '127.0.0.1');
    await once(front, 'listening');
    return new UdpProxy(front, targetPort, random);
  }

  get port(): number {
    return this.front.address().port;
  }

  close(): void {
    this.closed = true;
    this.front.close();
    for (const way of this.ways.values()) way.close();
  }

  /** A socket of its own for each sender, so that answers find their way back. */
  private wayOf(port: number, address: string): Socket {
    const name = `${address}:${port}`;
    let way = this.ways.get(name);
    if (!way) {
      way = createSocket('udp4');
      way.on('message', (bytes) =>
        this.carry(bytes, (copy) => this.front.send(copy, port, address)),
      );
      this.ways.set(name, way);
    }
    return way;
  }

  private carry(bytes: Buffer, send: (bytes: Buffer) => void): void {
    const { lossRatio, duplicateRatio, delayRatio, delayMsMax } = this.faults;
    if (this.random() < lossRatio) {
      this.seen.lost += 1;
      return;
    }
    const copies = this.random() < duplicateRatio ? 2 : 1;
    this.seen.duplicated += copies - 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.random() >= delayRatio) this.deliver(bytes, send);
      else {
        this.seen.delayed += 1;
        setTimeout(() => this.deliver(bytes, send), this.random() * delayMsMax).unref();
      }
    }
  }

  private deliver(bytes: Buffer, send: (bytes: Buffer) => void): void {
    if (this.closed) return;
    this.seen.passed += 1;
    send(bytes);
  }
}
