/** Who says that it is alive: one hash a kind of instance, instance -> heartbeat number (DESIGN.md §6). */
import { registryForget } from './scripts/registry-forget.js';
import type { StoreContext } from './store-context.js';

/** Port of the registry of one kind of instance. Methods reject with ioredis' errors while Redis is away. */
export interface RegistryStore {
  /** Writes the heartbeat of `instance`. */
  beat(instance: string, heartbeat: number): Promise<void>;
  /** Every instance and its heartbeat. */
  look(): Promise<ReadonlyMap<string, number>>;
  /** Takes `instance` out if its heartbeat is still `heartbeat`; resolves to whether it did. */
  forget(instance: string, heartbeat: number): Promise<boolean>;
}

/** A registry on Redis, in the hash `key`. */
export class RedisRegistryStore implements RegistryStore {
  constructor(
    private readonly context: StoreContext,
    private readonly key: string,
  ) {}

  async beat(instance: string, heartbeat: number): Promise<void> {
    await this.context.redis.hset(this.key, instance, heartbeat);
  }

  async look(): Promise<ReadonlyMap<string, number>> {
    const held = await this.context.redis.hgetall(this.key);
    return new Map(
      Object.entries(held).map(([instance, heartbeat]) => [instance, Number(heartbeat)]),
    );
  }

  forget(instance: string, heartbeat: number): Promise<boolean> {
    return registryForget.run(this.context.redis, [this.key], [instance, heartbeat]);
  }
}
