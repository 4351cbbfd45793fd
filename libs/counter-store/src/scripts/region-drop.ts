import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { positionAt } from './replies.js';

/** Typed door to region-drop.lua, whose header is the contract. */
export const regionDrop = defineScript<Position>({
  name: 'region-drop',
  keys: ['meta', 'index', 'regions'],
  args: ['candidate', 'seenIncarnation', 'seenSeq', 'seenRev', 'region', 'retired'],
  decode: (reply) => positionAt(reply, 0),
});
