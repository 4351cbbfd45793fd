/** From what callers write to what the service takes. Each throws HeadcountError with the code of the fault. */
import {
  HeadcountError,
  orThrow,
  parseOperationId,
  parsePageId,
  type PageId,
} from '@headcount/protocol';
import type { EventId } from './event-operation.js';

/** A page by the id that a caller gave. */
export function pageIdOf(raw: string): PageId {
  return orThrow(parsePageId(raw));
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
