import type { CounterId } from '@headcount/gateway-core';
import {
  HeadcountError,
  VIEWERS,
  orThrow,
  parseCounterName,
  demandPageId,
} from '@headcount/protocol';

/** What the stream of a page is asked to show. */
export interface PageStreamAsked extends CounterId {
  /** Whether whoever reads is present on the page meanwhile. */
  readonly viewing: boolean;
}

/** Reads an address. Throws HeadcountError with the code of what is wrong. */
export function pageStreamAsked(pageId: string, query: unknown): PageStreamAsked {
  const { name = VIEWERS, viewing = '0' } = query as Readonly<Record<string, unknown>>;
  if (viewing !== '0' && viewing !== '1')
    throw new HeadcountError('BAD_REQUEST', 'viewing must be 0 or 1.');
  // Given twice it comes as a list.
  if (typeof name !== 'string') throw new HeadcountError('BAD_COUNTER_NAME');
  return {
    pageId: demandPageId(pageId),
    name: orThrow(parseCounterName(name)),
    viewing: viewing === '1',
  };
}
