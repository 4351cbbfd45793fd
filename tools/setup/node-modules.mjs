import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';
import { run } from './run-child.mjs';

/**
 * Makes node_modules what package-lock.json says, if it is not so already. Says so through `print` when it takes time.
 * Uses nothing but Node itself, for nothing else may be there yet. Rejects with a Fault with npm's own words if npm fails.
 */
export async function ensureNodeModules(root, print) {
  if (nodeModulesMatch(root)) return;
  print('Installing node modules (npm ci), about half a minute …');
  // `npm` may be a script of any kind on PATH; inside `npm start` npm says where it is itself.
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status, printed } = await run(command, args, { cwd: root });
  if (status !== 0) throw new Fault(`npm ci failed:\n${printed}`);
}

/**
 * Whether every package of package-lock.json is installed in its version, as far as npm's own record inside
 * node_modules tells. Times of files would not do: a git checkout makes the lock younger than what it describes.
 */
export function nodeModulesMatch(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(join(root, 'node_modules/.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const installed = present[path];
    // An optional package may be for another system, and then npm leaves it out.
    return installed === undefined
      ? Boolean(optional ?? devOptional)
      : installed.version === version;
  });
}

function packagesIn(lock) {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
