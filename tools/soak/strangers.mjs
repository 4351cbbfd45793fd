import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Every attack of a stranger against an honest population. Gives whether all held (tools/soak/strangers/run.mjs). */
export function strangers({ seconds = '5', only = '' }) {
  const run = fileURLToPath(new URL('strangers/run.mjs', import.meta.url));
  const args = [run, '--seconds', seconds, '--only', only];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
}
