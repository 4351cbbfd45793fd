import { Logger } from '@nestjs/common';
import { HomeRing, type AskedSync, type SyncExchange } from '@headcount/gateway-core';
import {
  PATHS,
  err,
  syncAnswer,
  type InstanceId,
  type Result,
  type SyncAnswer,
} from '@headcount/protocol';
import type { CallFailure, Clock, SignedCall, SignedClient } from '@headcount/platform';
import type { UplinkMetrics } from './uplink-metrics.js';

/** Least pause between the beginnings of two syncs, however urgent the second. */
const HURRY_MS = 250;

/** The counter-api that this gateway talks to. */
export interface Home {
  readonly client: SignedClient;
  readonly instance: InstanceId;
  /** Where it takes datagrams; null: nowhere. */
  readonly datagramPort: number | null;
}

/**
 * Told after each sync that succeeded; `moved`: its home is another instance than the last one's.
 */
export type SyncedListener = (home: Home, moved: boolean) => void;

export interface HomeKeeperOptions {
  /** A client for each address, in the order of preference. */
  readonly clients: readonly SignedClient[];
  readonly exchange: SyncExchange;
  readonly intervalMs: number;
  /** A number above all that this instance has given out before. */
  readonly nextNumber: () => number;
  readonly clock: Clock;
  readonly metrics: UplinkMetrics;
}

/**
 * Keeps up the heartbeat, and with it a home: syncs without end, and moves on where there is no
 * answer.
 */
export class HomeKeeper {
  private readonly logger = new Logger(HomeKeeper.name);
  private readonly ring: HomeRing<SignedClient>;
  private readonly listeners: SyncedListener[] = [];
  private url = '';
  private home: Home | null = null;
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private hurried = false;
  private stopped = false;
  private lastBegunMs = -Infinity;
  private lastSyncedMs: number;
  private lastFault: string | null = 'no counter-api has been asked yet';

  constructor(private readonly options: HomeKeeperOptions) {
    this.ring = new HomeRing(options.clients);
    this.lastSyncedMs = options.clock.monotonicMs();
  }

  /**
   * The home, or null before the first sync has succeeded: until then this gateway is not
   * registered.
   */
  get current(): Home | null {
    return this.home;
  }

  /** Whether pushes of this instance are to be taken. */
  isHome(instance: InstanceId): boolean {
    // Asked of the client, for a restarted counter-api may push before the next sync has told of
    // it.
    return this.home !== null && this.home.client.receiver === instance;
  }

  /** Whether the last sync succeeded not long ago; else what is wrong, as a sentence. */
  wrong(): string | null {
    const silentMs = this.options.clock.monotonicMs() - this.lastSyncedMs;
    if (this.home !== null && silentMs < 3 * this.options.intervalMs) return null;
    const since = `for ${Math.round(silentMs / 1000)} s`;
    return `no sync with counter-api has succeeded ${since}: ${this.lastFault ?? 'it is slow to answer'}`;
  }

  /** Adds a listener. They are called in the order of adding. */
  onSynced(listener: SyncedListener): void {
    this.listeners.push(listener);
  }

  /** Begins to sync. `url` is where this gateway takes pushes. */
  start(url: string): void {
    this.url = url;
    this.schedule(0);
  }

  /**
   * Calls the home. If that fails, or another instance answers, the next sync comes soon: it finds
   * out who is there, and what has to be said again.
   */
  async call<T>(call: SignedCall<T>): Promise<Result<T, CallFailure>> {
    const { home } = this;
    if (home === null) return err({ code: 'UNREACHABLE', detail: 'there is no home yet' });
    const answer = await home.client.call(call);
    if (!answer.ok || home.client.receiver !== home.instance) this.hurry();
    return answer;
  }

  /**
   * No sync begins any more; resolves when the one under way has ended. The home stays as it is.
   */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  /** Ends the connections. Nothing that is still under way changes anything. */
  async close(): Promise<void> {
    await Promise.all(this.options.clients.map((client) => client.abort()));
  }

  private hurry(): void {
    this.hurried = true;
    if (this.running === null) this.scheduleNext();
  }

  private scheduleNext(): void {
    const pause = this.hurried ? HURRY_MS : this.options.intervalMs;
    this.schedule(this.lastBegunMs + pause - this.options.clock.monotonicMs());
  }

  private schedule(inMs: number): void {
    if (this.stopped) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), Math.max(inMs, 0));
  }

  private async run(): Promise<void> {
    if (this.running !== null) return;
    this.hurried = false;
    this.lastBegunMs = this.options.clock.monotonicMs();
    this.running = this.syncWithAny();
    await this.running;
    this.running = null;
    this.scheduleNext();
  }

  private async syncWithAny(): Promise<void> {
    const faults: string[] = [];
    for (const client of this.ring.candidates()) {
      const fault = await this.syncWith(client);
      if (fault === null) return;
      faults.push(`${client.url}: ${fault}`);
      if (this.stopped) return;
    }
    const told = faults.join('; ');
    if (told !== this.lastFault) this.logger.warn({ faults }, 'no counter-api answers a sync');
    this.lastFault = told;
  }

  /** What was wrong, or null where the sync succeeded. */
  private async syncWith(client: SignedClient): Promise<string | null> {
    const { exchange, nextNumber, metrics, clock } = this.options;
    const begunMs = clock.monotonicMs();
    const asked = exchange.ask(nextNumber(), this.url);
    const answer = await client.call({
      method: 'POST',
      path: PATHS.sync,
      body: asked.request,
      answer: syncAnswer,
    });
    const instance = client.receiver;
    if (!answer.ok || instance === null) {
      metrics.syncs.inc({ outcome: 'failed' });
      return answer.ok ? 'it does not say which instance it is' : answer.error.detail;
    }
    metrics.syncs.inc({ outcome: 'succeeded' });
    metrics.syncSeconds.observe((clock.monotonicMs() - begunMs) / 1000);
    this.settle({ client, instance, datagramPort: answer.value.datagramPort }, asked, answer.value);
    return null;
  }

  private settle(home: Home, asked: AskedSync, answer: SyncAnswer): void {
    const { exchange, metrics, clock, clients } = this.options;
    const moved = this.home?.instance !== home.instance;
    if (moved || this.lastFault !== null) {
      this.logger.log({ url: home.client.url, instance: home.instance, moved }, 'synced with home');
    }
    if (moved)
      for (const { url } of clients) metrics.homes.set({ url }, url === home.client.url ? 1 : 0);
    this.ring.settle(home.client);
    this.home = home;
    this.lastFault = null;
    this.lastSyncedMs = clock.monotonicMs();
    const impossible = exchange.take(asked, answer, moved, this.lastSyncedMs);
    if (impossible.length > 0) {
      metrics.impossibleStatements.inc(impossible.length);
      this.logger.warn({ buckets: impossible }, 'versions are stated that were never given out');
    }
    for (const listener of this.listeners) listener(home, moved);
  }
}
