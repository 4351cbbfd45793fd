import { defineScript } from '../define-script.js';
import { integer } from './replies.js';

/** What a sweep dropped, and which gateways the bucket knows: instance -> version stored. */
export interface BucketSwept {
  readonly rowsCut: number;
  readonly recordsDropped: number;
  /** Fields of slots whose time is over. */
  readonly slotsDropped: number;
  readonly gateways: ReadonlyMap<string, number>;
}

/** Typed door to bucket-sweep.lua, whose header is the contract. */
export const bucketSweep = defineScript<BucketSwept>({
  name: 'bucket-sweep',
  keys: ['meta', 'index', 'batches', 'gateways'],
  args: ['now', 'zeroSeconds', 'batchSeconds', 'rowsMax'],
  decode: ([rowsCut, recordsDropped, slotsDropped, ...pairs]) => {
    const gateways = new Map<string, number>();
    for (let at = 0; at < pairs.length; at += 2)
      gateways.set(pairs[at] ?? '', integer(pairs[at + 1]));
    return {
      rowsCut: integer(rowsCut),
      recordsDropped: integer(recordsDropped),
      slotsDropped: integer(slotsDropped),
      gateways,
    };
  },
});
