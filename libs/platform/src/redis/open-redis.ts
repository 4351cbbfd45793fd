import type { Redis } from 'ioredis';
import { checkDeployment, commandConnection, subscriberConnection } from '@headcount/counter-store';
import { StartError } from '../bootstrap/start-error.js';

/** Which Redis, and what it must have been set up as. */
export interface RedisConfig {
  readonly REDIS_URL: string;
  readonly BUCKETS: number;
}

/** What a connection is for. */
export interface RedisUse {
  /** Name of this region where it has peers, else ''. */
  readonly region?: string;
  /** How long a command may take. Default: COMMAND_TIMEOUT_MS. */
  readonly commandTimeoutMs?: number;
}

/** How long a command may take before it counts as lost, in milliseconds. */
const COMMAND_TIMEOUT_MS = 2000;

/**
 * A connection for commands to a Redis that can be used. Rejects with StartError where it does not answer or must
 * not be used; `warn` is told what weakens durability, a sentence each.
 */
export async function openRedis(
  config: RedisConfig,
  warn: (sentence: string) => void,
  { region = '', commandTimeoutMs = COMMAND_TIMEOUT_MS }: RedisUse = {},
): Promise<Redis> {
  const redis = guarded(commandConnection({ ...connectionSettings(config), commandTimeoutMs }));
  return opened(redis, async () => {
    const { faults, warnings } = await checkDeployment(redis, config.BUCKETS, region);
    if (faults.length > 0) throw new StartError(faults.join(' '));
    warnings.forEach(warn);
  });
}

/** A connection for subscriptions to the same Redis. Rejects with StartError where it does not answer. */
export async function openSubscriber(config: RedisConfig): Promise<Redis> {
  return opened(guarded(subscriberConnection(connectionSettings(config))), async () => undefined);
}

const connectionSettings = ({ REDIS_URL }: RedisConfig) => ({
  redisUrl: REDIS_URL,
  commandTimeoutMs: COMMAND_TIMEOUT_MS,
});

/** Without a listener a lost connection would end the process; ioredis connects again by itself. */
function guarded(redis: Redis): Redis {
  return redis.on('error', () => undefined);
}

async function opened(redis: Redis, check: () => Promise<void>): Promise<Redis> {
  try {
    await redis.connect();
    await check();
    return redis;
  } catch (cause) {
    redis.disconnect();
    if (cause instanceof StartError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(
      `Redis at REDIS_URL does not answer (${reason}); start it or set REDIS_URL to another.`,
    );
  }
}
