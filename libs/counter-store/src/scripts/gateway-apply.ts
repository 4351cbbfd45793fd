import type { FeedVerdict, Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { integer, positionAt } from './replies.js';

/** What became of a gateway's message, and what is stored of that gateway now. */
export interface GatewayApplied {
  readonly verdict: FeedVerdict;
  readonly stored: number;
  readonly position: Position;
}

/** Typed door to gateway-apply.lua, whose header is the contract. */
export const gatewayApply = defineScript<GatewayApplied>({
  name: 'gateway-apply',
  keys: ['meta', 'index', 'gateways', 'entries', 'names'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'now',
    'instance',
    'from',
    'to',
    'changes',
  ],
  decode: (reply) => ({
    verdict: reply[0] as FeedVerdict,
    stored: integer(reply[1]),
    position: positionAt(reply, 2),
  }),
});
