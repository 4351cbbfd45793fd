import { assert } from '@headcount/crdt';
import { defineScript } from '../define-script.js';

/** Typed door to window-read.lua, whose header is the contract. */
export const windowRead = defineScript<readonly number[]>({
  name: 'window-read',
  keys: ['meta'],
  args: ['stem', 'ranges'],
  decode: (reply) =>
    reply.map((text) => {
      const total = Number(text);
      assert(text !== '' && Number.isInteger(total), `no total: ${text}`);
      return total;
    }),
});
