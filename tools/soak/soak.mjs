/**
 * `npm run soak [-- storm]`: what is too long or too loud for `npm test`. Exit code 1 at the
 * first failure.
 *
 * storm    [--seed N] [--seeds M] [--seconds S] [--all-in-one]: the storm of tools/e2e/storm.e2e.test.ts with M seeds from
 *          N on, S seconds each, until one fails.
 * rolling  [--clients N] [--drain-ms D] [--all-in-one]: tools/e2e/rolling-restart.e2e.test.ts with N clients (2000) and
 *          gateways whose DRAIN_MS is D (5000). Judges the pace of the reconnects and the grace too, so nothing
 *          else should run on the machine.
 * unread   [--clients N] [--changes C] [--all-in-one]: tools/e2e/unread.e2e.test.ts with N users online (2000; the issue asks for
 *          10000) on a page that is modified C times (100).
 * fuzz     [--seed N] [--requests R] [--documents D] [--all-in-one]: tools/e2e/fuzz.e2e.test.ts with R requests over REST (10000),
 *          D documents of GraphQL (1000) and every naughty string; with `--seed` the same ones again.
 * strangers [--seconds S] [--only TEXT]: an honest population alone, then under each attack of tools/soak/strangers for S seconds (5).
 *          Judges times and memory too, so nothing else should run on the machine.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.mjs';
import { rolling } from './rolling.mjs';
import { strangers } from './strangers.mjs';
import { storm } from './storm.mjs';
import { unread } from './unread.mjs';

const SOAKS = { storm, rolling, unread, fuzz, strangers };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '3' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    clients: { type: 'string', default: '2000' },
    changes: { type: 'string', default: '100' },
    requests: { type: 'string', default: '10000' },
    documents: { type: 'string', default: '1000' },
    'drain-ms': { type: 'string' },
    'all-in-one': { type: 'boolean', default: false },
  },
});

const [name = 'storm', ...more] = positionals;
const soak = Object.hasOwn(SOAKS, name) && more.length === 0 ? SOAKS[name] : undefined;
if (soak === undefined) {
  console.error(
    `There is no soak "${positionals.join(' ')}"; there are ${Object.keys(SOAKS).join(', ')}.`,
  );
  process.exit(1);
}
process.exit(soak(values) ? 0 : 1);
