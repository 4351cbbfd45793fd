import { readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

/** Read by the apps at run time, so they lie in dist/ where their reader is. */
const ASSETS = new Set(['.lua', '.sql', '.html', '.css', '.svg']);

/**
 * What dist/ is made of, as paths relative to `root`, in a fixed order: the TypeScript of apps/ and libs/ without
 * tests, and assets. The code of libs/client is for browsers and is bundled instead.
 */
export async function listFiles(root) {
  const [apps, libs] = await Promise.all([walk(root, 'apps'), walk(root, 'libs')]);
  const files = [...apps, ...libs].sort();
  return {
    code: files.filter((file) => isProgram(file) && !file.startsWith('libs/client/')),
    assets: files.filter((file) => ASSETS.has(extname(file))),
  };
}

function isProgram(file) {
  return file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts');
}

async function walk(root, folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(`${sep}node_modules`))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
