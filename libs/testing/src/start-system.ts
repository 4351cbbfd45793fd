import { randomBytes } from 'node:crypto';
import { freePort } from './free-port.js';
import { seededRandom } from './seeded-random.js';
import { AppProcess, type AppEnv } from './start-app.js';
import { startRedis, type RedisServer } from './start-redis.js';
import { UdpProxy } from './udp-proxy.js';

/** What a region of the test is made of. */
export interface SystemOptions {
  readonly counterApis?: number;
  readonly gateways?: number;
  /** Puts a UdpProxy before each counter-api; its faults are the test's to set. */
  readonly udpSeed?: number;
  /** More settings for every app. */
  readonly env?: AppEnv;
}

/** One region: a private Redis and the apps, each a process of its own, or all in one. */
export interface System {
  readonly redis: RedisServer;
  readonly counterApis: readonly AppProcess[];
  readonly gateways: readonly AppProcess[];
  readonly udp: readonly UdpProxy[];
  /** GraphQL of a gateway over WebSocket. */
  liveUrl(gateway?: number): string;
  /** REST and GraphQL of a counter-api. */
  apiUrl(counterApi?: number): string;
  stop(): Promise<void>;
}

/** HEADCOUNT_E2E_APP=all-in-one runs the same tests against the three apps in one process. */
const ALL_IN_ONE = process.env.HEADCOUNT_E2E_APP === 'all-in-one';

/**
 * Starts a region and returns once every app answers. With all-in-one each pair of counter-api and gateway is one process.
 */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const { counterApis: apiCount = 1, gateways: gatewayCount = 1, udpSeed, env = {} } = options;
  const redis = await startRedis();
  const apps: AppProcess[] = [];
  const udp: UdpProxy[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(apps.map((app) => app.end('SIGKILL')));
    udp.forEach((proxy) => proxy.close());
    await redis.stop();
  };
  try {
    const apiPorts = await ports(apiCount);
    const gatewayPorts = await ports(gatewayCount);
    const shared = {
      LOG_LEVEL: 'warn',
      REDIS_URL: redis.url,
      SIGNING_KEYS: `test:${randomBytes(16).toString('hex')}`,
      COUNTER_API_URLS: apiPorts.map((port) => `http://127.0.0.1:${port}`).join(','),
      ...env,
    };
    const apiEnvs = await Promise.all(
      apiPorts.map(async (port, place): Promise<AppEnv> => {
        const live = gatewayPorts[place % gatewayPorts.length] ?? 0;
        const own = {
          COUNTER_API_PORT: String(port),
          GATEWAY_LIVE_URL: `ws://127.0.0.1:${live}/graphql`,
        };
        if (udpSeed === undefined) return own;
        const proxy = await UdpProxy.to(port, seededRandom(udpSeed + place));
        udp.push(proxy);
        return { ...own, DATAGRAM_PORT_ADVERTISED: String(proxy.port) };
      }),
    );
    const start = async (name: string, port: number, own: AppEnv): Promise<AppProcess> => {
      const app = await AppProcess.start(name, port, { ...shared, ...own });
      apps.push(app);
      return app;
    };
    const gatewayEnv = (port: number): AppEnv => ({ GATEWAY_PORT: String(port) });
    if (ALL_IN_ONE && apiCount === gatewayCount) {
      const all = await Promise.all(
        apiEnvs.map(async (own, place) => {
          const notification = { NOTIFICATION_PORT: String(await freePort()) };
          const together = { ...own, ...gatewayEnv(gatewayPorts[place] ?? 0), ...notification };
          // In one process each gateway has its own counter-api first in its list.
          const home = [apiPorts[place], ...apiPorts].map((port) => `http://127.0.0.1:${port}`);
          return start('all-in-one', apiPorts[place] ?? 0, {
            ...together,
            COUNTER_API_URLS: [...new Set(home)].join(','),
          });
        }),
      );
      return assemble(all, all, gatewayPorts);
    }
    const counterApis = await Promise.all(
      apiEnvs.map((own, place) => start('counter-api', apiPorts[place] ?? 0, own)),
    );
    const gateways = await Promise.all(
      gatewayPorts.map((port) => start('realtime-gateway', port, gatewayEnv(port))),
    );
    return assemble(counterApis, gateways, gatewayPorts);
  } catch (error) {
    await stop();
    throw error;
  }

  function assemble(
    counterApis: AppProcess[],
    gateways: AppProcess[],
    gatewayPorts: number[],
  ): System {
    return {
      redis,
      counterApis,
      gateways,
      udp,
      liveUrl: (place = 0) => `ws://127.0.0.1:${gatewayPorts[place] ?? 0}/graphql`,
      apiUrl: (place = 0) => counterApis[place]?.url ?? '',
      stop,
    };
  }
}

async function ports(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => freePort()));
}
