/** What a gateway wants, bucket by bucket, under the keys that things have in the store. */
import { counterKey, shortName } from '@headcount/counter-store';
import {
  MODIFICATIONS,
  bucketOf,
  userBucketOf,
  type InterestRequest,
  type PageId,
  type ViewerId,
  type WireCounter,
} from '@headcount/protocol';
import type { BucketWanted } from './bucket-follower.js';
import type { Kind } from './watched.js';

/** A kind and a key as one text. */
export type KindKey = string & { readonly brand: 'KindKey' };

export const kindKey = (kind: Kind, key: string): KindKey => `${kind} ${key}` as KindKey;

/** What `kindKey` was made of. */
export function kindAndKey(text: KindKey): readonly [Kind, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space) as Kind, text.slice(space + 1)];
}

/** What is named in a request: of pages and users there may be none. */
export interface Named {
  readonly counters: readonly WireCounter[];
  readonly pages: readonly (readonly [pageId: PageId, pairsAbove: number | null])[];
  readonly users: readonly ViewerId[];
}

export const addedBy = ({ add, pages, users }: InterestRequest): Named => ({
  counters: add,
  pages: pages?.add ?? [],
  users: users?.add ?? [],
});

export const droppedBy = ({ drop, pages, users }: InterestRequest): Named => ({
  counters: drop,
  pages: (pages?.drop ?? []).map((pageId) => [pageId, null] as const),
  users: users?.drop ?? [],
});

type Lists = { readonly [K in keyof BucketWanted]: BucketWanted[K][number][] };

/** What is named, by the bucket that it lies in. Cost O(named). */
export function byBucket(
  { counters, pages, users }: Named,
  buckets: number,
): ReadonlyMap<number, BucketWanted> {
  const found = new Map<number, Lists>();
  const of = (bucket: number): Lists => {
    const lists = found.get(bucket) ?? { counters: [], pages: [], users: [] };
    found.set(bucket, lists);
    return lists;
  };
  for (const [pageId, name] of counters) {
    const { key } = counterKey(pageId, name);
    of(bucketOf(pageId, buckets)).counters.push({ key, pageId, name });
  }
  for (const [pageId, pairsAbove] of pages) {
    const { key } = counterKey(pageId, MODIFICATIONS);
    of(bucketOf(pageId, buckets)).pages.push({ key, pageId, pairsAbove });
  }
  for (const userId of users) {
    of(userBucketOf(userId, buckets)).users.push({ key: shortName(userId).key, userId });
  }
  return found;
}

/** The keys of all that is wanted. */
export function keysOf({ counters, pages, users }: BucketWanted): KindKey[] {
  return [
    ...counters.map(({ key }) => kindKey('counter', key)),
    ...pages.map(({ key }) => kindKey('page', key)),
    ...users.map(({ key }) => kindKey('user', key)),
  ];
}

/** What of it `holds` still has. */
export function stillWanted(
  { counters, pages, users }: BucketWanted,
  holds: (key: KindKey) => boolean,
): BucketWanted {
  return {
    counters: counters.filter(({ key }) => holds(kindKey('counter', key))),
    pages: pages.filter(({ key }) => holds(kindKey('page', key))),
    users: users.filter(({ key }) => holds(kindKey('user', key))),
  };
}
