/** Keeps a home by syncing without end, as the gateway's HomeKeeper has it. */
import { HomeRing, type AskedSync, type SyncExchange } from '@headcount/gateway-core';
import { PATHS, err, type InstanceId, type Result, type SyncAnswer } from '@headcount/protocol';
import type { CallFailure, HttpClient } from '../core/http.js';
import type { Process } from '../core/process.js';
import type { Planned } from '../core/world.js';

const HURRY_MS = 250;

export interface Home {
  readonly client: HttpClient;
  readonly instance: InstanceId;
  readonly datagramPort: number | null;
}

export interface HomeKeeperOptions {
  readonly process: Process;
  readonly clients: readonly HttpClient[];
  readonly exchange: SyncExchange;
  readonly intervalMs: number;
  /** Where this gateway takes pushes. */
  readonly url: string;
}

export class HomeKeeper {
  private readonly ring: HomeRing<HttpClient>;
  private readonly listeners: ((home: Home) => void)[] = [];
  private home: Home | null = null;
  private running: Promise<void> | null = null;
  private timer: Planned | null = null;
  private hurried = false;
  private stopped = false;
  private lastBegunMs = -Infinity;

  constructor(private readonly options: HomeKeeperOptions) {
    this.ring = new HomeRing(options.clients);
  }

  get current(): Home | null {
    return this.home;
  }

  isHome(instance: string): boolean {
    return this.home !== null && this.home.client.receiver === instance;
  }

  onSynced(listener: (home: Home) => void): void {
    this.listeners.push(listener);
  }

  start(): void {
    this.schedule(0);
  }

  async call<T>(path: string, body: unknown, timeoutMs?: number): Promise<Result<T, CallFailure>> {
    const { home } = this;
    if (home === null) return err({ code: 'UNREACHABLE' });
    const answer = await home.client.call<T>(path, body, timeoutMs);
    if (!answer.ok || home.client.receiver !== home.instance) this.hurry();
    return answer;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.running;
  }

  private hurry(): void {
    this.hurried = true;
    if (this.running === null) this.scheduleNext();
  }

  private scheduleNext(): void {
    const pause = this.hurried ? HURRY_MS : this.options.intervalMs;
    this.schedule(this.lastBegunMs + pause - this.options.process.monotonicMs());
  }

  private schedule(inMs: number): void {
    if (this.stopped) return;
    this.timer?.cancel();
    this.timer = this.options.process.after(Math.max(inMs, 0), 'syncs', () => void this.run());
  }

  private async run(): Promise<void> {
    if (this.running !== null) return;
    this.hurried = false;
    this.lastBegunMs = this.options.process.monotonicMs();
    this.running = this.syncWithAny();
    await this.running;
    this.running = null;
    this.scheduleNext();
  }

  private async syncWithAny(): Promise<void> {
    for (const client of this.ring.candidates()) {
      if ((await this.syncWith(client)) || this.stopped) return;
    }
  }

  private async syncWith(client: HttpClient): Promise<boolean> {
    const { exchange, process, url } = this.options;
    const asked = exchange.ask(process.nextNumber(), url);
    const answer = await client.call<SyncAnswer>(PATHS.sync, asked.request);
    if (!answer.ok || client.receiver === null) return false;
    const { datagramPort } = answer.value;
    this.settle(
      { client, instance: client.receiver as InstanceId, datagramPort },
      asked,
      answer.value,
    );
    return true;
  }

  private settle(home: Home, asked: AskedSync, answer: SyncAnswer): void {
    const moved = this.home?.instance !== home.instance;
    this.ring.settle(home.client);
    this.home = home;
    this.options.exchange.take(asked, answer, moved, this.options.process.monotonicMs());
    for (const listener of this.listeners) listener(home);
  }
}
