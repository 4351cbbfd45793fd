import { defineScript } from '../define-script.js';
import { integer } from './replies.js';

/** Typed door to region-hear.lua: how many heartbeats moved. */
export const regionHear = defineScript<number>({
  name: 'region-hear',
  keys: ['regions'],
  args: ['nowMs', 'how', 'heartbeats'],
  decode: ([moved]) => integer(moved),
});
