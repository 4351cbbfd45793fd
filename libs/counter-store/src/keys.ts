/**
 * Names of the keys in Redis. All keys of a bucket share one hash tag, so a bucket is one slot of a Redis Cluster.
 * Shelf keys are missing here on purpose: scripts derive them (DESIGN.md §4).
 */
import { createHash } from 'node:crypto';

const of = (bucket: number, part: string): string => `hc:{${bucket}}:${part}`;

export const metaKey = (bucket: number): string => of(bucket, 'meta');
export const indexKey = (bucket: number): string => of(bucket, 'index');
export const namesKey = (bucket: number): string => of(bucket, 'names');
export const gatewaysKey = (bucket: number): string => of(bucket, 'gateways');
export const entriesKey = (bucket: number, gateway: string): string =>
  of(bucket, `gateway:${gateway}`);
export const batchesKey = (bucket: number): string => of(bucket, 'batches');
export const operationsKey = (bucket: number, generation: 0 | 1): string =>
  of(bucket, `operations:${generation}`);
/** What operators have set, the latest first. */
export const setsKey = (bucket: number): string => of(bucket, 'sets');
/** What regions know of each other in a bucket (docs/protocol.md §8). */
export const voidsKey = (bucket: number): string => of(bucket, 'voids');
export const regionsKey = (bucket: number): string => of(bucket, 'regions');
export const writersKey = (bucket: number): string => of(bucket, 'writers');
/** Follows lie in the bucket of their user; a user is named as shortName does it. */
export const followsKey = (bucket: number, user: string): string => of(bucket, `follows:${user}`);
export const followersKey = (bucket: number): string => of(bucket, 'followers');
/** user -> how many of its follows have ended; includes/follows.lua. */
export const endedKey = (bucket: number): string => of(bucket, 'ended');
/** user -> seconds since 1970 when last seen in this region; informational. */
export const seenKey = (bucket: number): string => of(bucket, 'seen');
export const markersKey = (bucket: number): string => of(bucket, 'markers');
/** The last modifications of a page, which is named as shortName does it. */
export const historiesKey = (bucket: number): string => of(bucket, 'histories');
export const historyKey = (bucket: number, page: string): string => of(bucket, `history:${page}`);
/** 'counter\tchoice' -> key of the counter of that choice, where it is a digest. */
export const choicesKey = (bucket: number): string => of(bucket, 'choices');
/** Who is present without a socket until when, and those of them that are in several places. */
export const leasesKey = (bucket: number): string => of(bucket, 'leases');
export const placesKey = (bucket: number): string => of(bucket, 'places');
/** Where a bucket's changes are published (docs/protocol.md §7). */
export const changesChannel = (bucket: number): string => of(bucket, 'changes');

/** The channels of all buckets, for a pattern subscription. */
export const ALL_CHANGES = 'hc:{*}:changes';

/** instance -> heartbeat, of gateways and of counter-apis. */
export const GATEWAY_REGISTRY = 'hc:gateways';
export const COUNTER_API_REGISTRY = 'hc:counter-apis';
/** Of the regions as wholes: who was heard of, and who is out of service. */
export const REGIONS = 'hc:regions';
export const RETIRED_REGIONS = 'hc:regions:retired';
/** bucket -> when a lease of it ends; may say it too early. */
export const LEASES_DUE = 'hc:leases';
/** What was taken of a limit within a window. */
export const limitKey = (kind: string, key: string, windowSeconds: number): string =>
  `hc:limit:{${kind} ${key}}:${windowSeconds}`;
/** What this Redis was set up as: bucket count and layout version. */
export const DEPLOYMENT = 'hc:deployment';

/** Longest key that stays text: with its prefixes and suffixes a field then has at most 64 bytes. */
const KEY_BYTES_MAX = 56;

/** A counter's name inside its bucket, and its full name where the key is only a digest of it. */
export interface CounterKey {
  readonly key: string;
  readonly fullName: string;
}

/**
 * `page name`, or `#` and the SHA-256 of that where it has more than 56 bytes, so that nothing hangs on
 * hash-max-listpack-value. `fullName` is empty where the key says it all.
 */
export function counterKey(pageId: string, name: string): CounterKey {
  const text = `${pageId} ${name}`;
  return Buffer.byteLength(text) <= KEY_BYTES_MAX ? { key: text, fullName: '' } : digestOf(text);
}

/** Longest stem that stays text: with the longest name of a region, or a slot, and a writer it makes 64 bytes. */
const STEM_BYTES_MAX = 23;

/**
 * What the keys of whatever belongs to a counter begin with: slots of a windowed one, quotas of a bounded one. The counter's text, or
 * `#` and 128 bits of its SHA-256 where that has more than 23 bytes.
 */
export function counterStem(pageId: string, name: string): string {
  const text = `${pageId} ${name}`;
  if (Buffer.byteLength(text) <= STEM_BYTES_MAX) return text;
  return `#${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
}

/** The same for a user or a page alone. What begins with `#` is a digest always, so that nobody can name himself like one. */
export function shortName(id: string): CounterKey {
  const isShort = Buffer.byteLength(id) <= KEY_BYTES_MAX && !id.startsWith('#');
  return isShort ? { key: id, fullName: '' } : digestOf(id);
}

const digestOf = (text: string): CounterKey => ({
  key: `#${createHash('sha256').update(text).digest('base64url')}`,
  fullName: text,
});
