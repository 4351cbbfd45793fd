/** Counters of several regions, as clients see and change them. */
import { until, type Regions, type System } from '@headcount/testing';

/** What a region says of a counter. */
export interface RegionCounter {
  readonly count: number;
  readonly staleRegions: readonly string[];
}

/** One change of a durable counter. With an operation id it may be sent as often as needed. */
export interface Change {
  readonly pageId: string;
  readonly by?: number;
  readonly opId?: string;
}

const LIKES = 'likes';
const SETTLED_MS_MAX = 30_000;

/** Asks a counter-api. Rejects with the message where it refuses, and with the fault of the connection where there is one. */
export async function ask<T>(url: string, query: string, variables: object): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as { data?: T; errors?: { message: string }[] };
  const [error] = answer.errors ?? [];
  if (error !== undefined) throw new Error(error.message);
  if (answer.data === undefined) throw new Error(`answered with ${response.status}`);
  return answer.data;
}

/** A counter as a region has it now. */
export async function read(system: System, pageId: string, name = LIKES): Promise<RegionCounter> {
  const query = `query ($pageId: ID!, $name: String) {
    counter(pageId: $pageId, name: $name) { count staleRegions }
  }`;
  const { counter } = await ask<{ counter: RegionCounter }>(system.apiUrl(), query, {
    pageId,
    name,
  });
  return counter;
}

/** Whether a region counts another one as silent; undefined: it knows none of that name. */
export async function isStale(system: System, name: string): Promise<boolean | undefined> {
  const { regions } = await ask<{ regions: { name: string; stale: boolean }[] }>(
    system.apiUrl(),
    '{ regions { name stale } }',
    {},
  );
  return regions.find((region) => region.name === name)?.stale;
}

/** Adds likes, and gives the count that is answered. `url` is that of a counter-api, or of a proxy before it. */
export async function like(url: string, { pageId, by = 1, opId }: Change): Promise<number> {
  const query = `mutation ($pageId: ID!, $name: String, $by: SafeInt, $opId: ID) {
    incrementCounter(pageId: $pageId, name: $name, by: $by, opId: $opId) { count }
  }`;
  const { incrementCounter } = await ask<{ incrementCounter: { count: number } }>(url, query, {
    pageId,
    name: LIKES,
    by,
    opId,
  });
  return incrementCounter.count;
}

/** Adds one like `times` times, several at once. */
export async function likeMany(system: System, pageId: string, times: number): Promise<void> {
  for (let left = times; left > 0; left -= 25) {
    const some = Array.from({ length: Math.min(left, 25) });
    await Promise.all(some.map(() => like(system.apiUrl(), { pageId })));
  }
}

/** Waits until every region shows the same count and misses no other region; gives the milliseconds that took. */
export async function agree(
  { systems }: Pick<Regions, 'systems'>,
  pageId: string,
  count: number,
  name = LIKES,
): Promise<number> {
  const startMs = performance.now();
  await until(() => Promise.all(systems.map((system) => read(system, pageId, name))), {
    what: `every region to show ${count} for ${name} of ${pageId}`,
    accept: (seen) => seen.every((one) => one.count === count && one.staleRegions.length === 0),
    timeoutMs: SETTLED_MS_MAX,
    everyMs: 20,
  });
  return performance.now() - startMs;
}

/** Waits until a region shows a count and names exactly these regions as missing. */
export async function shows(
  system: System,
  pageId: string,
  wanted: RegionCounter,
  name = LIKES,
): Promise<void> {
  await until(() => read(system, pageId, name), {
    what: `${name} of ${pageId} to be ${wanted.count}, without ${wanted.staleRegions.join(', ') || 'none'}`,
    accept: (seen) =>
      seen.count === wanted.count && seen.staleRegions.join() === wanted.staleRegions.join(),
    timeoutMs: SETTLED_MS_MAX,
    everyMs: 20,
  });
}

/**
 * Waits until what each region knows now has come to all others: a later change of each has arrived everywhere, and buckets
 * are told of in the order in which they changed. `pageId` is one that nothing else is done with.
 */
export async function exchanged(regions: Regions, pageId: string): Promise<void> {
  for (const system of regions.systems) await like(system.apiUrl(), { pageId });
  await until(() => Promise.all(regions.systems.map((system) => read(system, pageId))), {
    what: 'a like of each region to be in all',
    accept: (seen) => seen.every(({ count }) => count === regions.systems.length),
    timeoutMs: SETTLED_MS_MAX,
  });
}
