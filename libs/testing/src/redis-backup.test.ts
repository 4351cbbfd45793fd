import { Redis } from 'ioredis';
import { RedisBackup } from './redis-backup.js';
import { startRedis } from './start-redis.js';

describe('RedisBackup', () => {
  it('takes a Redis back to what it knew when it was made', async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    // The restart cuts the connection; ioredis says so whether or not anybody listens.
    client.on('error', () => undefined);
    await client.set('before', '1');
    const backup = await RedisBackup.of(server);
    await client.set('after', '1');
    await backup.putBack();
    await expect(client.mget('before', 'after')).resolves.toEqual(['1', null]);
    client.disconnect();
    await backup.remove();
    await server.stop();
  });
});
