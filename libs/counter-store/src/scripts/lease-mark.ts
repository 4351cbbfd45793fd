import { defineScript } from '../define-script.js';
import { integer } from './replies.js';

/** Typed door to lease-mark.lua, whose header is the contract. Resolves to how many buckets had no mark. */
export const leaseMark = defineScript<number>({
  name: 'lease-mark',
  keys: ['due'],
  args: ['now', 'ttlMs', 'buckets'],
  decode: ([added]) => integer(added),
});
