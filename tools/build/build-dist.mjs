/**
 * `npm run build`, and what Nx runs as `headcount:build`: all of apps/ and libs/ into dist/, file by file, and the script for
 * browsers. It takes less time than Nx to have a last build back, which would take files away from under whatever runs there.
 * Another workspace's root may be given as the only argument.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleBrowser } from './bundle-browser.mjs';
import { compile } from './compile.mjs';
import { listFiles } from './list-files.mjs';
import { syncFolder } from './sync-folder.mjs';

const root = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../..');
const startedMs = performance.now();

const { code, assets } = await listFiles(root);
const [compiled, copied, browser] = await Promise.all([
  compile(root, code),
  Promise.all(assets.map(async (file) => [file, await readFile(join(root, file))])),
  bundleBrowser(root),
]);
await syncFolder(join(root, 'dist'), new Map([...compiled, ...copied, ...browser.files]));

const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
console.log(
  `dist/: ${code.length} files compiled, ${assets.length} copied, ${browser.summary}, ${seconds} s`,
);
