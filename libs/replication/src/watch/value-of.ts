import type { CounterName, CounterValue, PageId } from '@headcount/protocol';
import { counterOf } from './counter-of.js';
import type { WatchedCounter } from './watched.js';

/** What a watched counter shows, or null where it has not been read or cannot be shown. */
export function valueOf(watched: WatchedCounter<unknown>): CounterValue | null {
  const { pageId, name, view, version, staleRegions } = watched;
  if (view === null) return null;
  const counter = { pageId: pageId as PageId, name: name as CounterName };
  const value = counterOf(counter, view, version, staleRegions);
  return value.ok ? value.value : null;
}
