/** From what callers write of leases to what the service takes. Each throws HeadcountError with the code of the fault. */
import type { Subject } from '@headcount/platform';
import {
  HeadcountError,
  orThrow,
  parseViewerId,
  type PageId,
  type ViewerId,
} from '@headcount/protocol';

/** How long a lease is, in seconds: by itself, and at most. */
export const LEASE_SECONDS = 30;
export const LEASE_SECONDS_MAX = 3600;

/** A back end with this scope acts for any user. */
const SCOPE_USERS = 'users:act';

/** For how long a viewer is to be present. */
export function leaseSecondsOf(ttl: unknown): number {
  if (ttl === undefined || ttl === null) return LEASE_SECONDS;
  if (typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= 1 && ttl <= LEASE_SECONDS_MAX)
    return ttl;
  throw new HeadcountError(
    'BAD_REQUEST',
    `A lease lasts a whole number of seconds from 1 to ${LEASE_SECONDS_MAX}.`,
  );
}

/** Who is to be present: the caller itself, or whom it names where it may act for others. */
export function leasedViewer(caller: Subject, viewer: unknown, auth: 'off' | 'jwt'): ViewerId {
  const own = caller.kind === 'viewer' ? caller.id : null;
  if (viewer === undefined || viewer === null) {
    if (own !== null) return own;
    throw new HeadcountError(
      'BAD_REQUEST',
      'Say who is present: with a token, or where AUTH is off with x-headcount-user or viewer.',
    );
  }
  if (typeof viewer !== 'string') throw new HeadcountError('BAD_VIEWER_ID');
  const id = orThrow(parseViewerId(viewer));
  if (id === own || auth === 'off' || caller.grants.scopes.has(SCOPE_USERS)) return id;
  throw new HeadcountError('FORBIDDEN', `The token must have the scope ${SCOPE_USERS}.`);
}

/** The page itself, where the caller may view it. */
export function viewableBy({ grants }: Subject, pageId: PageId): PageId {
  if (grants.mayView(pageId)) return pageId;
  throw new HeadcountError('FORBIDDEN', 'The token does not allow to view this page.');
}
