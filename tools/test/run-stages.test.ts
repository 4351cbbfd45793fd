import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a program of ES modules, as a plain Node does, with the modules of this folder at hand. */
function run(program: string, cwd = __dirname): Promise<{ code: number; lines: string[] }> {
  const imports = [
    `import { conclude, runStages, together } from ${JSON.stringify(join(__dirname, 'run-stages.mjs'))};`,
    `import { runCommand } from ${JSON.stringify(join(__dirname, 'run-command.mjs'))};`,
    `import { runJest } from ${JSON.stringify(join(__dirname, 'jest-stage.mjs'))};`,
  ];
  const args = ['--input-type=module', '-e', [...imports, program].join('\n')];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (error, stdout) => {
      resolve({ code: error ? Number(error.code) : 0, lines: stdout.trimEnd().split('\n') });
    });
  });
}

describe('runStages', () => {
  it('runs every stage though one fails, and ends with what failed and the numbers', async () => {
    const { code, lines } = await run(`
      const stages = [
        { name: 'good', run: async () => ({ passed: 3, failures: [] }) },
        { name: 'broken', run: async () => { throw new Error('exit code 2'); } },
        { name: 'partly', run: async () => ({ passed: 4, failures: ['a.test.ts: does this'] }) },
      ];
      process.exitCode = conclude(await runStages(stages, console.log), console.log);
    `);
    expect(lines.slice(-4)).toEqual([
      'Failed:',
      '  broken: exit code 2',
      '  a.test.ts: does this',
      '7 passed, 2 failed',
    ]);
    expect(code).toBe(1);
  });

  it('exits with 0 where nothing failed', async () => {
    const { code, lines } = await run(`
      const stages = [{ name: 'good', run: async () => ({ passed: 3, failures: [] }) }];
      process.exitCode = conclude(await runStages(stages, console.log), console.log);
    `);
    expect(lines.at(-1)).toBe('3 passed, 0 failed');
    expect(code).toBe(0);
  });

  it('runs stages that stand together at once, though one fails, and counts each', async () => {
    const { code, lines } = await run(`
      let open;
      const opened = new Promise((resolve) => { open = resolve; });
      const stages = [
        { name: 'waits', run: async () => { await opened; return { passed: 1, failures: [] }; } },
        { name: 'broken', run: async () => { throw new Error('exit code 2'); } },
        { name: 'opens', run: async () => { open(); return { passed: 2, failures: [] }; } },
      ];
      process.exitCode = conclude(await runStages([together(...stages)], console.log), console.log);
    `);
    expect(lines).toContainEqual(expect.stringMatching(/── waits, broken, opens ─+ 0:00$/));
    expect(lines.slice(-3)).toEqual(['Failed:', '  broken: exit code 2', '3 passed, 1 failed']);
    expect(code).toBe(1);
  });
});

describe('runCommand', () => {
  it('says how a command has failed, and nothing where it has not', async () => {
    const { lines } = await run(`
      const node = (program, options) => runCommand(process.execPath, ['-e', program], options);
      console.log(await node(''));
      console.log(await node('process.exit(2)'));
      console.log(await node('process.kill(process.pid, "SIGKILL")'));
      console.log(await runCommand('no-such-program', []));
    `);
    expect(lines).toEqual(['undefined', 'exit code 2', 'SIGKILL', 'spawn no-such-program ENOENT']);
  });

  it('ends what has finished its work and does not end, and all that it has started', async () => {
    const { lines } = await run(`
      const child = 'setInterval(() => undefined, 1000)';
      const parent = 'require("node:child_process").spawn(process.execPath, ["-e", ' + JSON.stringify(child) + '], { stdio: "inherit" })';
      console.log(await runCommand(process.execPath, ['-e', parent], { isFinished: () => true, lingerMsMax: 100 }));
    `);
    // The grandchild holds the same output open: that the run has ended shows that it has.
    expect(lines).toEqual(['did not end by itself, so something was left open']);
  });
});

describe('runJest', () => {
  let root: string;
  const jest = async (...args: readonly string[]): Promise<unknown> => {
    const program = `console.log(JSON.stringify(await runJest(process.cwd(), ${JSON.stringify(args)})));`;
    const { lines } = await run(program, root);
    return JSON.parse(lines.at(-1) ?? '');
  };

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'headcount-jest-stage-')));
    await symlink(join(__dirname, '../../node_modules'), join(root, 'node_modules'));
    await mkdir(join(root, 'src'));
    await writeFile(join(root, 'package.json'), '{}');
    await writeFile(
      join(root, 'src/good.test.js'),
      `it('adds', () => {}); it('counts', () => {});`,
    );
  });

  afterEach(() => rm(root, { recursive: true }));

  it('gives the number of tests that passed', async () => {
    expect(await jest()).toEqual({ passed: 2, failures: [] });
  });

  it('names each test that failed, and why, and each file that could not be run', async () => {
    await writeFile(
      join(root, 'src/bad.test.js'),
      `describe('it', () => { it('fails', () => { expect(1).toBe(2); }); });`,
    );
    await writeFile(join(root, 'src/broken.test.js'), `this is no program`);
    expect(await jest()).toEqual({
      passed: 2,
      failures: expect.arrayContaining([
        'src/bad.test.js: it fails: Error: expect(received).toBe(expected) // Object.is equality Expected: 2 Received: 1',
        'src/broken.test.js: could not be run',
      ]),
    });
  });

  it('passes without a test, which is for the caller to judge', async () => {
    expect(await jest('no-such-pattern')).toEqual({ passed: 0, failures: [] });
  });

  it('counts a Jest that does not run at all as one failure', async () => {
    expect(await jest('--config=nowhere.json')).toEqual({
      passed: 0,
      failures: ['jest: exit code 1'],
    });
  });
});
