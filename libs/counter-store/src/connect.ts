/** The one place that makes Redis connections. */
import { Redis, type RedisOptions } from 'ioredis';
import { keepSubscribed, type Subscriber } from './keep-subscribed.js';
import { ALL_SCRIPTS } from './scripts/all.js';

/** Longest wait between two attempts to reach a Redis that is away: it should be found soon after its return. */
const RECONNECT_MS_MAX = 250;

/** What differs from one deployment to another. */
export interface ConnectionSettings {
  /** redis://…, rediss://… or unix:///path/to.sock */
  readonly redisUrl: string;
  /** How long a command may take before it counts as lost. */
  readonly commandTimeoutMs: number;
}

function optionsFor({ redisUrl, commandTimeoutMs }: ConnectionSettings): RedisOptions {
  return {
    ...(redisUrl.startsWith('unix://') ? { path: redisUrl.slice('unix://'.length) } : {}),
    lazyConnect: true,
    // A command that was in flight when the connection fell may have been carried out: sending it again by
    // itself would count twice. Whoever sent it decides (DESIGN.md §7).
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    enableAutoPipelining: true,
    scripts: ALL_SCRIPTS,
    retryStrategy: (attempt) => Math.min(20 * attempt, RECONNECT_MS_MAX),
  };
}

/** A connection for commands, not yet opened. It reconnects for ever; commands fail at once while it is away. */
export function commandConnection(settings: ConnectionSettings): Redis {
  const options = optionsFor(settings);
  return options.path ? new Redis(options) : new Redis(settings.redisUrl, options);
}

/**
 * The same connection, on which `admit` is asked before each command: an error of it rejects the command, which is not sent.
 * Only commands of Redis and our scripts are for callers of it.
 */
export function admittedConnection(redis: Redis, admit: () => Error | null): Redis {
  const admitted = Object.create(redis) as Redis;
  for (const name of [...redis.getBuiltinCommands(), ...Object.keys(ALL_SCRIPTS)]) {
    const command: unknown = Reflect.get(redis, name);
    if (typeof command !== 'function') continue;
    const value = (...args: readonly unknown[]): unknown => {
      const refusal = admit();
      return refusal ? Promise.reject(refusal) : Reflect.apply(command, redis, args);
    };
    Object.defineProperty(admitted, name, { value });
  }
  return admitted;
}

/** A connection for subscriptions, not yet opened. It subscribes again by itself after a loss. */
export function subscriberConnection(settings: ConnectionSettings): Redis {
  const options: RedisOptions = {
    ...optionsFor(settings),
    // It may fail, and nobody would know: keepSubscribed does it.
    autoResubscribe: false,
    enableAutoPipelining: false,
  };
  const redis = options.path ? new Redis(options) : new Redis(settings.redisUrl, options);
  keepSubscribed(redis as unknown as Subscriber);
  return redis;
}
