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
  /** Default: none, or with all-in-one each has one. */
  readonly notifications?: number;
  /** Puts a UdpProxy before each counter-api; its faults are the test's to set. */
  readonly udpSeed?: number;
  /** Internal ports of the counter-apis, where they have to be known before; default: free ones. */
  readonly apiInternalPorts?: readonly number[];
  /** More settings for every app. */
  readonly env?: AppEnv;
}

/** One region: a private Redis and the apps, each a process of its own, or all in one. */
export interface System {
  readonly redis: RedisServer;
  readonly counterApis: readonly AppProcess[];
  readonly gateways: readonly AppProcess[];
  readonly notifications: readonly AppProcess[];
  readonly udp: readonly UdpProxy[];
  /** GraphQL of a gateway over WebSocket. */
  liveUrl(gateway?: number): string;
  /** HTTP of a gateway. */
  gatewayUrl(gateway?: number): string;
  /** Where operators and other apps reach a gateway: metrics and the details of health. */
  gatewayInternalUrl(gateway?: number): string;
  /** REST and GraphQL of a counter-api. */
  apiUrl(counterApi?: number): string;
  /** Where operators and other apps reach a counter-api. */
  apiInternalUrl(counterApi?: number): string;
  /** REST and GraphQL of a notification. */
  notificationUrl(notification?: number): string;
  stop(): Promise<void>;
}

/** HEADCOUNT_E2E_APP=all-in-one runs the same tests against the three apps in one process. */
const ALL_IN_ONE = process.env.HEADCOUNT_E2E_APP === 'all-in-one';

/**
 * Starts a region and returns once every app answers. Each gateway begins with another counter-api. With all-in-one
 * there are as many processes as the more numerous of the two, each of them both.
 */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const redis = await startRedis();
  const builder = new SystemBuilder(redis, options);
  try {
    return await (ALL_IN_ONE ? builder.allInOne() : builder.separate());
  } catch (error) {
    await builder.stop();
    throw error;
  }
}

const httpUrl = (port: number): string => `http://127.0.0.1:${port}`;
const liveUrl = (port: number): string => `ws://127.0.0.1:${port}/graphql`;

/** No test asks for the internal port of a notification. */
const notificationEnv = (port: number): AppEnv => ({
  NOTIFICATION_PORT: String(port),
  NOTIFICATION_INTERNAL_PORT: '0',
});

class SystemBuilder {
  private readonly apps: AppProcess[] = [];
  private readonly udp: UdpProxy[] = [];
  private apiPorts: number[] = [];
  private gatewayPorts: number[] = [];
  private notificationPorts: number[] = [];
  private apiInternalPorts: number[] = [];
  private gatewayInternalPorts: number[] = [];
  private readonly shared: AppEnv;

  constructor(
    private readonly redis: RedisServer,
    private readonly options: SystemOptions,
  ) {
    this.shared = {
      LOG_LEVEL: 'warn',
      REDIS_URL: redis.url,
      SIGNING_KEYS: `test:${randomBytes(16).toString('hex')}`,
      ...options.env,
    };
  }

  async separate(): Promise<System> {
    const { counterApis = 1, gateways = 1, notifications = 0 } = this.options;
    await this.choosePorts(counterApis, gateways, notifications);
    const apis = await Promise.all(
      this.apiPorts.map(async (port, place) =>
        this.start('counter-api', port, await this.apiEnv(place)),
      ),
    );
    const live = await Promise.all(
      this.gatewayPorts.map((port, place) =>
        this.start('realtime-gateway', port, this.gatewayEnv(place)),
      ),
    );
    const notifiers = await Promise.all(
      this.notificationPorts.map((port) => this.start('notification', port, notificationEnv(port))),
    );
    return this.assemble(apis, live, notifiers);
  }

  async allInOne(): Promise<System> {
    const { counterApis = 1, gateways = 1 } = this.options;
    const count = Math.max(counterApis, gateways);
    await this.choosePorts(count, count, count);
    const all = await Promise.all(
      this.apiPorts.map(async (port, place) => {
        const notification = notificationEnv(this.notificationPorts[place] ?? 0);
        const env = { ...(await this.apiEnv(place)), ...this.gatewayEnv(place), ...notification };
        return this.start('all-in-one', port, env);
      }),
    );
    return this.assemble(all, all, all);
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.end('SIGKILL')));
    this.udp.forEach((proxy) => proxy.close());
    await this.redis.stop();
  }

  private async choosePorts(
    counterApis: number,
    gateways: number,
    notifications: number,
  ): Promise<void> {
    const chosen = this.options.apiInternalPorts ?? [];
    const free = (count: number, given: readonly number[] = []) =>
      Promise.all(Array.from({ length: count }, (_, place) => given[place] ?? freePort()));
    [this.apiPorts, this.gatewayPorts, this.notificationPorts] = await Promise.all([
      free(counterApis),
      free(gateways),
      free(notifications),
    ]);
    [this.apiInternalPorts, this.gatewayInternalPorts] = await Promise.all([
      free(counterApis, chosen),
      free(gateways),
    ]);
  }

  private async apiEnv(place: number): Promise<AppEnv> {
    const port = this.apiPorts[place] ?? 0;
    const live = this.gatewayPorts[place % this.gatewayPorts.length] ?? 0;
    const internalPort = this.apiInternalPorts[place] ?? 0;
    const env = {
      COUNTER_API_PORT: String(port),
      COUNTER_API_INTERNAL_PORT: String(internalPort),
      GATEWAY_URLS: this.gatewayInternalPorts.map(httpUrl).join(','),
      GATEWAY_LIVE_URL: liveUrl(live),
    };
    const { udpSeed } = this.options;
    if (udpSeed === undefined) return env;
    const proxy = await UdpProxy.to(internalPort, seededRandom(udpSeed + place));
    this.udp[place] = proxy;
    return { ...env, DATAGRAM_PORT_ADVERTISED: String(proxy.port) };
  }

  private gatewayEnv(place: number): AppEnv {
    const ports = this.apiInternalPorts;
    const first = place % ports.length;
    const inTurn = [...ports.slice(first), ...ports.slice(0, first)];
    const port = this.gatewayPorts[place] ?? 0;
    return {
      GATEWAY_PORT: String(port),
      GATEWAY_INTERNAL_PORT: String(this.gatewayInternalPorts[place] ?? 0),
      COUNTER_API_URLS: inTurn.map(httpUrl).join(','),
    };
  }

  private async start(name: string, port: number, env: AppEnv): Promise<AppProcess> {
    const app = await AppProcess.start(name, port, { ...this.shared, ...env });
    this.apps.push(app);
    return app;
  }

  private assemble(
    counterApis: AppProcess[],
    gateways: AppProcess[],
    notifications: AppProcess[],
  ): System {
    const { redis, udp, apiPorts, gatewayPorts, notificationPorts } = this;
    const { apiInternalPorts, gatewayInternalPorts } = this;
    return {
      redis,
      counterApis,
      gateways,
      notifications,
      udp,
      liveUrl: (place = 0) => liveUrl(gatewayPorts[place] ?? 0),
      gatewayUrl: (place = 0) => httpUrl(gatewayPorts[place] ?? 0),
      gatewayInternalUrl: (place = 0) => httpUrl(gatewayInternalPorts[place] ?? 0),
      apiUrl: (place = 0) => httpUrl(apiPorts[place] ?? 0),
      apiInternalUrl: (place = 0) => httpUrl(apiInternalPorts[place] ?? 0),
      notificationUrl: (place = 0) => httpUrl(notificationPorts[place] ?? 0),
      stop: () => this.stop(),
    };
  }
}
