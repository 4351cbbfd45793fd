/** What must hold once all is healed and quiet: everybody sees the truth, and nothing else is left over. */
import { SITE, VIEWERS, type CounterName, type PageId } from '@headcount/protocol';
import type { Cluster } from '../cluster.js';
import { LIKES, type Crowd } from '../crowd/crowd.js';
import { isPossible, type Ledger } from '../crowd/ledger.js';
import type { People, RawBucket } from './raw-bucket.js';
import { votersOf } from './sums.js';

export interface Truth {
  readonly cluster: Cluster;
  readonly crowd: Crowd;
  readonly ledger: Ledger;
}

/** Everything that stands in the Redises, region by region. */
export type Standing = ReadonlyMap<string, readonly RawBucket[]>;

/** What is wrong; nothing where all has converged. */
export function wrongAtRest(truth: Truth, standing: Standing): string[] {
  const wrong: string[] = [];
  for (const [region, buckets] of standing) {
    wrong.push(...wrongEntries(truth, region, buckets), ...wrongRegisters(truth, region, buckets));
    for (const { bucket, meta } of buckets) {
      const stale = meta.get('stale') ?? '';
      if (stale !== '') wrong.push(`${region} bucket ${bucket} leaves out ${stale}`);
    }
  }
  return [...wrong, ...wrongTotals(truth, standing), ...wrongShown(truth, standing)];
}

export const pagesOf = ({ crowd }: Truth): readonly PageId[] => [...crowd.pages, SITE];
const keyOf = (page: PageId, name: CounterName): string => `${page} ${name}`;
const pageOrAll = (page: PageId): PageId | null => (page === SITE ? null : page);
const show = ({ viewers, connections }: People): string => `${viewers},${connections}`;

/** Each gateway has stored who is there, and one that is gone has stored nothing. */
function wrongEntries(truth: Truth, region: string, buckets: readonly RawBucket[]): string[] {
  const { cluster, crowd } = truth;
  const wrong: string[] = [];
  const live = new Set<string>();
  for (const host of cluster.gatewayHosts(region)) {
    const gateway = cluster.gateways.get(host);
    if (gateway === undefined) continue;
    live.add(gateway.instance);
    for (const page of pagesOf(truth)) {
      const there = crowd.presenceAt(host, pageOrAll(page));
      const stored = findIn(buckets, ({ entries }) =>
        entries.get(gateway.instance)?.get(keyOf(page, VIEWERS)),
      );
      if (show(stored ?? NOBODY) !== show(there))
        wrong.push(`${host} has ${show(there)} on ${page}, stored is ${show(stored ?? NOBODY)}`);
    }
  }
  for (const { entries, gateways, bucket } of buckets) {
    for (const gateway of new Set([...entries.keys(), ...gateways.keys()]))
      if (!live.has(gateway))
        wrong.push(`${region} bucket ${bucket} holds ${gateway}, who is gone`);
  }
  return wrong;
}

/** Each region knows who is in which region. */
function wrongRegisters(truth: Truth, region: string, buckets: readonly RawBucket[]): string[] {
  const wrong: string[] = [];
  for (const other of truth.cluster.topology.regions) {
    for (const page of pagesOf(truth)) {
      const key = keyOf(page, VIEWERS);
      const there = truth.crowd.presenceIn(other, pageOrAll(page));
      const held =
        findIn(buckets, ({ registers, foreign }) =>
          other === region ? registers.get(key) : foreign.get(key)?.get(other),
        ) ?? NOBODY;
      if (show(held) !== show(there))
        wrong.push(`${other} has ${show(there)} on ${page}, ${region} holds ${show(held)}`);
    }
  }
  return wrong;
}

/** Durable counters are what was acknowledged and a part of what may have been, and the same everywhere. */
function wrongTotals(truth: Truth, standing: Standing): string[] {
  const wrong: string[] = [];
  for (const page of pagesOf(truth)) {
    for (const name of [LIKES, VIEWERS]) {
      const key = keyOf(page, name);
      const expected = truth.ledger.expected(page, name);
      const totals = [...standing].map(([region, buckets]) => ({
        region,
        total: total(buckets, key),
        voters: findIn(buckets, ({ votes }) => votersOf(votes).get(key)) ?? 0,
      }));
      for (const { region, total: held, voters } of totals) {
        // Whether these are the right voters is asked elsewhere (votes.ts).
        if (isPossible(held - voters, expected)) continue;
        const { certain, possible } = expected;
        wrong.push(
          `${region} counts ${held} ${key}, with ${voters} voters; ${certain} are certain, possible are [${possible.join(' ')}]`,
        );
      }
      if (new Set(totals.map((each) => each.total)).size > 1)
        wrong.push(
          `the regions differ on ${key}: ${totals.map((each) => `${each.region} ${each.total}`).join(', ')}`,
        );
    }
  }
  return wrong;
}

/** Every session is shown the sum over all regions. */
function wrongShown(truth: Truth, standing: Standing): string[] {
  const wrong: string[] = [];
  for (const { viewer, host, page, name, shown } of truth.crowd.sessions) {
    const count = trueCount(truth, standing, page, name);
    if (shown === null) wrong.push(`${viewer} at ${host} is shown nothing of ${name} of ${page}`);
    else if (shown.count !== count || shown.staleRegions.length > 0)
      wrong.push(
        `${viewer} at ${host} is shown ${shown.count} ${name} of ${page} at rev ${shown.rev}, there are ${count}` +
          (shown.staleRegions.length > 0 ? `; stale: ${shown.staleRegions.join()}` : ''),
      );
  }
  return wrong;
}

/** What a counter must show: who is there in all regions, and the durable counter as it stands. */
export function trueCount(
  { cluster, crowd }: Truth,
  standing: Standing,
  page: PageId,
  name: CounterName,
): number {
  const durable = total([...standing.values()][0] ?? [], keyOf(page, name));
  if (name !== VIEWERS) return durable;
  const present = cluster.topology.regions
    .map((region) => crowd.presenceIn(region, pageOrAll(page)).viewers)
    .reduce((sum, viewers) => sum + viewers, 0);
  return Math.max(0, present + durable);
}

/** Every session of a region is shown what stands in that region's Redis, right or not. */
export function wrongHere(
  { crowd }: Truth,
  region: string,
  buckets: readonly RawBucket[],
): string[] {
  const wrong: string[] = [];
  for (const { viewer, host, page, name, shown } of crowd.sessions) {
    if (!host.startsWith(`${region}/`)) continue;
    const key = keyOf(page, name);
    let count = total(buckets, key);
    if (name === VIEWERS) {
      count += findIn(buckets, ({ registers }) => registers.get(key))?.viewers ?? 0;
      for (const { viewers } of findIn(buckets, ({ foreign }) => foreign.get(key))?.values() ?? [])
        count += viewers;
      count = Math.max(0, count);
    }
    if (shown?.count !== count)
      wrong.push(`${viewer} at ${host} is shown ${shown?.count} ${name} of ${page}, not ${count}`);
  }
  return wrong;
}

const NOBODY: People = { viewers: 0, connections: 0 };

function total(buckets: readonly RawBucket[], key: string): number {
  return findIn(buckets, ({ totals }) => totals.get(key)) ?? 0;
}

function findIn<T>(buckets: readonly RawBucket[], find: (bucket: RawBucket) => T | undefined) {
  for (const bucket of buckets) {
    const found = find(bucket);
    if (found !== undefined) return found;
  }
  return undefined;
}
