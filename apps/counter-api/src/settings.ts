/** The settings of counter-api, parsed once at its start. */
import { z } from 'zod';
import {
  commonSettings,
  internalPortSetting,
  counterSettings,
  memorySettings,
  historySettings,
  numberSetting,
  optionalRateSetting,
  operatorSettings,
  optionalSetting,
  portSetting,
  redisSettings,
  regionSettings,
  restSettings,
  setting,
  type ConfigOf,
} from '@headcount/platform';
import { changeSettings } from './counters/change-settings.js';
import { exportSettings } from './export/export-settings.js';
import { gatewayAddresses } from './intake/gateway-addresses.js';

const optionalPort = (description: string) =>
  optionalSetting(
    { description, must: 'a whole number from 0 to 65535', example: '4000' },
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.number().max(65_535)),
  );

export const counterApiSettings = {
  ...commonSettings,
  ...redisSettings,
  COUNTER_API_PORT: portSetting('Port of counter-api; 0 lets the system choose.', 4000),
  COUNTER_API_INTERNAL_PORT: internalPortSetting('counter-api', 'COUNTER_API_PORT'),
  ...restSettings,
  GATEWAY_URLS: setting(
    {
      description:
        'Internal addresses of the gateways that pushes may go to, separated by commas. `*` stands for any port, or for one label of a host name.',
      must: 'http addresses separated by commas, `*` as port or as a label of the host name',
      example: 'http://gateway-*.internal:4101',
      default: 'http://127.0.0.1:4101,http://localhost:4101,http://[::1]:4101',
    },
    gatewayAddresses,
  ),
  DATAGRAM_PORT: optionalPort(
    'UDP port for datagrams from gateways, on INTERNAL_HOST. 0: none. Default: the internal port.',
  ),
  DATAGRAM_PORT_ADVERTISED: optionalPort(
    'UDP port that gateways send to, if a port mapping is in between. Default: DATAGRAM_PORT.',
  ),
  GATEWAY_LIVE_URL: setting(
    {
      description: 'Address of the gateways for browsers that open the HTML page of a counter.',
      must: 'a ws:// or wss:// address',
      example: 'wss://live.example.org/graphql',
      default: 'ws://127.0.0.1:4001/graphql',
    },
    z.url({ protocol: /^wss?$/ }),
  ),
  SYNC_INTERVAL_MS: numberSetting(
    'Interval of gateway syncs and liveness checks, in milliseconds.',
    {
      min: 100,
      max: 60_000,
      default: 2000,
    },
  ),
  TICK_MS: numberSetting(
    'Minimum time between two pushes of one counter to one gateway, in milliseconds.',
    {
      min: 10,
      max: 10_000,
      default: 100,
    },
  ),
  PUSHES_PER_SECOND: numberSetting(
    'Maximum pushes per second across all gateways. Changes above the limit are delayed and batched.',
    {
      min: 10,
      max: 1_000_000,
      default: 500,
    },
  ),
  WATCHED_PER_GATEWAY_MAX: numberSetting(
    'Maximum counters, pages and users, together, that one gateway may watch. At least WATCHED_MAX of the gateways.',
    {
      min: 1000,
      max: 100_000_000,
      default: 1_000_000,
    },
  ),
  ...regionSettings,
  ...operatorSettings,
  CACHED_COUNTERS_MAX: numberSetting(
    'Maximum counters cached in memory because they are read often. 0: no cache, every read asks Redis.',
    { min: 0, max: 10_000_000, default: 100_000 },
  ),
  WAITS_PER_CALLER_MAX: numberSetting(
    'Maximum requests of one caller that wait for a counter to change (`Prefer: wait`), in each process. A caller is a user, an API key or, without either, an address.',
    { min: 1, max: 1000, default: 100 },
  ),
  LEASES_PER_VIEWER_MAX: numberSetting(
    'Maximum leases of one viewer in the whole region: pages on which it is present without a socket.',
    { min: 1, max: 10_000_000, default: 20 },
  ),
  TRENDING_READS_PER_SECOND: numberSetting(
    'Maximum buckets read per second for trending pages. One list reads each of BUCKETS once.',
    { min: 1, max: 10_000_000, default: 10_000 },
  ),
  LEASES_MAX: numberSetting(
    'Maximum leases (viewers who are present without a socket) in the whole region.',
    { min: 1, max: 10_000_000, default: 100_000 },
  ),
  ...changeSettings,
  LIMITS_PER_CALLER_MAX: numberSetting(
    'Maximum new limits of one user or API key with windows of up to a minute, an hour, a day and 31 days, each kind within that time. A limit is a key with its window.',
    { min: 1, max: 1_000_000_000, default: 100_000 },
  ),
  NEW_COUNTERS_PER_CALLER: optionalRateSetting(
    'New counters of one user, where AUTH is jwt: raised, lowered or voted on for the first time. Each process counts for itself. Services may make as many as they like. Default: `1000/60`.',
    '1000/60',
  ),
  ...counterSettings,
  ...memorySettings,
  ...historySettings,
  ...exportSettings,
};

export type CounterApiConfig = ConfigOf<typeof counterApiSettings>;
