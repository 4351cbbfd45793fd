import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { positionAt } from './replies.js';

/** Typed door to bucket-compare.lua: where the bucket stands, in a new incarnation if it has forgotten. */
export const bucketCompare = defineScript<Position>({
  name: 'bucket-compare',
  keys: ['meta'],
  args: ['candidate', 'seenIncarnation', 'seenSeq', 'seenRev', 'region'],
  decode: (reply) => positionAt(reply, 0),
});
