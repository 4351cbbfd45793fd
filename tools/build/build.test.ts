import { execFile } from 'node:child_process';
import {
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const workspace = join(__dirname, '../..');

/** A small workspace of the same make, so that the test does not hang on what the real one holds. */
const FILES: Readonly<Record<string, string>> = {
  'tsconfig.base.json': JSON.stringify({
    compilerOptions: { paths: { '@headcount/words': ['libs/words/src/index.ts'] } },
  }),
  'libs/words/src/index.ts': `export { greeting, type Greeting } from './greeting.js';`,
  'libs/words/src/greeting.ts': [
    `import { readFileSync } from 'node:fs';`,
    `import { join } from 'node:path';`,
    `export type Greeting = string;`,
    `export const greeting: Greeting = readFileSync(join(__dirname, 'scripts/greet.lua'), 'utf8');`,
  ].join('\n'),
  'libs/words/src/scripts/greet.lua': `return 'hello'`,
  'libs/words/src/greeting.test.ts': `throw new Error('tests are not built');`,
  'apps/hello/src/deep/main.ts': [
    `import { greeting, type Greeting } from '@headcount/words';`,
    `interface Unused { readonly shiftsTheLines: number }`,
    `const said: Greeting = greeting;`,
    `console.log(said);`,
    `throw new Error('seen in the stack');`,
  ].join('\n'),
};

describe('build-dist', () => {
  let root: string;
  const build = (): Promise<{ stdout: string }> =>
    run(process.execPath, [join(workspace, 'tools/build/build-dist.mjs'), root]);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headcount-build-'));
    await cp(join(workspace, '.swcrc'), join(root, '.swcrc'));
    for (const [path, content] of Object.entries(FILES)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
  });

  afterEach(() => rm(root, { recursive: true }));

  it('makes programs that run wherever dist is moved, with assets beside them and stacks in TypeScript', async () => {
    await build();
    await mkdir(join(root, 'image'));
    await rename(join(root, 'dist'), join(root, 'image/dist'));
    const main = join(root, 'image/dist/apps/hello/src/deep/main.js');
    await expect(run(process.execPath, ['--enable-source-maps', main])).rejects.toMatchObject({
      stdout: "return 'hello'\n",
      stderr: expect.stringMatching(/Error: seen in the stack\n\s+at .*deep\/main\.ts:5:/),
    });
  });

  it('builds no tests, and drops what has no source any more', async () => {
    await build();
    const dist = join(root, 'dist/libs/words/src');
    await expect(stat(join(dist, 'greeting.js'))).resolves.toBeDefined();
    await expect(stat(join(dist, 'greeting.test.js'))).rejects.toThrow('ENOENT');
    await rm(join(root, 'libs/words/src/greeting.ts'));
    await build();
    await expect(stat(join(dist, 'greeting.js'))).rejects.toThrow('ENOENT');
  });

  it('leaves a file alone that is right already, for a running process may be about to load it', async () => {
    await build();
    const path = join(root, 'dist/libs/words/src/index.js');
    const before = await stat(path);
    await build();
    expect((await stat(path)).ino).toBe(before.ino);
  });

  it('may run several times at once', async () => {
    const builds = Array.from({ length: 4 }, () => build());
    await expect(Promise.all(builds)).resolves.toHaveLength(4);
    await writeFile(join(root, 'libs/words/src/greeting.ts'), `export const greeting = 'new';`);
    await Promise.all(Array.from({ length: 4 }, () => build()));
    const folder = join(root, 'dist/libs/words/src');
    await expect(readFile(join(folder, 'greeting.js'), 'utf8')).resolves.toContain('new');
    const files = await readdir(folder, { recursive: true });
    expect(files.filter((file) => /\.\d+$/.test(file))).toEqual([]);
  });

  it('bundles the script for browsers into one module without imports and prints its size', async () => {
    await mkdir(join(root, 'libs/client/src'), { recursive: true });
    await writeFile(
      join(root, 'libs/client/src/browser.ts'),
      `import { count } from './count.js';\nconsole.log(count);`,
    );
    await writeFile(join(root, 'libs/client/src/count.ts'), `export const count: number = 42;`);
    const { stdout } = await build();
    expect(stdout).toMatch(/headcount\.js \d\.\d kB gzipped/);
    const script = await readFile(join(root, 'dist/apps/counter-api/assets/headcount.js'), 'utf8');
    expect(script).toContain('42');
    expect(script).not.toContain('import');
  });

  it('names file and line of a mistake and fails', async () => {
    await writeFile(join(root, 'libs/words/src/index.ts'), `export const x = ;`);
    await expect(build()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('export const x = ;'),
    });
  });
});
