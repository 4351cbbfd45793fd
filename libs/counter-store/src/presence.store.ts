/** The feed of gateways into Redis: who is present, gateway by gateway, and the registers that sum them up. */
import type { FeedMessage, FeedVerdict, Presence } from '@headcount/crdt';
import { VIEWERS } from '@headcount/protocol';
import { fenceArgs } from './fence.js';
import { counterKey, entriesKey, gatewaysKey, indexKey, metaKey, namesKey } from './keys.js';
import { gatewayApply } from './scripts/gateway-apply.js';
import { gatewayReap } from './scripts/gateway-reap.js';
import { nowSeconds, type StoreContext } from './store-context.js';

/** Port of the presence feed. All methods reject with ioredis' errors while Redis is away. */
export interface PresenceStore {
  /** Takes one message of `gateway`'s feed; its keys are page ids of `bucket`. Idempotent. */
  apply(
    gateway: string,
    bucket: number,
    message: FeedMessage<Presence>,
  ): Promise<{ readonly verdict: FeedVerdict; readonly stored: number }>;
  /** Version stored of `gateway` in each of `buckets`, in their order; 0 where there is none. */
  stored(gateway: string, buckets: readonly number[]): Promise<number[]>;
  /**
   * Counts `gateway` out of `bucket` if `version` is still what is stored of it; null: whatever is stored.
   * Resolves to whether it was. Idempotent.
   */
  reap(gateway: string, bucket: number, version: number | null): Promise<boolean>;
}

/** The presence feed on Redis. */
export class RedisPresenceStore implements PresenceStore {
  constructor(private readonly context: StoreContext) {}

  async apply(
    gateway: string,
    bucket: number,
    message: FeedMessage<Presence>,
  ): Promise<{ readonly verdict: FeedVerdict; readonly stored: number }> {
    const { redis, seen } = this.context;
    const changes = message.entries.flatMap(({ key: pageId, value }) => {
      const { key, fullName } = counterKey(pageId, VIEWERS);
      return [key, fullName, value.viewers, value.connections];
    });
    const { verdict, stored, position } = await gatewayApply.run(
      redis,
      [
        metaKey(bucket),
        indexKey(bucket),
        gatewaysKey(bucket),
        entriesKey(bucket, gateway),
        namesKey(bucket),
      ],
      [
        ...fenceArgs(this.context, bucket),
        nowSeconds(this.context),
        gateway,
        message.from ?? '',
        message.to,
        ...changes,
      ],
    );
    seen.note(bucket, position);
    return { verdict, stored };
  }

  async stored(gateway: string, buckets: readonly number[]): Promise<number[]> {
    const { redis } = this.context;
    const versions = await Promise.all(
      buckets.map((bucket) => redis.hget(gatewaysKey(bucket), gateway)),
    );
    return versions.map((version) => Number(version ?? 0));
  }

  reap(gateway: string, bucket: number, version: number | null): Promise<boolean> {
    return gatewayReap.run(
      this.context.redis,
      [metaKey(bucket), indexKey(bucket), gatewaysKey(bucket), entriesKey(bucket, gateway)],
      [...fenceArgs(this.context, bucket), nowSeconds(this.context), gateway, version ?? ''],
    );
  }
}
