/** What Redis holds, told as one digest a key, to see whether a request has changed it. */
import type { Redis } from 'ioredis';

/** Key -> digest of its content. */
export type Stored = ReadonlyMap<string, string>;

/**
 * Keys that change although nothing is asked, or whose change is no change of state: heartbeats, the last reply to each
 * instance, when leases end, who was seen when, what was taken of quotas, sums that are kept for whoever asks next.
 */
const RESTLESS =
  /^hc:(?:gateways|counter-apis|leases|limit:.*|\{\d+\}:(?:batches|seen|trend:sums?:.*))$/;

/** Notes of the sweep, which comes by itself, are left out of the meta of buckets. */
const DIGESTS = `
local told = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local held = redis.call('DUMP', key)
  if key:find(':meta$') then
    local fields = redis.call('HGETALL', key)
    local parts = {}
    for at = 1, #fields, 2 do
      if not fields[at]:find('^swept') and not fields[at]:find('^slot') then parts[#parts + 1] = fields[at] .. '=' .. fields[at + 1] end
    end
    table.sort(parts)
    held = table.concat(parts, ' ')
  end
  told[#told + 1] = key
  told[#told + 1] = redis.sha1hex(held)
end
return told`;

/** How much was ever written, as text; where it is the same, nothing has changed. */
export async function writesOf(redis: Redis): Promise<string> {
  const info = await redis.info('persistence');
  return /rdb_changes_since_last_save:(\d+)/.exec(info)?.[1] ?? '';
}

/** All of it, of one instant. Cost O(keys). */
export async function storedIn(redis: Redis): Promise<Stored> {
  const told = (await redis.eval(DIGESTS, 0)) as string[];
  const stored = new Map<string, string>();
  for (let at = 0; at < told.length; at += 2) {
    const [key = '', digest = ''] = told.slice(at, at + 2);
    if (!RESTLESS.test(key)) stored.set(key, digest);
  }
  return stored;
}

/** The keys that differ, sorted. */
export function changedKeys(before: Stored, after: Stored): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).sort();
}
