/** A counter as REST shows it, and the validator of that. */
import type { ShownText, WantedShown } from '@headcount/counter-store';
import { rfc3339, type Preconditions } from '@headcount/platform';
import { HeadcountError, type CounterValue } from '@headcount/protocol';

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

const TAG = /^"(-?\d{1,16}-\d{0,12})"$/;

/**
 * What a counter has to show for a change that was made conditional; null: whatever. Throws HeadcountError PRECONDITION_FAILED where
 * nothing that it may show would do. There is always a counter, so `*` matches each.
 */
export function wantedIn(asked: Preconditions | null): WantedShown | null {
  if (asked === null) return null;
  const { match, noneMatch } = asked;
  if (noneMatch === '*') throw new HeadcountError('PRECONDITION_FAILED');
  const oneOf = match === null || match === '*' ? null : match.flatMap(shownIn);
  const noneOf = noneMatch === null ? null : noneMatch.flatMap(shownIn);
  if (oneOf?.length === 0) throw new HeadcountError('PRECONDITION_FAILED');
  return { ...(oneOf && { oneOf }), ...(noneOf && { noneOf }) };
}

/** What a counter with this entity tag shows; none of ours: nothing. */
function shownIn(etag: string): ShownText[] {
  const text = TAG.exec(etag)?.[1];
  return text === undefined ? [] : [text as ShownText];
}
