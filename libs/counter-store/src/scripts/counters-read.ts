import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { VIEW_FIELDS, positionAt, staleAt, viewAt, type CounterView } from './replies.js';

/** Views in the order asked, as of one position of their bucket. */
export interface CountersRead {
  readonly position: Position;
  /** Regions whose viewers are left out. */
  readonly staleRegions: readonly string[];
  readonly views: readonly CounterView[];
}

/** Typed door to counters-read.lua, whose header is the contract. */
export const countersRead = defineScript<CountersRead>({
  name: 'counters-read',
  keys: ['meta'],
  args: ['counters'],
  decode: (reply) => {
    const views: CounterView[] = [];
    for (let at = 4; at < reply.length; at += VIEW_FIELDS) views.push(viewAt(reply, at));
    return { position: positionAt(reply, 0), staleRegions: staleAt(reply, 3), views };
  },
});
