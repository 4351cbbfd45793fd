import type { CounterName, PageId } from '@headcount/protocol';

/** A counter: a page and a name. */
export interface CounterId {
  readonly pageId: PageId;
  readonly name: CounterName;
}

/** A counter's id as one text, for maps. */
export type CounterKey = string & { readonly brand: 'CounterKey' };

/** The key of a counter. Neither part may hold a space, so no two counters share one. */
export function counterKey({ pageId, name }: CounterId): CounterKey {
  return `${name} ${pageId}` as CounterKey;
}
