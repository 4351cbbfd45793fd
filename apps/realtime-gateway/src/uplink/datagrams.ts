import { Logger } from '@nestjs/common';
import { DatagramLedger, HaveReceiver } from '@headcount/gateway-core';
import {
  encodeFeedDatagrams,
  withMac,
  type FeedSection,
  type HaveDatagram,
} from '@headcount/protocol';
import type { Clock, Instance, Keyring } from '@headcount/platform';
import { DatagramLink } from './datagram-link.js';
import type { DatagramMetrics } from './datagram-metrics.js';
import type { Home } from './home-keeper.js';

export interface DatagramsOptions {
  readonly instance: Instance;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly metrics: DatagramMetrics;
  /** The home has answered a datagram. */
  readonly answered: (have: HaveDatagram) => void;
  /** There is a socket to send through now. */
  readonly opened: () => void;
}

/** The way by UDP: sends feeds to the home, hears its answers, and knows whether any come. */
export class Datagrams {
  private readonly logger = new Logger(Datagrams.name);
  private readonly ledger = new DatagramLedger();
  private readonly haves: HaveReceiver;
  private readonly link: DatagramLink;
  private home: Home | null = null;

  constructor(private readonly options: DatagramsOptions) {
    const { instance, keyring } = options;
    this.haves = new HaveReceiver(instance.id, (...signed) => keyring.verify(...signed));
    this.link = new DatagramLink({
      received: (bytes) => this.received(bytes),
      failed: (error) => this.failed(error),
    });
  }

  /** Whether changes may be left to datagrams alone. */
  get work(): boolean {
    return this.ledger.work && this.link.open;
  }

  /** From now on speaks to this home; nothing changes where it is the same at the same port. */
  follow(home: Home): void {
    const former = this.home;
    this.home = home;
    const moved = former?.instance !== home.instance;
    if (moved) this.haves.expect(home.instance, this.options.instance.nextNumber());
    if (!moved && former.datagramPort === home.datagramPort) return;
    this.ledger.unprove();
    this.link.close();
    if (home.datagramPort === null) return;
    const { hostname } = new URL(home.client.url);
    void this.link.connect(hostname, home.datagramPort).then(() => this.options.opened());
  }

  /** Gives up datagrams that have waited too long for an answer. To be called before `work` is. */
  expire(nowMs: number): void {
    this.options.metrics.unanswered.inc(this.ledger.expire(nowMs));
    this.options.metrics.work.set(this.work ? 1 : 0);
  }

  /** Whether to send something only to find out whether it arrives. Asking counts as sending. */
  takeProbe(nowMs: number): boolean {
    return this.link.open && this.ledger.takeProbe(nowMs);
  }

  send(sections: readonly FeedSection[], nowMs: number): void {
    const { home } = this;
    if (home === null || sections.length === 0) return;
    const { instance, keyring, metrics } = this.options;
    const route = { keyId: keyring.keyId, sender: instance.id, receiver: home.instance };
    const nextNumber = (): number => {
      const number = instance.nextNumber();
      this.ledger.sent(number, nowMs);
      return number;
    };
    for (const unsigned of encodeFeedDatagrams(route, sections, nextNumber)) {
      this.link.send(withMac(unsigned, keyring.sign(unsigned)));
      metrics.sent.inc();
    }
  }

  close(): void {
    this.link.close();
  }

  private received(bytes: Uint8Array): void {
    const { clock, metrics, answered } = this.options;
    const have = this.haves.take(bytes);
    if (!have.ok) {
      metrics.dropped.inc({ reason: have.error });
      return;
    }
    this.ledger.answered(have.value.answers, clock.monotonicMs());
    metrics.work.set(1);
    answered(have.value);
  }

  private failed(error: Error): void {
    if (this.ledger.work) this.logger.warn({ err: error }, 'datagrams do not get through');
    this.ledger.unprove();
    this.options.metrics.work.set(0);
  }
}
