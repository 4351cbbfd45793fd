/**
 * `npm run build`: makes dist/ through Nx, which has the last one back at once while nothing that it is made of
 * has changed. Prints one line; everything that Nx and the compilers said only if they failed. Exit code 1 then.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
const run = spawnSync(process.execPath, [nx, 'run', 'headcount:build', '--outputStyle=static'], {
  encoding: 'utf8',
  // No daemon may stay behind, and nothing is asked or told of any server.
  env: {
    ...process.env,
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    FORCE_COLOR: '0',
  },
});

if (run.status === 0) {
  const summary =
    run.stdout.split('\n').find((line) => line.startsWith('dist/:')) ?? 'dist/ is made';
  console.log(run.stdout.includes('from the cache') ? `${summary} (unchanged)` : summary);
} else {
  console.error(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`);
  process.exitCode = 1;
}
