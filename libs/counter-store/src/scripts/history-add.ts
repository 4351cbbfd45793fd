import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { positionAt } from './replies.js';

/** Typed door to history-add.lua, whose header is the contract. */
export const historyAdd = defineScript<{
  readonly position: Position;
  readonly replid: string;
  readonly isNews: boolean;
}>({
  name: 'history-add',
  keys: ['meta', 'index', 'names', 'histories', 'history'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'page',
    'pageName',
    'lengthMax',
    'event',
    'atMs',
    'json',
    'isFull',
  ],
  decode: (reply) => ({
    position: positionAt(reply, 0),
    replid: reply[3] ?? '',
    isNews: reply[4] === '1',
  }),
});
