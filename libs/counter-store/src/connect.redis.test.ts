import { startRedis, type RedisServer } from '@headcount/testing';
import { commandConnection } from './connect.js';
import { metaKey } from './keys.js';
import { bucketCompare } from './scripts/bucket-compare.js';

describe('command connection', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ listen: 'unix' });
  });
  afterAll(() => server.stop());

  it('runs a script for the first time while other commands of the same turn wait', async () => {
    const redis = commandConnection({ redisUrl: server.url, commandTimeoutMs: 1000 });
    await redis.connect();
    // The first command opens an automatic pipeline, which must know the script (redis/ioredis#1931).
    const [value, position] = await Promise.all([
      redis.hget('a', 'b'),
      bucketCompare.run(redis, [metaKey(1)], ['0123456789ab00000000', '', 0, 0, '']),
    ]);
    expect([value, position.rev]).toEqual([null, 0]);
    redis.disconnect();
  });
});
