/**
 * Looks who is alive, and counts out the gateways that are not (DESIGN.md §6). Every counter-api looks: whoever
 * finds a gateway dead first reaps it, and to reap it twice changes nothing. When to look is its caller's.
 */
import type { PresenceStore, RegistryStore } from '@headcount/counter-store';
import { countOut } from './count-out.js';
import { NEVER_LOOKED, observe, type Heartbeat, type Liveness } from './liveness.js';

/** Gateways that are stored in some bucket; the sweep finds them. */
export interface StoredGateways {
  storedGateways(): Iterable<string>;
  /** The gateway was counted out of every bucket. */
  forgetGateway(gateway: string): void;
}

export interface LookerOptions {
  /** Who looks. */
  readonly instance: string;
  readonly buckets: number;
  /** Time between two looks, in milliseconds. */
  readonly periodMs: number;
  /** The looker's own clock, which never goes back. */
  readonly monotonicMs: () => number;
  readonly presence: PresenceStore;
  readonly gateways: RegistryStore;
  readonly counterApis: RegistryStore;
  readonly stored: StoredGateways;
  /** Told at each look of every gateway that is held for dead. */
  readonly onDead: (gateway: string) => void;
  /** Told of each gateway that was counted out of at least one bucket. */
  readonly onReaped: (gateway: string, buckets: number) => void;
}

export class Looker {
  private gateways: Liveness = NEVER_LOOKED;
  private counterApis: Liveness = NEVER_LOOKED;
  private alive: readonly string[] = [];
  private heartbeat = 0;
  private looking = false;

  constructor(private readonly options: LookerOptions) {}

  /** The counter-apis that the last look found and did not hold for dead; none after a failed look. */
  get living(): readonly string[] {
    return this.alive;
  }

  /** One look, unless one is under way. Never rejects. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      await this.lookOnce();
    } catch {
      // A failed look proves nothing of anyone: all counts start again (L2).
      [this.gateways, this.counterApis] = [NEVER_LOOKED, NEVER_LOOKED];
      this.alive = [];
    } finally {
      this.looking = false;
    }
  }

  /** A farewell spares the others eight seconds of waiting for a heartbeat; without Redis they will wait. */
  async farewell(): Promise<void> {
    const { counterApis, instance } = this.options;
    await counterApis.forget(instance, this.heartbeat).catch(() => false);
  }

  private async lookOnce(): Promise<void> {
    const { instance, counterApis, gateways, monotonicMs, periodMs } = this.options;
    this.heartbeat += 1;
    await counterApis.beat(instance, this.heartbeat);
    const [seenCounterApis, seenGateways] = await Promise.all([
      counterApis.look(),
      gateways.look(),
    ]);
    // What was just written must be read back, else this is not the Redis that the others write to.
    if (seenCounterApis.get(instance) !== this.heartbeat)
      throw new Error('the own heartbeat is not there');
    const atMs = monotonicMs();
    const heartbeats = this.withAbsent(seenGateways);
    const ofGateways = observe(this.gateways, { atMs, heartbeats }, periodMs);
    const ofCounterApis = observe(
      this.counterApis,
      { atMs, heartbeats: seenCounterApis },
      periodMs,
    );
    [this.gateways, this.counterApis] = [ofGateways.after, ofCounterApis.after];
    this.alive = [...seenCounterApis.keys()].filter((each) => !ofCounterApis.dead.has(each));
    for (const [gateway, heartbeat] of ofGateways.dead) {
      this.options.onDead(gateway);
      await this.reap(gateway, heartbeat);
    }
    await forgetAll(counterApis, ofCounterApis.dead);
  }

  /** The registry, and whoever is stored in a bucket without being in it. */
  private withAbsent(registry: ReadonlyMap<string, Heartbeat>): Map<string, Heartbeat> {
    const heartbeats = new Map<string, Heartbeat>(registry);
    for (const gateway of this.options.stored.storedGateways()) {
      if (!heartbeats.has(gateway)) heartbeats.set(gateway, null);
    }
    return heartbeats;
  }

  private async reap(gateway: string, heartbeat: Heartbeat): Promise<void> {
    const { presence, buckets, gateways, stored, onReaped } = this.options;
    const countedOut = await countOut(presence, gateway, buckets);
    if (heartbeat !== null) await gateways.forget(gateway, heartbeat);
    stored.forgetGateway(gateway);
    // One that has said goodbye to another counter-api is found here too, with nothing left of it.
    if (countedOut > 0) onReaped(gateway, countedOut);
  }
}

async function forgetAll(
  registry: RegistryStore,
  dead: ReadonlyMap<string, Heartbeat>,
): Promise<void> {
  for (const [instance, heartbeat] of dead) {
    if (heartbeat !== null) await registry.forget(instance, heartbeat);
  }
}
