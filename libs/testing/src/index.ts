export { freePort } from './free-port.js';
export { itObeysJoinLaws } from './join-laws.js';
export { seededRandom, type Random } from './seeded-random.js';
export { startPooler, type Pooler } from './start-pooler.js';
export { startDatabase, type DatabaseServer } from './start-database.js';
export { startRedis, type RedisOptions, type RedisServer } from './start-redis.js';
export { until, type UntilOptions } from './until.js';
export { expectGolden } from './golden.js';
export { CHROMIUM_ARGS, chromiumPath } from './chromium.js';
export {
  LiveClient,
  LiveSubscription,
  type LiveClientOptions,
  type LiveCounter,
} from './live-client.js';
export { runs } from './runs.js';
export { TEST_SIGNING_KEYS } from './signing-keys.js';
export { AppProcess, type AppEnv } from './start-app.js';
export { RedisBackup } from './redis-backup.js';
export { RedisMonitor } from './redis-monitor.js';
export { Regions, startRegions, type Parting, type RegionsOptions } from './start-regions.js';
export { startSystem, type System, type SystemOptions } from './start-system.js';
export { TcpProxy } from './tcp-proxy.js';
export { BLOCKED, NO_FAULTS, UdpProxy, type UdpFaults } from './udp-proxy.js';
export { VirtualClock, type TimerId } from './virtual-clock.js';
export { expectDocumentedSettings } from './documented.js';
export { entryPointsOf, type Marks, type ModuleParts } from './entry-points.js';
