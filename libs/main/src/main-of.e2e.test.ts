/**
 * Goal    the process of an app ends when and as it should: on signals, with its parent, on faults.
 * Method  a small program around mainOf, bundled and run as a process of its own.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** `MODE` says how it starts and stops. */
const program = `
import { mainOf } from './main-of.js';
const wrong = (...sentences) => Object.assign(new Error('wrong'), { sentences });
void mainOf(async () => async ({ MODE }) => {
  if (MODE === 'wrong') throw wrong('ONE must be 1.', 'TWO must be 2.');
  if (MODE === 'taken') throw wrong('Port 1 is taken.');
  if (MODE === 'broken') throw new Error('a bug');
  if (MODE === 'waiting') {
    process.stdout.write('waiting');
    await new Promise(() => setInterval(() => undefined, 1000));
  }
  const alive = setInterval(() => undefined, 1000);
  process.stdout.write('started ');
  return {
    url: 'http://127.0.0.1:4000',
    ...((MODE === 'long' || MODE === 'patient') && { stopMsMax: 60000 }),
    close: async () => {
      if (MODE === 'long') await new Promise((resolve) => setTimeout(resolve, 1200));
      if (MODE === 'stuck' || MODE === 'patient') await new Promise(() => undefined);
      clearInterval(alive);
      process.stdout.write('closed');
    },
  };
}, []);
`;

describe('the process of an app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headcount-main-of-'));
  const outfile = join(folder, 'main.cjs');
  beforeAll(() => {
    buildSync({
      stdin: { contents: program, resolveDir: __dirname, loader: 'ts' },
      tsconfig: join(__dirname, '../../../tsconfig.json'),
      bundle: true,
      packages: 'external',
      platform: 'node',
      outfile,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(mode: string, parent = ''): { child: ChildProcess; out: () => string } {
    const env = { PATH: process.env.PATH, MODE: mode, HEADCOUNT_PARENT: parent };
    const child = fork(outfile, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let out = '';
    child.stdout?.on('data', (chunk) => (out += String(chunk)));
    child.stderr?.on('data', (chunk) => (out += String(chunk)));
    return { child, out: () => out };
  }

  const started = async ({ child }: { child: ChildProcess }): Promise<void> => {
    if (child.stdout) await once(child.stdout, 'data');
  };

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('stops in good order on %s', async (signal) => {
    const app = run('good');
    await started(app);
    app.child.kill(signal);
    expect(await once(app.child, 'close')).toEqual([0, null]);
    expect(app.out()).toBe('started closed');
  });

  it('takes the echo of a Ctrl-C for the same wish', async () => {
    const app = run('good', 'ipc');
    await started(app);
    app.child.kill('SIGINT');
    app.child.kill('SIGTERM');
    expect(await once(app.child, 'close')).toEqual([0, null]);
    expect(app.out()).toBe('started closed');
  });

  it('ends at once on a second signal', async () => {
    const app = run('patient');
    await started(app);
    app.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 700));
    app.child.kill('SIGTERM');
    expect(await once(app.child, 'close')).toEqual([0, null]);
    expect(app.out()).toBe('started ');
  });

  it('cuts off what does not end, and says so', async () => {
    const app = run('stuck');
    await started(app);
    app.child.kill('SIGTERM');
    expect(await once(app.child, 'close')).toEqual([0, null]);
    expect(app.out()).toMatch(
      /^started Not everything had stopped after 850 ms; the rest is cut off\.\n$/,
    );
  });

  it('takes the time that its operator has asked for', async () => {
    const app = run('long');
    await started(app);
    app.child.kill('SIGTERM');
    expect(await once(app.child, 'close')).toEqual([0, null]);
    expect(app.out()).toBe('started closed');
  });

  it('ends at once where it has not started yet', async () => {
    const app = run('waiting');
    await started(app);
    app.child.kill('SIGTERM');
    expect(await once(app.child, 'close')).toEqual([0, null]);
    expect(app.out()).toBe('waiting');
  });

  it('tells its parent that it is ready, and ends with it', async () => {
    const app = run('good', 'ipc');
    expect(await once(app.child, 'message')).toMatchObject([
      { ready: 'http://127.0.0.1:4000' },
      undefined,
    ]);
    app.child.disconnect();
    // Node tells of no 'close' once the parent has disconnected.
    expect(await once(app.child, 'exit')).toEqual([0, null]);
  });

  it.each([
    ['wrong', 'ONE must be 1.\nTWO must be 2.\n'],
    ['taken', 'Port 1 is taken.\n'],
  ])('says in sentences alone what its operator can mend: %s', async (mode, sentences) => {
    const app = run(mode);
    expect(await once(app.child, 'close')).toEqual([1, null]);
    expect(app.out()).toBe(sentences);
  });

  it('shows where it broke if that is our fault', async () => {
    const app = run('broken');
    expect(await once(app.child, 'close')).toEqual([1, null]);
    expect(app.out()).toMatch(/^Error: a bug\n +at /);
  });
});
