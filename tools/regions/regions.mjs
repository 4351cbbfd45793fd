/**
 * `npm run regions -- cut | heal | status [region [region]]`: splits the regions that `npm start -- --regions 2` has on this
 * machine, joins them again, or says how they are. Without a name it is about all of them, with one about that region and
 * all others. Nothing but Node itself is needed.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../setup/fault.mjs';
import { dataDirOf } from '../start/data-dir.mjs';
import { giveOrder } from './control.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

try {
  const lines = await giveOrder(dataDirOf(process.env, root), process.argv.slice(2));
  console.log(lines.join('\n'));
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
