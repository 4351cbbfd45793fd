import { err, ok, type Result } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { leaseReadAt, type LeaseRead } from './lease-replies.js';

/** Typed door to lease-renew.lua, whose header is the contract. */
export const leaseRenew = defineScript<Result<LeaseRead, 'TOO_MANY'>>({
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
  ],
  decode: (reply) => (reply[0] === 'refused' ? err('TOO_MANY') : ok(leaseReadAt(reply, 1))),
});
