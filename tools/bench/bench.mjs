/**
 * `npm run bench [-- NAME …] [--json FILE] [--quick] [--install]`: measures Headcount against what a team would build without it, on
 * this machine, in one run (docs/benchmarks.md). NAME is the beginning of a name such as `get`, `increment.hot-page` or
 * `latency.quiet.p99`; without one everything is measured. Progress goes to standard error, the table to standard output.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from '../setup/build.mjs';
import { consentOf } from '../setup/consent.mjs';
import { Fault } from '../setup/fault.mjs';
import { ensureNodeModules } from '../setup/node-modules.mjs';
import { ensureProgram, REDIS } from '../setup/programs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const say = (text) => console.error(text);

function argumentsOf(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        quick: { type: 'boolean', default: false },
        install: { type: 'boolean', default: false },
      },
    });
  } catch ({ message }) {
    throw new Fault(
      `${message}\nUse: npm run bench [-- NAME ...] [--json FILE] [--quick] [--install]`,
    );
  }
}

async function bench() {
  const { values, positionals } = argumentsOf(process.argv.slice(2));
  await ensureNodeModules(root, say);
  await ensureProgram(REDIS, {
    print: say,
    consent: consentOf(values.install),
    toAllow: 'npm run bench -- --install',
  });
  await build(root);
  // Not before: what they import may have been installed or built just now.
  const { select, runSuites } = await import('./suites.mjs');
  const { tableOf, toJson } = await import('./rows.mjs');
  const rows = await runSuites(select(positionals), { quick: values.quick, say });
  console.log(tableOf(rows));
  if (values.json !== undefined) writeFileSync(values.json, toJson(rows));
}

try {
  await bench();
} catch (error) {
  console.error(error instanceof Fault ? error.message : error);
  // At once, since processes may be left that were to be measured; they end with this one.
  process.exit(1);
}
