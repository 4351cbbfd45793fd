/**
 * Goal    every app ends within a second of a signal to its own process, with exit code 0, whatever it is in the midst of.
 * Method  the built apps as processes of their own, connections of every odd kind to all their ports, and a real signal. A busy machine
 *         makes everything slow, so a stop is measured against that of an app which nobody is connected to: SLOWER_MS_MAX is what
 *         odd connections may add to it, well below the three and ten seconds that one of them took.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  AppProcess,
  TcpProxy,
  freePort,
  startRedis,
  until,
  type RedisServer,
} from '@headcount/testing';
import { ODD, ODD_AT_GATEWAY, openOdd } from './odd-connections.js';

jest.setTimeout(180_000);

const SLOWER_MS_MAX = 2000;
const GATEWAYS = ['realtime-gateway', 'all-in-one'];

interface Started {
  readonly app: AppProcess;
  readonly ports: readonly number[];
  readonly gatewayPort: number;
}

describe('a signal', () => {
  let redis: RedisServer;
  let proxy: TcpProxy;
  const bareMs = new Map<string, number>();
  beforeAll(async () => {
    redis = await startRedis();
    proxy = await TcpProxy.to(redis.port);
  });
  afterAll(async () => {
    await proxy.close();
    await redis.stop();
  });

  async function environment(more: Readonly<Record<string, string>> = {}) {
    const names = ['COUNTER_API', 'GATEWAY', 'NOTIFICATION'];
    const entries = names.flatMap((name) => [`${name}_PORT`, `${name}_INTERNAL_PORT`]);
    const ports = await Promise.all(entries.map(async (name) => [name, String(await freePort())]));
    return {
      ...(Object.fromEntries(ports) as Record<string, string>),
      ...{ REDIS_URL: `redis://127.0.0.1:${proxy.port}`, SIGNING_KEYS: 'test:0123456789abcdef' },
      LOG_LEVEL: 'warn',
      ...more,
    };
  }

  async function start(name: string, more?: Readonly<Record<string, string>>): Promise<Started> {
    const env: Record<string, string> = await environment(more);
    const of = { 'counter-api': ['COUNTER_API'], 'realtime-gateway': ['GATEWAY'] }[name];
    const names =
      of ??
      (name === 'notification' ? ['NOTIFICATION'] : ['COUNTER_API', 'GATEWAY', 'NOTIFICATION']);
    const ports = names.flatMap((one) =>
      [`${one}_PORT`, `${one}_INTERNAL_PORT`].map((setting) => Number(env[setting])),
    );
    const app = await AppProcess.start(name, ports[0] ?? 0, env);
    for (const port of ports)
      await until(async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok, {
        ...{ what: `port ${port} of ${name} to answer`, timeoutMs: 60_000 },
      });
    return { app, ports, gatewayPort: Number(env.GATEWAY_PORT) };
  }

  async function stop(app: AppProcess, signal: NodeJS.Signals): Promise<number> {
    const askedMs = performance.now();
    expect({ ...(await app.end(signal)), output: app.output }).toMatchObject({
      code: 0,
      signal: null,
    });
    return performance.now() - askedMs;
  }

  /** What the stop of an app takes here and now that nobody is connected to. */
  async function bare(name: string): Promise<number> {
    const known = bareMs.get(name);
    if (known !== undefined) return known;
    const { app } = await start(name);
    const ms = await stop(app, 'SIGTERM');
    bareMs.set(name, ms);
    return ms;
  }

  describe.each([
    ['counter-api', 'SIGTERM'],
    ['realtime-gateway', 'SIGINT'],
    ['notification', 'SIGHUP'],
    ['all-in-one', 'SIGTERM'],
  ] as const)('%s', (name, signal) => {
    it('stops it with odd connections of every kind', async () => {
      const quickMs = await bare(name);
      const { app, ports, gatewayPort } = await start(name);
      const atAll = ports.flatMap((port) => Object.values(ODD).map((odd) => openOdd(odd, port)));
      const atGateway = GATEWAYS.includes(name)
        ? Object.values(ODD_AT_GATEWAY).map((odd) => openOdd(odd, gatewayPort))
        : [];
      const sockets = await Promise.all([...atAll, ...atGateway]);
      const ms = await stop(app, signal);
      process.stdout.write(`${name}: ${Math.round(ms)} ms, ${Math.round(quickMs)} ms without\n`);
      expect(ms - quickMs).toBeLessThan(SLOWER_MS_MAX);
      sockets.forEach((socket) => socket.destroy());
    });
  });

  it.each(['away', 'silent'])('stops apps of which the Redis is %s', async (how) => {
    const quickMs = await bare('all-in-one');
    const { app } = await start('all-in-one');
    if (how === 'away') proxy.refuse();
    else proxy.silence();
    const ms = await stop(app, 'SIGTERM');
    proxy.resume();
    expect(ms - quickMs).toBeLessThan(SLOWER_MS_MAX);
  });

  it('stops a gateway of which the counter-api is silent', async () => {
    const quickMs = await bare('realtime-gateway');
    const silent = await TcpProxy.to(redis.port);
    silent.silence();
    const { app } = await start('realtime-gateway', {
      COUNTER_API_URLS: `http://127.0.0.1:${silent.port}`,
    });
    const ms = await stop(app, 'SIGTERM');
    await silent.close();
    expect(ms - quickMs).toBeLessThan(SLOWER_MS_MAX);
  });

  describe('before the app is ready', () => {
    const MAIN = join(__dirname, '../../dist/apps/all-in-one/src/main.js');

    /** A process that hears signals, but may have loaded nothing yet. */
    async function launch(): Promise<ChildProcess> {
      const child = spawn(process.execPath, [MAIN], {
        env: { PATH: process.env.PATH, ...(await environment()) },
        stdio: 'ignore',
      });
      const handlers = async (): Promise<boolean> => {
        const { readFile } = await import('node:fs/promises');
        const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
        const caught = BigInt(`0x${/SigCgt:\s*(\w+)/.exec(status)?.[1] ?? '0'}`);
        // SIGHUP: Node catches the others itself, long before an app does.
        return (caught & 1n) !== 0n;
      };
      await until(handlers, { what: 'the process to hear signals', timeoutMs: 30_000, everyMs: 2 });
      return child;
    }

    it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it with 0', async (signal) => {
      const child = await launch();
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
    });
  });

  it('ends an app of which nobody reads the output any more', async () => {
    const child = spawn(
      process.execPath,
      [join(__dirname, '../../dist/apps/notification/src/main.js')],
      {
        env: { PATH: process.env.PATH, ...(await environment({ LOG_LEVEL: 'info' })) },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stderr.destroy();
    child.kill('SIGHUP');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
