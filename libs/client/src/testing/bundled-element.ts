import { join } from 'node:path';
import { build } from 'esbuild';

/** The script that pages load, as the build makes it. */
export async function bundledElement(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, '..', 'browser.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
