/**
 * Goal    pages that were viewed and are no longer take no memory, in no region, not in one that was away either while
 *         they were left.
 * Method  three regions with a Redis each. A gateway in the first one joins 10,000 pages and leaves them; everyone pulls
 *         from everyone, and between the sweeps time is put forward. Redis itself says what its keys take, before and
 *         after. Before: every bucket has been used and left, for each that was ever used keeps a record of where it is.
 */
import { bucketOf } from '@headcount/protocol';
import type { BucketPart } from './region-part.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

/** Few, so that a bucket has more pages than its index has rows. */
const BUCKETS = 64;
const JOINED = 'ams';
const REGIONS = [JOINED, 'fra', 'sin'] as const;
/** Who may be cut off. */
const AWAY = 'sin';
type Name = (typeof REGIONS)[number];
/** Longer than a zero is kept. */
const AGE_MS = 61_000;
/** One sweep marks what is there, the next one drops it, a third finds nothing. */
const SWEEPS = 3;
/** A name of 80 bytes is stored as a digest with the name beside it; every eighth page has one. */
const PAGES = Array.from({ length: 10_000 }, (_, number) =>
  number % 8 === 0 ? `page-${number}-`.padEnd(80, 'x') : `page-${number}`,
);
/** Enough that every bucket gets some. */
const A_FEW = PAGES.slice(0, 16 * BUCKETS);

/** Bytes of all keys with their values, as Redis reckons them. */
const KEY_BYTES = `local bytes, cursor = 0, '0'
repeat
  local step = redis.call('SCAN', cursor, 'COUNT', 1000)
  cursor = step[1]
  for _, key in ipairs(step[2]) do bytes = bytes + redis.call('MEMORY', 'USAGE', key, 'SAMPLES', 0) end
until cursor == '0'
return bytes`;

describe('garbage', () => {
  const regions = new Map<Name, StoreHarness>();
  let version = 0;
  beforeAll(async () => {
    for (const region of REGIONS) regions.set(region, await openStores({ region }));
  });
  afterAll(async () => {
    for (const stores of regions.values()) await stores.close();
  });
  beforeEach(async () => {
    version = 0;
    for (const { redis } of regions.values()) await redis.flushall();
  });

  const at = (name: Name): StoreHarness => {
    const stores = regions.get(name);
    if (!stores) throw new Error(`no region ${name}`);
    return stores;
  };
  const everyBucket = (use: (bucket: number) => Promise<unknown>): Promise<unknown> =>
    Promise.all(Array.from({ length: BUCKETS }, (_, bucket) => use(bucket)));

  /** The gateway has this many viewers on each of these pages. */
  async function state(pages: readonly string[], viewers: number): Promise<void> {
    const from = version;
    version += 1;
    const to = version;
    const byBucket = new Map<number, string[]>();
    for (const page of pages) {
      const bucket = bucketOf(page, BUCKETS);
      byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), page]);
    }
    await everyBucket((bucket) =>
      at(JOINED).presence.apply('gateway', bucket, {
        // The first message begins with whole state.
        from: from === 0 ? null : from,
        to,
        entries: (byBucket.get(bucket) ?? []).map((key) => ({
          key,
          value: { viewers, connections: viewers },
          version: to,
        })),
      }),
    );
  }

  /** Pulls until the part says that nothing is left. */
  async function pull(by: Name, of: Name, bucket: number): Promise<void> {
    let cursor: string | null = null;
    for (;;) {
      const { position, vector, pulled } = await at(by).regions.standing(bucket);
      const { incarnation, rev } = pulled.get(of) ?? { incarnation: '', rev: 0 };
      const asked = { bucket, incarnation, rev, vector, cursor };
      const part: BucketPart = await at(of).regions.read(asked);
      const { verdict } = await at(by).regions.merge(of, part, position.incarnation);
      if (verdict === 'taken' && part.covers !== null) return;
      cursor = verdict === 'taken' ? part.cursor : null;
    }
  }

  async function gossip(names: readonly Name[] = REGIONS): Promise<void> {
    for (const by of names) {
      for (const of of names) if (by !== of) await everyBucket((bucket) => pull(by, of, bucket));
    }
  }

  async function sweep(): Promise<void> {
    for (let round = 0; round < SWEEPS; round += 1) {
      for (const { clock, upkeep } of regions.values()) {
        clock.nowMs += AGE_MS;
        await everyBucket((bucket) => upkeep.sweep(bucket));
      }
    }
  }

  /** Everyone has heard everything, and all is old. */
  async function rest(): Promise<void> {
    await gossip();
    await sweep();
    await gossip();
    await sweep();
  }

  async function memory(): Promise<Record<Name, number>> {
    const bytes = { ams: 0, fra: 0, sin: 0 };
    for (const [name, { redis }] of regions) bytes[name] = Number(await redis.eval(KEY_BYTES, 0));
    return bytes;
  }

  it.each([
    ['where everyone hears it', REGIONS],
    ['where a region that is cut off hears it later', REGIONS.filter((name) => name !== AWAY)],
  ])(
    'takes no memory %s',
    async (_, connected) => {
      await state(A_FEW, 1);
      await gossip();
      await state(A_FEW, 0);
      await rest();
      const atRest = await memory();
      await state(PAGES, 1);
      await gossip();
      const viewed = await memory();
      await state(PAGES, 0);
      await gossip(connected);
      await sweep();
      await rest();
      const left = await memory();
      for (const name of REGIONS) {
        const bytes = { atRest: atRest[name], viewed: viewed[name], left: left[name] };
        const took = bytes.viewed > 10 * bytes.atRest;
        const gaveBack = bytes.left <= 1.1 * bytes.atRest;
        expect({ name, bytes, took, gaveBack }).toEqual({
          name,
          bytes,
          took: true,
          gaveBack: true,
        });
      }
    },
    60_000,
  );
});
