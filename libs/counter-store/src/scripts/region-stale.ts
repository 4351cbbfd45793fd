import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { positionAt } from './replies.js';

/** Typed door to region-stale.lua, whose header is the contract. */
export const regionStale = defineScript<Position>({
  name: 'region-stale',
  keys: ['meta', 'regions'],
  args: ['candidate', 'seenIncarnation', 'seenSeq', 'seenRev', 'region', 'stale'],
  decode: (reply) => positionAt(reply, 0),
});
