/** Makes the faults of a plan happen, each at its time, and heals it. */
import type { Cluster } from '../cluster.js';
import { QUIET } from '../core/network.js';
import type { Crowd } from '../crowd/crowd.js';
import type { Ledger } from '../crowd/ledger.js';
import type { RedisPart } from '../redis/redis-part.js';
import type { Snapshot } from '../redis/real-redis.js';
import type { Fault } from './fault.js';

/** Of whom a fault is: a kind of fault with what belongs to it. */
type Of<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>;

/** An operator tries again after so long. */
const RETIRE_EVERY_MS = 1000;

export class FaultMaker {
  /** Hosts that will start again. */
  private starting = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly crowd: Crowd,
    private readonly ledger: Ledger,
  ) {}

  /** Whether somebody is still to start again. */
  get awaitsSomebody(): boolean {
    return this.starting > 0;
  }

  /** Has it happen at its time. */
  plan(fault: Fault): void {
    if (fault.kind === 'rollback' || fault.kind === 'promotion') return this.planLoss(fault);
    this.at(fault.atMs, `fault: ${fault.kind}`, () => this.make(fault));
  }

  private make(fault: Exclude<Fault, Of<'rollback' | 'promotion'>>): unknown {
    const { cluster } = this;
    const { world, network } = cluster;
    switch (fault.kind) {
      case 'noise':
        network.noise = fault.noise;
        return this.after(fault.forMs, 'noise ends', () => (network.noise = QUIET));
      case 'cut': {
        const heal = network.cut(fault.ways);
        return this.after(fault.forMs, `heals: ${fault.shape}`, heal);
      }
      case 'pause':
        return cluster.processAt(fault.host)?.pause(fault.forMs);
      case 'crash':
        return this.crash(fault.host, fault.forMs);
      case 'stop':
        return this.stop(fault.host, fault.forMs);
      case 'clock': {
        const clock = cluster.clocks.get(fault.host);
        if (clock !== undefined) clock.skewMs += fault.byMs;
        return undefined;
      }
      case 'restart':
        return cluster.redisOf(fault.region).restart(fault.forMs, null);
      case 'late':
        return cluster.startRegion(fault.region);
      case 'retirement':
        return this.retire(fault.region);
      case 'flush':
        this.ledger.lost(fault.region, -1, world.nowMs);
        return cluster.redisOf(fault.region).flush();
    }
  }

  /** A region ends for good, and when it is stale an operator says so in another one. */
  private retire(region: string): void {
    const { cluster, crowd, ledger } = this;
    // What it has answered and nobody has pulled is gone with it.
    ledger.lost(region, -1, cluster.world.nowMs);
    for (const host of cluster.gatewayHosts(region)) crowd.gatewayLost(host);
    cluster.endRegion(region);
    this.starting += 1;
    this.sayRetired(region);
  }

  /** Again and again, for a Redis may forget that it was said. */
  private sayRetired(region: string, isSaid = false): void {
    const { cluster } = this;
    const [other] = cluster.regionsInService();
    const [api] = cluster.apiHosts(other ?? '').map((host) => cluster.counterApis.get(host));
    const isDone = api?.retire(region) === true;
    if (isDone && !isSaid) this.starting -= 1;
    this.after(RETIRE_EVERY_MS, `an operator retires ${region}`, () =>
      this.sayRetired(region, isSaid || isDone),
    );
  }

  private crash(host: string, forMs: number): void {
    const { cluster, crowd } = this;
    const isGateway = cluster.gateways.has(host);
    if (!isGateway && !cluster.counterApis.has(host)) return;
    cluster.crash(host);
    const comeAgain = isGateway ? crowd.gatewayGone(host) : () => undefined;
    this.startAgain(forMs, host, comeAgain);
  }

  /** In good order: its sockets end, and it says goodbye. */
  private stop(host: string, forMs: number): void {
    const { cluster, crowd } = this;
    const gateway = cluster.gateways.get(host);
    gateway?.process.after(0, 'stops', () => {
      for (const { socket } of crowd.sessions) gateway.leaveAll(socket);
      const comeAgain = crowd.gatewayGone(host);
      void gateway.stop();
      this.startAgain(forMs, host, () => {
        // It may take its time, and whoever waits for it no longer kills it.
        if (cluster.gateways.get(host) === gateway) cluster.crash(host);
        cluster.start(host);
        comeAgain();
      });
    });
  }

  private startAgain(inMs: number, host: string, then: () => void): void {
    this.starting += 1;
    this.after(inMs, `${host} starts again`, () => {
      this.starting -= 1;
      this.cluster.start(host);
      then();
    });
  }

  /** The state to go back to is taken beforehand; in between nothing reaches the replica that holds it. */
  private planLoss(fault: Of<'rollback' | 'promotion'>): void {
    const { cluster } = this;
    const redis = cluster.redisOf(fault.region);
    const fromMs = Math.max(1, fault.atMs - fault.ageMs);
    let snapshot: Snapshot = [];
    this.at(fromMs, `${redis.host} is copied`, async () => {
      redis.lags = cluster.topology.durability === 'replicas';
      snapshot = await redis.real.snapshot();
    });
    this.at(fault.atMs, `fault: ${fault.kind}`, async () => {
      if (!redis.lags) this.ledger.lost(fault.region, fromMs, cluster.world.nowMs);
      redis.lags = false;
      await lose(redis, fault, snapshot);
    });
  }

  private at(atMs: number, what: string, act: () => unknown): void {
    this.after(atMs - this.cluster.world.nowMs, what, act);
  }

  private after(delayMs: number, what: string, act: () => unknown): void {
    this.cluster.world.after(delayMs, null, what, act);
  }
}

function lose(
  redis: RedisPart,
  fault: Of<'rollback' | 'promotion'>,
  snapshot: Snapshot,
): Promise<void> {
  return fault.kind === 'promotion'
    ? redis.promote(snapshot)
    : redis.restart(fault.forMs, snapshot);
}
