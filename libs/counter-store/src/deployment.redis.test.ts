/** What the look before the first write says of a Redis. */
import { startRedis } from '@headcount/testing';
import { commandConnection } from './connect.js';
import { checkDeployment } from './deployment.js';

async function checked(args: readonly string[], ...looks: readonly [number, string][]) {
  const server = await startRedis({ listen: 'unix', args });
  const redis = commandConnection({ redisUrl: server.url, commandTimeoutMs: 5000 });
  try {
    await redis.connect();
    const all = [];
    for (const [buckets, region] of looks) all.push(await checkDeployment(redis, buckets, region));
    return all;
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

describe('deployment check', () => {
  it('finds nothing wrong with a Redis that keeps all it is told', async () => {
    expect(await checked([], [64, ''])).toEqual([{ faults: [], warnings: [] }]);
  });

  it.each([
    ['keeps nothing', ['--appendonly', 'no'], 'no append-only file'],
    ['writes once a second', ['--appendfsync', 'everysec'], 'appendfsync is everysec'],
  ])('warns of one that %s', async (_, args, words) => {
    const [check] = await checked(args, [64, '']);
    expect(check?.warnings.join()).toContain(words);
  });

  it('refuses another number of buckets, and another region', async () => {
    const [, buckets, region, same] = await checked(
      [],
      [64, 'ams'],
      [128, 'ams'],
      [64, 'fra'],
      [64, 'ams'],
    );
    expect(buckets?.faults).toEqual([
      'This Redis was set up with 64 buckets; set BUCKETS=64, not 128.',
    ]);
    expect(region?.faults).toEqual(['This Redis belongs to the region ams; set REGION=ams.']);
    expect(same?.faults).toEqual([]);
  });
});
