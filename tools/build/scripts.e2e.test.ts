/**
 * Goal    every npm script works where nothing was built before, or says in one sentence what to run.
 * Method  a copy of the files that git tracks, with the node modules of this checkout and no dist/; each script in a short form.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const workspace = join(__dirname, '../..');

interface ShortForm {
  readonly args: readonly string[];
  readonly prints: RegExp;
  readonly code?: number;
}

/** What other tests run in a copy without anything, or whole. */
const ELSEWHERE = new Set(['start', 'test', 'bench', 'lint', 'typecheck']);

const SHORT_FORMS: Readonly<Record<string, ShortForm>> = {
  build: { args: [], prints: /dist\/: \d+ files compiled/ },
  capacity: { args: ['--viewers', '1e6'], prints: /1,000,000 viewers/ },
  simulate: { args: ['--seed', '1', '--seeds', '1'], prints: /1 seeds, 0 failed/ },
  soak: { args: ['nothing'], prints: /storm, rolling, unread, fuzz, strangers/, code: 1 },
  regions: { args: ['status'], prints: /does not run here/, code: 1 },
  keys: { args: ['make'], prints: /^k1:[0-9a-f]{64}|^k1:\S{16,}/ },
  'api-key': { args: ['cms', '--scopes', 'pages:modify'], prints: /hck_/ },
  counter: { args: [], prints: /npm run counter -- set PAGE NAME VALUE/, code: 1 },
  'verify:laws': { args: ['pn-counter'], prints: /PN-counter/i },
  'verify:mutants': { args: ['no such mistake'], prints: /0 of 0 mistakes found/, code: 1 },
};

describe('npm scripts in a fresh copy', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'headcount-copy-'));
    const { stdout } = await run('git', ['ls-files'], { cwd: workspace, maxBuffer: 1e8 });
    const files = stdout.split('\n').filter((file) => existsSync(join(workspace, file)));
    spawnSync('tar', ['-xf', '-', '-C', root], {
      input: spawnSync('tar', ['-cf', '-', '-T', '-'], {
        ...{ cwd: workspace, input: files.filter(Boolean).join('\n'), maxBuffer: 1e9 },
      }).stdout,
      maxBuffer: 1e9,
    });
    await symlink(join(workspace, 'node_modules'), join(root, 'node_modules'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  afterEach(() => rm(join(root, 'dist'), { recursive: true, force: true }));

  it('are all in the list', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect([...Object.keys(SHORT_FORMS), ...ELSEWHERE].sort()).toEqual(Object.keys(scripts).sort());
  });

  it.each(Object.entries(SHORT_FORMS))('%s works', async (name, { args, prints, code = 0 }) => {
    const env = { ...process.env, HEADCOUNT_LAW_RUNS: '10' };
    const ended = await run('npm', ['run', '--silent', name, '--', ...args], { cwd: root, env })
      .then((printed) => ({ ...printed, code: 0 }))
      .catch((cause: { stdout: string; stderr: string; code: number }) => cause);
    expect(ended.stdout + ended.stderr).toMatch(prints);
    expect(ended.stdout + ended.stderr).not.toMatch(/^\s+at .*\.m?js:\d+/m);
    expect(ended.code).toBe(code);
  });
});
