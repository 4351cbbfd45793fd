import { err, ok, type Result } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { leaseReadAt, type LeaseRead } from './lease-replies.js';

/** Why a lease was not made: the region has as many as it keeps, or the viewer as many as one may have. */
export type LeaseRefusal = 'TOO_MANY' | 'TOO_MANY_OF_VIEWER';

/** Typed door to lease-renew.lua, whose header is the contract. */
export const leaseRenew = defineScript<Result<LeaseRead, LeaseRefusal>>({
  name: 'lease-renew',
  keys: ['meta', 'index', 'gateways', 'entries', 'names', 'leases', 'places'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'now',
    'key',
    'fullName',
    'viewer',
    'place',
    'ttlMs',
    'leasesMax',
    'perViewerMax',
  ],
  decode: (reply) =>
    reply[0] === 'refused' ? err(reply[1] as LeaseRefusal) : ok(leaseReadAt(reply, 1)),
});
