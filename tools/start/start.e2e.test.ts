/**
 * Goal    `npm start` brings up all of Headcount with one command, keeps it up, and takes all of it down again.
 * Method  the real command as a process of its own, with a fresh data folder and free ports, seen from outside: what it
 *         prints, what its addresses answer, which processes it has.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, startRedis, until } from '@headcount/testing';
import { ODD, openOdd } from '../e2e/odd-connections.js';
import { READY, Run, processes, type Child } from './start-run.js';

jest.setTimeout(90_000);

describe('npm start', () => {
  let dir: string;
  let env: Record<string, string>;
  let api: string;
  const runs: Run[] = [];

  const start = (
    more: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
  ): Run => {
    const run = new Run({ ...env, ...more }, args);
    runs.push(run);
    return run;
  };
  const started = async (
    more?: Readonly<Record<string, string>>,
    args?: readonly string[],
  ): Promise<Run> => {
    const run = start(more, args);
    await run.prints(READY);
    return run;
  };
  const like = (): Promise<Response> =>
    fetch(`${api}/welcome/counter`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'increment' }),
    });
  const count = async (): Promise<number> => {
    const answer = await fetch(`${api}/welcome/counter`, {
      headers: { accept: 'application/json' },
    });
    return ((await answer.json()) as { count: number }).count;
  };
  const gone = (children: readonly Child[]): Promise<unknown> =>
    until(() => processes().filter(({ pid }) => children.some((child) => child.pid === pid)), {
      what: 'every process of npm start to have ended',
      accept: (left) => left.length === 0,
      timeoutMs: 30_000,
      everyMs: 100,
    });

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'headcount-start-'));
    const [apiPort, gatewayPort, notificationPort] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
    ]);
    api = `http://127.0.0.1:${apiPort}`;
    env = {
      HEADCOUNT_DIR: dir,
      COUNTER_API_PORT: String(apiPort),
      GATEWAY_PORT: String(gatewayPort),
      NOTIFICATION_PORT: String(notificationPort),
      COUNTER_API_INTERNAL_PORT: String(await freePort()),
      GATEWAY_INTERNAL_PORT: String(await freePort()),
      NOTIFICATION_INTERNAL_PORT: String(await freePort()),
    };
  });

  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => (run.running ? run.stop() : undefined)));
    await rm(dir, { recursive: true, force: true });
  });

  it('brings everything up, ends without a trace at Ctrl-C, and finds the counters at the next start', async () => {
    const first = await started();
    const page = await fetch(`${api}/welcome/counter`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    const urls = first.printed.match(/http:\/\/\S+/g) ?? [];
    expect(urls).toHaveLength(7);
    for (const url of urls.filter((address) => address.endsWith('/health/ready'))) {
      expect((await fetch(url)).status).toBe(200);
    }
    await like();
    await like();
    await expect(count()).resolves.toBe(2);

    const children = first.children();
    expect(
      children.map(
        ({ command }) =>
          /redis-server|counter-api|realtime-gateway|notification/.exec(command)?.[0],
      ),
    ).toEqual(
      expect.arrayContaining(['redis-server', 'counter-api', 'realtime-gateway', 'notification']),
    );
    await expect(first.stop()).resolves.toBe(0);
    await gone(children);

    const restartMs = performance.now();
    const second = await started();
    process.stdout.write(`started again in ${Math.round(performance.now() - restartMs)} ms\n`);
    await expect(count()).resolves.toBe(2);
    await expect(second.stop()).resolves.toBe(0);
    expect((await stat(join(dir, 'signing-keys'))).mode & 0o777).toBe(0o600);
  });

  it('refuses to run twice on the same data, and starts an app and Redis again when they are killed', async () => {
    const run = await started();
    const other = start({ COUNTER_API_PORT: String(await freePort()) });
    await expect(other.exitCode).resolves.toBe(1);
    expect(other.printed).toMatch(/^Headcount runs already \(process \d+\); .*\n$/);
    await like();
    process.kill(run.child(/counter-api/).pid, 'SIGKILL');
    await run.prints(/counter-api has ended \(SIGKILL\)[^]*counter-api is back/);
    await expect(count()).resolves.toBe(1);
    process.kill(run.child(/redis-server/).pid, 'SIGKILL');
    await run.prints(/redis has ended \(SIGKILL\)[^]*redis is back/);
    await until(count, {
      what: 'the count to be there again',
      accept: (seen) => seen === 1,
      timeoutMs: 15_000,
    });
    await expect(run.stop()).resolves.toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s to npm alone, as supervisors send it, whatever is connected',
    async (signal) => {
      const run = new Run(env, ['--all-in-one'], 'npm');
      runs.push(run);
      await run.prints(READY);
      await like();
      const port = Number(new URL(api).port);
      const sockets = await Promise.all(Object.values(ODD).map((odd) => openOdd(odd, port)));
      const below = run.descendants();
      run.signal(signal);
      await expect(run.exitCode).resolves.toBe(0);
      expect(run.printed).toMatch(/Stopping …\nEverything has stopped\.\n$/);
      await gone(below);
      sockets.forEach((socket) => socket.destroy());
    },
  );

  it.each(['SIGHUP', 'SIGKILL'] as const)('ends when npm is ended by %s', async (signal) => {
    const run = new Run(env, ['--all-in-one'], 'npm');
    runs.push(run);
    await run.prints(READY);
    const below = run.descendants();
    expect(below.length).toBeGreaterThan(2);
    run.signal(signal);
    await gone(below);
  });

  it('ends with 0 on a signal before anything is ready', async () => {
    const run = start({}, ['--all-in-one']);
    await run.prints(/Building …/);
    run.signal('SIGTERM');
    await expect(run.exitCode).resolves.toBe(0);
    const later = start({}, ['--all-in-one']);
    await later.prints(/Starting /);
    const children = later.children();
    later.signal('SIGTERM');
    await expect(later.exitCode).resolves.toBe(0);
    await gone(children);
  });

  it('installs no Redis without being told to, and says what to run', async () => {
    const installer = join(dir, 'apt-get');
    await writeFile(installer, `#!/bin/sh\necho "$@" > ${join(dir, 'called')}\n`, { mode: 0o755 });
    const run = start({ PATH: dir });
    await expect(run.exitCode).resolves.toBe(1);
    expect(run.printed).toMatch(
      /^redis-server is not installed: run "(?:sudo )?apt-get install redis-server".*, or set REDIS_URL to a Redis that runs\.\n$/,
    );
    expect(existsSync(join(dir, 'called'))).toBe(false);
  });

  it('takes its parts along when it is killed itself, and starts again afterwards', async () => {
    const killed = await started();
    await like();
    const children = killed.children();
    killed.signal('SIGKILL');
    const run = await started();
    await expect(count()).resolves.toBe(1);
    await gone(children);
    await expect(run.stop()).resolves.toBe(0);
  });

  it('names the port that is taken, and starts nothing', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const run = start({ GATEWAY_PORT: String(port) });
    await expect(run.exitCode).resolves.toBe(1);
    expect(run.printed).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program; set GATEWAY_PORT to a free one.\n`,
    );
    other.close();
  });

  it.each([
    [
      'of its own',
      { NOTIFICATION_PORT: 'many' },
      /^NOTIFICATION_PORT must be a port from 1 to 65535, but is "many"\.\n$/,
    ],
    ['of an app', { SYNC_INTERVAL_MS: 'often' }, /\nSYNC_INTERVAL_MS [^\n]*often[^\n]*\n$/],
  ])('names a wrong setting %s and ends', async (_whose, wrong, sentence) => {
    const run = start(wrong as Record<string, string>);
    await expect(run.exitCode).resolves.toBe(1);
    expect(run.printed).toMatch(sentence);
    expect(run.printed.match(/SYNC_INTERVAL_MS/g)?.length ?? 1).toBe(1);
    expect(run.children()).toEqual([]);
  });

  it('uses the Redis of REDIS_URL and starts none', async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url);
    const run = await started({ REDIS_URL: redis.url });
    await like();
    await expect(client.dbsize()).resolves.toBeGreaterThan(0);
    expect(run.children().filter(({ command }) => command.includes('redis-server'))).toEqual([]);
    expect(existsSync(join(dir, 'redis'))).toBe(false);
    await expect(run.stop()).resolves.toBe(0);
    await expect(client.ping()).resolves.toBe('PONG');
    client.disconnect();
    await redis.stop();
  });

  it('says in one sentence that the Redis of REDIS_URL is not there', async () => {
    const run = start({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    await expect(run.exitCode).resolves.toBe(1);
    const [, , ...sentences] = run.printed.trim().split('\n');
    expect(sentences).toEqual([expect.stringMatching(/Redis/)]);
  });

  it('runs the three apps as one process with --all-in-one', async () => {
    const run = await started({}, ['--all-in-one']);
    await like();
    await expect(count()).resolves.toBe(1);
    expect(run.children().filter(({ command }) => command.includes('dist/apps'))).toHaveLength(1);
    await expect(run.stop()).resolves.toBe(0);
  });
});
