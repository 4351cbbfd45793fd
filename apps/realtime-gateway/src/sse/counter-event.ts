import { rfc3339 } from '@headcount/platform';
import type { CounterValue } from '@headcount/protocol';

/** How long an EventSource waits before it comes back, in milliseconds. */
export const RETRY_MS = 3000;

/** The first frame: nothing to show yet, but when to come back after an end. */
export const RETRY_FRAME = `retry: ${RETRY_MS}\n\n`;

/**
 * A counter as an event without a name, so that `onmessage` takes it. The id is the value's
 * version; after an end the newest value is sent again in any case, since counts are a state and
 * nothing of what was missed is worth replaying.
 */
export function counterEvent(value: CounterValue): string {
  const { pageId, name, count, connections, updatedAtMs, incarnation, rev, staleRegions } = value;
  const updatedAt = updatedAtMs === null ? null : rfc3339(updatedAtMs);
  const data = { pageId, name, count, connections, updatedAt, staleRegions };
  // JSON holds no line breaks, which would be ends of lines of the event.
  return `id: ${incarnation === '' ? '0' : incarnation}-${rev}\ndata: ${JSON.stringify(data)}\n\n`;
}
