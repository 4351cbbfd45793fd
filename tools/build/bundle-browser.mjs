import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ENTRY = 'libs/client/src/browser.ts';
const TARGET = 'apps/counter-api/assets/headcount.js';

/**
 * The one script that pages load: a minified ES module without imports, for the browsers of the last years.
 * Gives its file for dist/, and a few words on its size for the build's summary.
 */
export async function bundleBrowser(root) {
  if (!existsSync(join(root, ENTRY))) return { files: new Map(), summary: `no ${ENTRY} to bundle` };
  const { outputFiles } = await build({
    entryPoints: [join(root, ENTRY)],
    absWorkingDir: root,
    tsconfig: join(root, 'tsconfig.base.json'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    legalComments: 'none',
    write: false,
  });
  const [script] = outputFiles;
  const kilobytes = (gzipSync(script.contents).length / 1000).toFixed(1);
  return {
    files: new Map([[TARGET, script.contents]]),
    summary: `headcount.js ${kilobytes} kB gzipped`,
  };
}
