import { assert } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { integer } from './replies.js';

/** What an operation has counted as: the nth of its writer, n = position. `~`: the region's life zero. */
export interface OperationPlace {
  readonly key: string;
  readonly writer: string;
  readonly position: number;
}

/** Typed door to operations-read.lua, whose header is the contract; null for an id that is not known. */
export const operationsRead = defineScript<readonly (OperationPlace | null)[]>({
  name: 'operations-read',
  keys: ['operations0', 'operations1'],
  args: ['ids'],
  decode: (reply) => {
    const places: (OperationPlace | null)[] = [];
    for (let at = 0; at < reply.length; at += 3) {
      const [key, writer, position] = reply.slice(at, at + 3);
      assert(key !== undefined && writer !== undefined, 'an operation has three parts');
      places.push(key === '' ? null : { key, writer, position: integer(position) });
    }
    return places;
  },
});
