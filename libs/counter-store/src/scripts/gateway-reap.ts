import { defineScript } from '../define-script.js';

/** Typed door to gateway-reap.lua: whether the gateway was counted out of the bucket. */
export const gatewayReap = defineScript<boolean>({
  name: 'gateway-reap',
  keys: ['meta', 'index', 'gateways', 'entries'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'now',
    'instance',
    'version',
  ],
  decode: ([verdict]) => verdict === 'reaped',
});
