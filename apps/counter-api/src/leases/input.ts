/** How long a lease is, from what callers write of it. */
import { HeadcountError } from '@headcount/protocol';

/** How long a lease is, in seconds: by itself, and at most. */
export const LEASE_SECONDS = 30;
export const LEASE_SECONDS_MAX = 3600;

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
