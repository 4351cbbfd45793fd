import { defineScript } from '../define-script.js';
import { integer } from './replies.js';

/** Typed door to lease-take.lua, whose header is the contract. */
export const leaseTake = defineScript<readonly number[]>({
  name: 'lease-take',
  keys: ['due'],
  args: ['now', 'most'],
  decode: (reply) => reply.map(integer),
});
