/** A counter as REST shows it, and the validator of that. */
import fresh from 'fresh';
import { rfc3339 } from '@headcount/platform';
import type { CounterValue } from '@headcount/protocol';

/** A counter as the original API shows it. */
export interface CounterDocument {
  readonly count: number;
  /** RFC 3339 in whole seconds, or null: never changed, or no longer known. */
  readonly updated_at: string | null;
}

/** What of a value a document shows. */
export type Shown = Pick<CounterValue, 'count' | 'updatedAtMs'>;

/** The document of a value. */
export function documentOf({ count, updatedAtMs }: Shown): CounterDocument {
  return { count, updated_at: updatedAtMs === null ? null : rfc3339(updatedAtMs) };
}

/**
 * The ETag of a value's document, strong: it says just what the document shows, so it is the same for the same bytes, in
 * every counter-api and every region. The version of a value would not do: it is that of the whole bucket, and changes with
 * each neighbour.
 */
export function etagOf({ count, updatedAtMs }: Shown): string {
  return `"${count}-${updatedAtMs === null ? '' : updatedAtMs / 1000}"`;
}

/** Whether a caller that sent this If-None-Match has the document with this ETag. */
export function isKnown(ifNoneMatch: string, etag: string): boolean {
  // Without the rest of the head: programs that set If-None-Match themselves have `cache-control: no-cache` sent with it.
  return fresh({ 'if-none-match': ifNoneMatch }, { etag });
}
