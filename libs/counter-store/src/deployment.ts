/** Looks before the first write whether this Redis can carry Headcount at all (DESIGN.md §5). */
import type { Redis } from 'ioredis';
import { DEPLOYMENT } from './keys.js';

/** Layout of the keys; another number means another layout. */
const LAYOUT = 3;
const REDIS_MAJOR_LEAST = 7;

/** Faults stop the start; warnings weaken durability. Both are sentences that say what to do. */
export interface DeploymentCheck {
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

function infoField(info: string, field: string): string | undefined {
  return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

function faultsOf(info: string): string[] {
  const version = infoField(info, 'redis_version') ?? '';
  const policy = infoField(info, 'maxmemory_policy');
  const faults: string[] = [];
  if (Number.parseInt(version, 10) < REDIS_MAJOR_LEAST) {
    faults.push(`Redis is ${version}; Headcount needs 7.0 or later.`);
  }
  if (infoField(info, 'role') !== 'master') {
    faults.push('Redis is a replica and takes no writes; point REDIS_URL at the primary.');
  }
  if (policy !== 'noeviction') {
    faults.push(`maxmemory-policy is ${policy}, so Redis may drop counters; set it to noeviction.`);
  }
  return faults;
}

function warningsOf(info: string): string[] {
  if (infoField(info, 'aof_enabled') === '1') return [];
  return [
    'Redis keeps no append-only file: a restart loses counters. Set appendonly yes and appendfsync always.',
  ];
}

/** Managed Redis may forbid CONFIG, and then nobody can say. */
async function fsyncWarnings(redis: Redis): Promise<string[]> {
  const settings = await redis.config('GET', 'append*').catch(() => []);
  const [appendonly, appendfsync] = ['appendonly', 'appendfsync'].map((name) => {
    const at = (settings as string[]).indexOf(name);
    return at < 0 ? undefined : (settings as string[])[at + 1];
  });
  if (appendonly !== 'yes' || appendfsync === 'always') return [];
  return [
    `appendfsync is ${appendfsync}: a crash loses what was acknowledged last. Set it to always, or DURABILITY to replicas:N.`,
  ];
}

/**
 * Checks the Redis behind an open connection, and claims it for `buckets` buckets if it is new, and for `region` if that
 * is not ''.
 * Rejects with ioredis' errors where it cannot be asked, as when the user lacks +info.
 */
export async function checkDeployment(
  redis: Redis,
  buckets: number,
  region = '',
): Promise<DeploymentCheck> {
  const info = await redis.info();
  const faults = faultsOf(info);
  if (faults.length === 0) {
    await redis.hsetnx(DEPLOYMENT, 'buckets', buckets);
    await redis.hsetnx(DEPLOYMENT, 'layout', LAYOUT);
    if (region !== '') await redis.hsetnx(DEPLOYMENT, 'region', region);
    const [heldBuckets, layout, heldRegion] = await redis.hmget(
      DEPLOYMENT,
      'buckets',
      'layout',
      'region',
    );
    if (Number(heldBuckets) !== buckets) {
      faults.push(
        `This Redis was set up with ${heldBuckets} buckets; set BUCKETS=${heldBuckets}, not ${buckets}.`,
      );
    }
    // Its peers know what it has counted under that name, and would count it twice under another.
    if (region !== '' && heldRegion !== region) {
      faults.push(`This Redis belongs to the region ${heldRegion}; set REGION=${heldRegion}.`);
    }
    if (Number(layout) !== LAYOUT)
      faults.push(
        `This Redis holds layout ${layout} and this program knows ${LAYOUT}: use an empty Redis, or the release that wrote it.`,
      );
  }
  return { faults, warnings: [...warningsOf(info), ...(await fsyncWarnings(redis))] };
}
