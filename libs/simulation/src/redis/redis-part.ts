/** The Redis of one region as its apps meet it: it may be away, restart, forget, and lag in making things durable. */
import type { Process } from '../core/process.js';
import { regionOf } from '../core/network.js';
import type { World } from '../core/world.js';
import type { RedisConnection } from './redis-connection.js';
import { type Argument, type Publication, type RealRedis, type Snapshot } from './real-redis.js';
import { RedisError } from './resp.js';

/** Whoever looks on at all that a Redis publishes. */
export type Onlooker = (region: string, publication: Publication) => void;

export class RedisPart {
  /** Whether its replica lags, so that nothing written now is on it. */
  lags = false;
  /** Whether what it publishes reaches nobody. */
  silent = false;
  /** How often it has become another one, by a restart or a promotion. */
  life = 0;
  /** Told of every publication, whether anyone has subscribed or not. */
  onlooker: Onlooker = () => undefined;
  /** Told when it has lost some of what was written to it. */
  onForgets: () => void = () => undefined;
  private readonly connections = new Set<RedisConnection>();
  private away = false;

  constructor(
    readonly world: World,
    readonly host: string,
    readonly process: Process,
    readonly real: RealRedis,
  ) {}

  /** Whether connections can be made and kept. */
  get reachable(): boolean {
    return !this.away;
  }

  join(connection: RedisConnection): void {
    this.connections.add(connection);
  }

  leave(connection: RedisConnection): void {
    this.connections.delete(connection);
  }

  /** Runs one command, and hands on what it published. */
  async execute(name: string, args: readonly Argument[]): Promise<unknown> {
    let reply: unknown;
    try {
      reply = await this.real.run(name, args);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      reply = error;
      this.world.halt([`${this.host} refuses ${name}: ${error.message}`]);
    }
    this.handOn();
    return reply;
  }

  /** Refuses all connections for so long, then has another replication id. */
  async restart(awayMs: number, snapshot: Snapshot | null): Promise<void> {
    this.away = true;
    for (const connection of [...this.connections]) connection.reset();
    await this.become(snapshot);
    this.world.after(awayMs, null, `${this.host} is back`, () => {
      this.away = false;
    });
  }

  /** Another Redis stands in its place, with an earlier state, and every connection stays open. */
  promote(snapshot: Snapshot): Promise<void> {
    return this.become(snapshot);
  }

  /** FLUSHALL: the replication id stays. */
  flush(): Promise<void> {
    this.onForgets();
    return this.real.flush();
  }

  private async become(snapshot: Snapshot | null): Promise<void> {
    this.life += 1;
    if (snapshot !== null) {
      this.onForgets();
      await this.real.restore(snapshot);
    }
    await this.real.renewReplicationId();
  }

  private handOn(): void {
    for (const publication of this.real.takePublished()) {
      this.onlooker(regionOf(this.host), publication);
      if (this.silent) continue;
      for (const connection of this.connections) connection.publish(publication);
    }
  }
}
