/**
 * What stands in a Redis, read key by key and parsed here once more, with no script and no decoder of the product.
 * The layout is that of the heads of libs/counter-store/src/scripts/includes/*.lua.
 */
import type { RealRedis } from '../redis/real-redis.js';

export interface People {
  readonly viewers: number;
  readonly connections: number;
}

/** A presence register: this region's, or that of another one. */
export interface Register extends People {
  readonly seq: number;
}

export interface Totals {
  readonly up: number;
  readonly down: number;
  readonly seq: number;
}

/** A vote: its length, odd = voted, and its choice. */
export interface RawVote {
  readonly length: number;
  readonly choice: string;
}

export interface RawBucket {
  readonly bucket: number;
  readonly meta: ReadonlyMap<string, string>;
  /** Gateway -> counter key -> who is there. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, People>>;
  /** Gateway -> version stored. */
  readonly gateways: ReadonlyMap<string, string>;
  /** Counter key -> this region's register. */
  readonly registers: ReadonlyMap<string, Register>;
  /** Counter key -> region -> its register, with its incarnation. */
  readonly foreign: ReadonlyMap<
    string,
    ReadonlyMap<string, Register & { readonly incarnation: string }>
  >;
  /** Counter key -> the total that is kept. */
  readonly totals: ReadonlyMap<string, number>;
  /** Counter key -> writer -> its totals; '' is the bucket itself. */
  readonly written: ReadonlyMap<string, ReadonlyMap<string, Totals>>;
  /** Counter key -> sum of amounts that do not count. */
  readonly voids: ReadonlyMap<string, bigint>;
  /** Counter key -> voter -> vote. */
  readonly votes: ReadonlyMap<string, ReadonlyMap<string, RawVote>>;
  /** Counter key -> how many voters are said to count there, and how many votes to be held of it. */
  readonly polls: ReadonlyMap<string, { readonly voters: number; readonly votes: number }>;
  /** Fields of all shelves. */
  readonly fields: number;
}

type Hash = Readonly<Record<string, string>>;

/** Reads all buckets of a Redis. */
export async function readBuckets(redis: RealRedis, buckets: number): Promise<RawBucket[]> {
  const keys = ((await redis.ask('KEYS', 'hc:{*')) as string[]).sort();
  const hashes = keys.filter((key) =>
    /:(?:meta|gateways|gateway:.*|shelf:.*|votes:.*|writers|regions)$/.test(key),
  );
  const voids = keys.filter((key) => key.endsWith(':voids'));
  const replies = await redis.callAll([
    ...hashes.map((key) => ['HGETALL', key]),
    ...voids.map((key) => ['ZRANGE', key, 0, -1]),
  ]);
  const held = new Map(hashes.map((key, at) => [key, replies[at] as Hash]));
  const zsets = new Map(voids.map((key, at) => [key, replies[hashes.length + at] as string[]]));
  return Array.from({ length: buckets }, (_, bucket) => rawBucket(bucket, held, zsets));
}

function rawBucket(
  bucket: number,
  held: ReadonlyMap<string, Hash>,
  zsets: ReadonlyMap<string, readonly string[]>,
): RawBucket {
  const prefix = `hc:{${bucket}}:`;
  const hash = (name: string): [string, string][] => Object.entries(held.get(prefix + name) ?? {});
  const regions = new Map(hash('regions').map(([name, text]) => [text.split(',')[0], name]));
  const writers = new Map(hash('writers').map(([writer, number]) => [number, writer]));
  const entries = new Map<string, Map<string, People>>();
  const registers = new Map<string, Register>();
  const foreign = new Map<string, Map<string, Register & { incarnation: string }>>();
  const totals = new Map<string, number>();
  const written = new Map<string, Map<string, Totals>>();
  const votes = new Map<string, Map<string, RawVote>>();
  const polls = new Map<string, { voters: number; votes: number }>();
  let fields = 0;
  for (const [key, values] of held) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (name.startsWith('gateway:')) {
      const own = Object.entries(values).map(([field, text]) => {
        const [viewers = NaN, connections = NaN] = numbers(text);
        return [field, { viewers, connections }] as const;
      });
      entries.set(name.slice('gateway:'.length), new Map(own));
    }
    const [, voted] = /^votes:(.*):shelf:\d+$/.exec(name) ?? [];
    for (const [voter, text] of voted === undefined ? [] : Object.entries(values)) {
      const [length = '', choice = ''] = text.split(' ');
      inner(votes, voted ?? '').set(voter, { length: Number(length), choice });
    }
    if (!name.startsWith('shelf:')) continue;
    for (const [field, text] of Object.entries(values)) {
      fields += 1;
      const [counter = '', what] = field.split('\t');
      const [first = NaN, second = NaN, third = NaN, fourth = NaN] = numbers(text);
      if (what === undefined) {
        totals.set(counter, third);
        inner(written, counter).set('', { up: first, down: second, seq: fourth });
      } else if (what === '~') {
        registers.set(counter, { viewers: first, connections: second, seq: third });
      } else if (what === 'v') {
        polls.set(counter, { voters: first, votes: second });
      } else if (what.startsWith('~')) {
        const region = regions.get(what.slice(1)) ?? `region ${what}`;
        const incarnation = text.split(',')[3] ?? '';
        const register = { viewers: first, connections: second, seq: third, incarnation };
        inner(foreign, counter).set(region, register);
      } else {
        const writer = writers.get(what) ?? `writer ${what}`;
        inner(written, counter).set(writer, { up: first, down: second, seq: third });
      }
    }
  }
  const voids = new Map<string, bigint>();
  for (const member of zsets.get(`${prefix}voids`) ?? []) {
    const [, amount = '', counter = ''] = /^\S+ (-?\d+) \d+ \d+ ([^\t]+)\t/.exec(member) ?? [];
    voids.set(counter, (voids.get(counter) ?? 0n) + BigInt(amount ?? 0));
  }
  return {
    ...{ bucket, entries, registers, foreign, totals, written, voids, votes, polls, fields },
    meta: new Map(hash('meta')),
    gateways: new Map(hash('gateways')),
  };
}

function numbers(text: string): number[] {
  return text.split(',').map(Number);
}

function inner<V>(outer: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let found = outer.get(key);
  if (found === undefined) outer.set(key, (found = new Map<string, V>()));
  return found;
}
