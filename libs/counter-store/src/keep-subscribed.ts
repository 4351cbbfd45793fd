/** Subscriptions that outlast the connections they were made on. */
import type { EventEmitter } from 'node:events';

type Subscribe = (...names: string[]) => Promise<unknown>;

/** What of an ioredis connection is needed. */
export interface Subscriber extends Pick<EventEmitter, 'on'> {
  subscribe: Subscribe;
  unsubscribe: Subscribe;
  psubscribe: Subscribe;
}

/**
 * Has a connection subscribe again each time that it is there again, to all that it was asked for and not asked to leave. ioredis
 * does so itself once: where the new connection falls in that very moment it forgets what it was subscribed to, and its
 * rejection, which nobody can hear, ends the process. So its `autoResubscribe` is to be off.
 */
export function keepSubscribed(redis: Subscriber): void {
  const channels = new Set<string>();
  const patterns = new Set<string>();
  const subscribe = redis.subscribe.bind(redis);
  const unsubscribe = redis.unsubscribe.bind(redis);
  const psubscribe = redis.psubscribe.bind(redis);
  redis.subscribe = (...names) => {
    for (const name of names) channels.add(name);
    return subscribe(...names);
  };
  redis.unsubscribe = (...names) => {
    for (const name of names) channels.delete(name);
    return unsubscribe(...names);
  };
  redis.psubscribe = (...names) => {
    for (const name of names) patterns.add(name);
    return psubscribe(...names);
  };
  redis.on('ready', () => {
    // What fails now is tried again when the next connection is ready.
    if (channels.size > 0) void subscribe(...channels).catch(() => undefined);
    if (patterns.size > 0) void psubscribe(...patterns).catch(() => undefined);
  });
}
