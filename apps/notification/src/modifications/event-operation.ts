import { createHash } from 'node:crypto';
import { EVENT_OPERATION_PREFIX, type OperationId, type PageId } from '@headcount/protocol';

/** An event id that was let through: an operation id by its shape, but known page by page. */
export type EventId = OperationId;

/**
 * The operation under which an event counts on a page. An event may modify several pages, each once, and some
 * of them lie in one bucket, where an id stands for one change; so the page is part of it. The digest keeps
 * it short, and its prefix, which clients may not use, apart from the ids of their own changes.
 */
export function eventOperation(pageId: PageId, eventId: EventId): OperationId {
  const digest = createHash('sha256').update(`${pageId}\n${eventId}`).digest('base64url');
  return `${EVENT_OPERATION_PREFIX}${digest}` as OperationId;
}
