import { defineScript } from '../define-script.js';

/** Typed door to registry-forget.lua: whether the instance was taken out. */
export const registryForget = defineScript<boolean>({
  name: 'registry-forget',
  keys: ['registry'],
  args: ['instance', 'heartbeat'],
  decode: ([verdict]) => verdict === 'forgotten',
});
