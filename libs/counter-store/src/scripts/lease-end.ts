import { defineScript } from '../define-script.js';
import { leaseReadAt, type LeaseRead } from './lease-replies.js';

/** Typed door to lease-end.lua, whose header is the contract. */
export const leaseEnd = defineScript<LeaseRead>({
  name: 'lease-end',
  keys: ['meta', 'index', 'gateways', 'entries', 'leases', 'places'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'now',
    'key',
    'viewer',
    'place',
  ],
  decode: (reply) => leaseReadAt(reply, 1),
});
