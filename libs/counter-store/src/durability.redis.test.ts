/** With replicas:N a write counts as written when N replicas have it, and not before. */
import { startRedis, type RedisServer } from '@headcount/testing';
import { commandConnection } from './connect.js';
import { ReplicaDurability } from './durability.js';

const PATIENCE_MS = 200;

describe('durability by replicas', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  const connections: { disconnect: () => void }[] = [];
  const connect = async (server: RedisServer) => {
    const redis = commandConnection({ redisUrl: server.url, commandTimeoutMs: 20_000 });
    connections.push(redis);
    await redis.connect();
    return redis;
  };

  beforeAll(async () => {
    primary = await startRedis({ listen: 'tcp', args: ['--repl-diskless-sync-delay', '0'] });
    const { hostname, port } = new URL(primary.url);
    replica = await startRedis({ listen: 'tcp', args: ['--replicaof', hostname, port] });
  });
  afterAll(async () => {
    for (const connection of connections) connection.disconnect();
    await replica.stop();
    await primary.stop();
  });

  const replidOf = async (server: RedisServer): Promise<string> =>
    /master_replid:(\w+)/.exec(await (await connect(server)).info('replication'))?.[1] ?? '';

  it('waits until a replica has what was written before on another connection', async () => {
    const writer = await connect(primary);
    const durability = new ReplicaDurability(await connect(primary), 1, 10_000);
    await writer.set('a', '1');
    await durability.reached(await replidOf(primary));
    expect(await (await connect(replica)).get('a')).toBe('1');
  });

  it('lets callers that come while one waits share the next mark, and covers what they wrote', async () => {
    const writer = await connect(primary);
    const durability = new ReplicaDurability(await connect(primary), 1, 10_000);
    const replid = await replidOf(primary);
    const first = durability.reached(replid);
    await writer.set('b', '2');
    await Promise.all([first, durability.reached(replid), durability.reached(replid)]);
    expect(await (await connect(replica)).get('b')).toBe('2');
  });

  it('rejects where another Redis confirms than the one that was written to', async () => {
    const durability = new ReplicaDurability(await connect(primary), 1, 10_000);
    await expect(durability.reached('0'.repeat(40))).rejects.toThrow('another Redis');
  });

  it('rejects where there are fewer replicas, each time anew', async () => {
    const durability = new ReplicaDurability(await connect(primary), 2, PATIENCE_MS);
    await expect(durability.reached('')).rejects.toThrow('1 of 2 replicas');
    await expect(durability.reached('')).rejects.toThrow('1 of 2 replicas');
  });
});
