import { mkdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../setup/fault.mjs';
import { redisReply } from './redis-reply.mjs';
import { socketPath } from './socket-path.mjs';

const LEFTOVER_MS_MAX = 20_000;
/** Part of this machine's memory that the Redis may use. */
const MEMORY_SHARE = 0.4;

/**
 * The Redis of this data folder: it listens on a Unix socket only, so it meets no port and no Redis of anybody else, keeps
 * every write on disk and evicts nothing. Gives the part to supervise, its socket, and the URL for the apps.
 */
export function redisPart(program, { dataDir, logDir, prefix, verbose }) {
  const dir = join(dataDir, 'redis');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const address = socketPath(dataDir, 'redis.sock');
  const settings = {
    port: '0',
    unixsocket: address,
    unixsocketperm: '700',
    dir,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
    // The rest is for the apps, and for the copy that Redis has of what changes while it rewrites its files.
    maxmemory: String(Math.floor(totalmem() * MEMORY_SHARE)),
  };
  const part = {
    name: `${prefix}redis`,
    command: program,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    log: verbose ? undefined : join(logDir, 'redis.log'),
    // Should the supervisor be killed, the apps get a moment to store what they hold before their Redis ends.
    orphanSeconds: 3,
    readiness: async () =>
      (await redisReply(address, 'PING')) === 'PONG' ? undefined : 'it is loading its data',
  };
  return { part, address, url: `unix://${address}` };
}

/**
 * Ends the Redis that a killed supervisor may have left on this folder, for two must never write the same files. Whoever
 * listens on the socket in this folder is that Redis. Throws a Fault if it does not end.
 */
export async function endLeftover(address, say) {
  const deadline = performance.now() + LEFTOVER_MS_MAX;
  for (let first = true; ; first = false) {
    const answer = await redisReply(address, 'SHUTDOWN').catch(({ code }) => code);
    if (answer === 'ENOENT' || answer === 'ECONNREFUSED') return;
    if (first) say('Ending the Redis of an earlier start …');
    if (performance.now() > deadline)
      throw new Fault(`The Redis of an earlier start at ${address} does not end.`);
    await sleep(100);
  }
}
