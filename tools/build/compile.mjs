import { transformFile } from '@swc/core';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

/**
 * Compiles TypeScript files one to one with the options of .swcrc. Imports by workspace name (`@headcount/…`) become
 * relative paths, so that dist/ runs wherever it is copied. Each file comes with a source map that points at its
 * TypeScript. `files` and the keys of the Map that is returned are relative to `root` and to dist/.
 * Rejects with the compiler's message, which names file and line.
 */
export async function compile(root, files) {
  const { compilerOptions } = JSON.parse(await readFile(join(root, 'tsconfig.base.json'), 'utf8'));
  const options = {
    configFile: join(root, '.swcrc'),
    jsc: { baseUrl: root, paths: compilerOptions.paths },
    // Without it a workspace name would become the path of a folder or of a .ts file.
    module: { type: 'commonjs', resolveFully: true },
  };
  const outputs = await Promise.all(files.map((file) => compileOne(root, file, options)));
  return new Map(outputs.flat());
}

async function compileOne(root, file, options) {
  const target = file.replace(/\.ts$/, '.js');
  const { code, map } = await transformFile(join(root, file), {
    ...options,
    sourceFileName: relative(dirname(join(root, 'dist', target)), join(root, file)),
  });
  return [
    [target, `${code}//# sourceMappingURL=${basename(target)}.map\n`],
    [`${target}.map`, map],
  ];
}
