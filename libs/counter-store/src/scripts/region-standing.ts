import { assert } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { Pulled, VectorRow } from '../region-part.js';
import { integer, positionAt, staleAt } from './replies.js';

/** Typed door to region-standing.lua. The vector lacks the own region, whose name the script need not know. */
export const regionStanding = defineScript({
  name: 'region-standing',
  keys: ['meta', 'regions'],
  args: ['candidate', 'seenIncarnation', 'seenSeq', 'seenRev', 'region'],
  decode: (reply) => {
    const vector: VectorRow[] = [];
    const pulled = new Map<string, Pulled>();
    for (let at = 4; at < reply.length; at += 5) {
      const [name, incarnation, seq, pulledIncarnation, pulledRev] = reply.slice(at, at + 5);
      assert(name && incarnation !== undefined, 'a region has a name and an incarnation');
      if (incarnation !== '') vector.push([name, incarnation, integer(seq)]);
      if (pulledIncarnation)
        pulled.set(name, { incarnation: pulledIncarnation, rev: integer(pulledRev) });
    }
    return { position: positionAt(reply, 0), stale: staleAt(reply, 3), vector, pulled };
  },
});
