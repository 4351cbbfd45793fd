import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { BucketState, CoverRow } from '../region-part.js';
import { integer, positionAt } from './replies.js';

/** Rows changed in (the rev asked, to], or null where whole state is needed, in slices of `modulus`. */
export interface RegionSince {
  readonly position: Position;
  readonly replid: string;
  readonly modulus: number;
  readonly changed: {
    readonly to: number;
    readonly state: BucketState;
    readonly covers: readonly CoverRow[];
  } | null;
}

/** Typed door to region-since.lua, whose header is the contract. */
export const regionSince = defineScript<RegionSince>({
  name: 'region-since',
  keys: ['meta', 'index', 'names', 'operations0', 'operations1', 'voids', 'regions', 'writers'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'incarnation',
    'rev',
    'vector',
    'rowsMax',
    'recordsMax',
  ],
  decode: ([verdict, ...reply]) => ({
    position: positionAt(reply, 0),
    replid: reply[3] ?? '',
    modulus: integer(reply[5]),
    changed:
      verdict === 'since'
        ? {
            to: integer(reply[4]),
            state: JSON.parse(reply[6] ?? '') as BucketState,
            covers: JSON.parse(reply[7] ?? '') as CoverRow[],
          }
        : null,
  }),
});
