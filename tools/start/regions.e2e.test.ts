/**
 * Goal    `npm start -- --regions 2` brings up two whole regions that `npm run regions` splits and rejoins.
 * Method  the real commands as processes of their own, with a fresh data folder and free ports, seen from outside.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '@headcount/testing';
import { READY, Run, processes } from './start-run.js';

jest.setTimeout(120_000);

const REGIONS = join(__dirname, '../regions/regions.mjs');
const STEP = 10;

/** A port that is free together with the one that the second region has for the same app. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const second = createServer();
    const isFree = new Promise<boolean>((resolve) => {
      second.once('error', () => resolve(false));
      second.listen(port + STEP, '127.0.0.1', () => second.close(() => resolve(true)));
    });
    if (await isFree) return port;
  }
}

describe('npm start -- --regions', () => {
  let dir: string;
  let env: Record<string, string>;
  let apis: string[];
  const runs: Run[] = [];
  const start = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Run => {
    const run = new Run({ ...env, ...more }, args);
    runs.push(run);
    return run;
  };

  /** `npm run regions` and what it prints. */
  const regions = (...words: string[]): Promise<{ printed: string; failed: boolean }> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [REGIONS, ...words],
        { env: { ...process.env, HEADCOUNT_DIR: dir } },
        (error, stdout, stderr) => resolve({ printed: stdout + stderr, failed: error !== null }),
      );
    });
  const like = async (api: string | undefined): Promise<void> => {
    const body = JSON.stringify({ action: 'increment' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${api}/welcome/counter`, { method: 'PUT', headers, body });
    if (!answer.ok) throw new Error(`a like was answered with ${answer.status}`);
  };
  const count = async (api: string | undefined): Promise<number> => {
    const headers = { accept: 'application/json' };
    const answer = await fetch(`${api}/welcome/counter`, { headers });
    return ((await answer.json()) as { count: number }).count;
  };
  const counts = (): Promise<number[]> => Promise.all(apis.map(count));
  const show = (wanted: readonly number[]): Promise<unknown> =>
    until(counts, {
      what: `the regions to count ${wanted.join(' and ')}`,
      accept: (seen) => seen.join() === wanted.join(),
      timeoutMs: 20_000,
      everyMs: 50,
    });

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'headcount-regions-'));
    const api = await freePair();
    apis = [api, api + STEP].map((port) => `http://127.0.0.1:${port}`);
    env = {
      HEADCOUNT_DIR: dir,
      COUNTER_API_PORT: String(api),
      GATEWAY_PORT: String(await freePair()),
      NOTIFICATION_PORT: String(await freePair()),
    };
  });
  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => (run.running ? run.stop() : undefined)));
    await rm(dir, { recursive: true, force: true });
  });

  it('brings up two regions that share their counts, split and rejoin at a word, and end at Ctrl-C', async () => {
    const run = start(['--regions', '2']);
    await run.prints(READY);
    for (const api of apis) expect(run.printed).toContain(`${api}/welcome/counter`);
    const children = run.children();
    const having = (part: string) => children.filter(({ command }) => command.includes(part));
    for (const part of ['redis-server', 'counter-api', 'realtime-gateway', 'notification'])
      expect([part, having(part).length]).toEqual([part, 2]);
    await like(apis[0]);
    await show([1, 1]);

    await expect(regions('cut')).resolves.toEqual({
      printed: 'local-1 and local-2 are cut.\n',
      failed: false,
    });
    await run.prints(/local-1 and local-2 are cut\./);
    await like(apis[0]);
    await like(apis[1]);
    await show([2, 2]);
    await like(apis[1]);
    await show([2, 3]);
    await expect(regions('heal', 'local-2')).resolves.toEqual({
      printed: 'local-1 and local-2 are joined.\n',
      failed: false,
    });
    await show([4, 4]);

    process.kill(run.child(/local-2\/redis|local-2.*redis\.sock/).pid, 'SIGKILL');
    await run.prints(/local-2 redis has ended \(SIGKILL\)[^]*local-2 redis is back/);
    await show([4, 4]);
    expect((await stat(join(dir, 'control.sock'))).mode & 0o777).toBe(0o600);
    await expect(run.stop()).resolves.toBe(0);
    await until(() => processes().filter(({ pid }) => children.some((one) => one.pid === pid)), {
      what: 'every process to have ended',
      accept: (left) => left.length === 0,
      timeoutMs: 30_000,
      everyMs: 100,
    });
    expect((await regions('status')).printed).toMatch(/^Headcount does not run here[^\n]*\n$/);
  });

  it('says in a sentence that there is nothing to cut where there is one region', async () => {
    const run = start(['--all-in-one']);
    await run.prints(READY);
    const { printed, failed } = await regions('cut');
    expect(printed).toMatch(/^Headcount runs with one region[^\n]*\n$/);
    expect(failed).toBe(true);
  });

  it.each([
    ['--regions 5', {}, /^--regions must be a number from 1 to 4, but is "5"\.\n$/],
    ['--regions', {}, /^--regions must be a number from 1 to 4, but is ""\.\n$/],
    [
      '--regions=2',
      { REDIS_URL: 'redis://127.0.0.1:6379' },
      /^REDIS_URL differs from region to region; with --regions it cannot be set\.\n$/,
    ],
    [
      '--regions 2',
      { COUNTER_API_PORT: '4000', GATEWAY_PORT: '4010' },
      /^COUNTER_API_PORT \+ 10 is 4010, but that is another app's port already\.\n$/,
    ],
    ['--regions 2', { GATEWAY_PORT: '65530' }, /^GATEWAY_PORT \+ 10 is 65540, but ports end at/],
  ])('refuses %s where it cannot be (%j)', async (args, more, sentence) => {
    const run = start(args.split(' '), more as Record<string, string>);
    await expect(run.exitCode).resolves.toBe(1);
    expect(run.printed).toMatch(sentence);
    expect(run.children()).toEqual([]);
  });

  it('names the port of the second region that is taken', async () => {
    const other = createServer().listen(Number(env.GATEWAY_PORT) + STEP, '127.0.0.1');
    await until(() => other.listening);
    const { port } = other.address() as AddressInfo;
    const run = start(['--regions', '2']);
    await expect(run.exitCode).resolves.toBe(1);
    expect(run.printed).toBe(
      `Port ${port} (GATEWAY_PORT + 10) on 127.0.0.1 is taken by another program; set GATEWAY_PORT to a free one.\n`,
    );
    other.close();
  });
});
