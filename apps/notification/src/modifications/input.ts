/** From what callers write to what the service takes. Each throws HeadcountError with the code of the fault. */
import { fieldRefusal } from '@headcount/platform';
import {
  HeadcountError,
  parseOperationId,
  demandPageId,
  demandViewerId,
  type PageId,
  type ViewerId,
} from '@headcount/protocol';
import type { EventId } from './event-operation.js';

/** A page by the id that a caller gave. */
export function pageIdOf(raw: string): PageId {
  return demandPageId(raw);
}

/** An event by the id that a caller gave. */
export function eventIdOf(raw: string): EventId {
  const eventId = parseOperationId(raw);
  if (eventId.ok) return eventId.value;
  throw new HeadcountError(
    eventId.error,
    'The event id must have 1 to 128 characters of printable ASCII, with no space at either end.',
  );
}

/** What happened on a page, as a caller tells of it. */
export interface RawModification {
  readonly pageId: string;
  readonly eventId: string;
  readonly title?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly actor?: string | null | undefined;
  /** Milliseconds since 1970. */
  readonly at?: number | null | undefined;
}

/** The same, checked. `atMs` null: now. */
export interface ModificationAsked {
  readonly pageId: PageId;
  readonly eventId: EventId;
  readonly title: string | null;
  readonly url: string | null;
  readonly actor: ViewerId | null;
  readonly atMs: number | null;
}

/** Longest title and address, in bytes of UTF-8: a history keeps a hundred of each. */
export const TITLE_BYTES_MAX = 512;
export const URL_BYTES_MAX = 2048;

/** How far a caller's clock may be ahead: any time zone taken for another. Such an event happened now. */
const AHEAD_MS_MAX = 86_400_000;

/** The modification, whose time is never later than `nowMs`: it would stand before all that happens until then. */
export function modificationOf(raw: RawModification, nowMs: number): ModificationAsked {
  const { title = null, url = null, actor = null, at = null } = raw;
  if (title !== null && Buffer.byteLength(title) > TITLE_BYTES_MAX) {
    throw fieldRefusal('BAD_REQUEST', 'title', `title must have at most ${TITLE_BYTES_MAX} bytes`);
  }
  if (url !== null && (Buffer.byteLength(url) > URL_BYTES_MAX || !isWebAddress(url))) {
    throw fieldRefusal(
      'BAD_REQUEST',
      'url',
      `url must be an http or https address, or a path that begins with /, of at most ${URL_BYTES_MAX} bytes`,
    );
  }
  if (at !== null && (at < 0 || at > nowMs + AHEAD_MS_MAX))
    throw fieldRefusal('BAD_REQUEST', 'at', 'at must be a time from 1970 until now.');
  return {
    pageId: pageIdOf(raw.pageId),
    eventId: eventIdOf(raw.eventId),
    ...{ title, url, atMs: at === null ? null : Math.min(at, nowMs) },
    actor: actor === null ? null : demandViewerId(actor),
  };
}

/** Whoever shows it makes a link of it, and a link must not run a script. */
function isWebAddress(url: string): boolean {
  if (/^\/(?!\/)/.test(url)) return true;
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}
