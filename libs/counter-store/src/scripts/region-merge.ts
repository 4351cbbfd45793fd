import { assert, type Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { MergeVerdict, Pulled, VectorRow } from '../region-part.js';
import { integer, positionAt } from './replies.js';

/** What became of a part, and how far its sender is pulled now. */
export interface RegionMerged {
  readonly verdict: MergeVerdict;
  readonly position: Position;
  readonly pulled: Pulled;
  readonly vector: readonly VectorRow[];
}

function vectorAt(reply: readonly string[], first: number): VectorRow[] {
  const rows: VectorRow[] = [];
  for (let at = first; at < reply.length; at += 3) {
    rows.push([reply[at] ?? '', reply[at + 1] ?? '', integer(reply[at + 2])]);
  }
  return rows;
}

/** Typed door to region-merge.lua, whose header is the contract. */
export const regionMerge = defineScript<RegionMerged>({
  name: 'region-merge',
  keys: ['meta', 'index', 'names', 'operations0', 'operations1', 'voids', 'regions', 'writers'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'nowMs',
    'windowMs',
    'sender',
    'incarnation',
    'from',
    'to',
    'covers',
    'modulus',
    'number',
    'askedUnder',
    'trended',
    'state',
  ],
  decode: (reply) => {
    const incarnation = reply[4];
    assert(incarnation !== undefined, 'what is pulled has an incarnation, or none as ""');
    return {
      verdict: reply[0] as MergeVerdict,
      position: positionAt(reply, 1),
      pulled: { incarnation, rev: integer(reply[5]) },
      vector: vectorAt(reply, 6),
    };
  },
});
