/**
 * Goal    a test can have a whole region of real processes, and nothing of it is left when the test is over.
 * Method  the built apps, looked at from outside.
 */
import { TEST_SIGNING_KEYS } from './signing-keys.js';
import { AppProcess } from './start-app.js';
import { startRedis } from './start-redis.js';
import { startSystem } from './start-system.js';
import { freePort } from './free-port.js';

jest.setTimeout(60_000);

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/health/live`)).ok;
  } catch {
    return false;
  }
};

describe('startSystem', () => {
  it('brings up the apps that it is asked for, and takes all of them down', async () => {
    const system = await startSystem({ counterApis: 2, gateways: 1, udpSeed: 1 });
    const urls = [...system.counterApis, ...system.gateways].map((app) => app.url);
    expect(urls).toHaveLength(3);
    expect(system.udp).toHaveLength(2);
    await expect(Promise.all(urls.map(answers))).resolves.toEqual([true, true, true]);
    await system.stop();
    await expect(Promise.all(urls.map(answers))).resolves.toEqual([false, false, false]);
    expect(() => system.redis.pid).toThrow('does not run');
  });
});

describe('AppProcess', () => {
  it('is killed and started again at the same address', async () => {
    const redis = await startRedis();
    const port = await freePort();
    const app = await AppProcess.start('counter-api', port, {
      REDIS_URL: redis.url,
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      COUNTER_API_PORT: String(port),
      COUNTER_API_INTERNAL_PORT: '0',
    });
    const { pid } = app;
    await app.end('SIGKILL');
    await expect(answers(app.url)).resolves.toBe(false);
    await app.restart();
    expect(app.pid).not.toBe(pid);
    await expect(answers(app.url)).resolves.toBe(true);
    await expect(app.end('SIGTERM')).resolves.toEqual({ code: 0, signal: null });
    await redis.stop();
  });

  it('gives up with what an app has said that does not start', async () => {
    const wrong = { SYNC_INTERVAL_MS: 'often' };
    await expect(AppProcess.start('counter-api', 1, wrong)).rejects.toThrow(
      /counter-api did not start: .*SYNC_INTERVAL_MS/s,
    );
  });
});
