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
        'Addresses that pushes may go to, the internal ports of gateways, separated by commas; `*` stands for any port, or for one label of a host name.',
      must: 'http addresses separated by commas, `*` as port or as a label of the host name',
      example: 'http://gateway-*.internal:4101',
      default: 'http://127.0.0.1:4101,http://localhost:4101,http://[::1]:4101',
    },
    gatewayAddresses,
  ),
  DATAGRAM_PORT: optionalPort(
    'UDP port for datagrams of gateways, on INTERNAL_HOST; 0: none. Default: the internal port.',
  ),
  DATAGRAM_PORT_ADVERTISED: optionalPort(
    'UDP port that gateways are told, where a translation stands between. Default: DATAGRAM_PORT.',
  ),
  GATEWAY_LIVE_URL: setting(
    {
      description: 'Address of the gateways that browsers open from the page of a counter.',
      must: 'a ws:// or wss:// address',
      example: 'wss://live.example.org/graphql',
      default: 'ws://127.0.0.1:4001/graphql',
    },
    z.url({ protocol: /^wss?$/ }),
  ),
  SYNC_INTERVAL_MS: numberSetting(
    'How often gateways sync and the living are looked at, in milliseconds.',
    {
      min: 100,
      max: 60_000,
      default: 2000,
    },
  ),
  TICK_MS: numberSetting(
    'Shortest time between two pushes of one counter to one gateway, in milliseconds.',
    {
      min: 10,
      max: 10_000,
      default: 100,
    },
  ),
  PUSHES_PER_SECOND: numberSetting(
    'Most pushes a second to all gateways together; what changes beyond that waits and goes together.',
    {
      min: 10,
      max: 1_000_000,
      default: 500,
    },
  ),
  WATCHED_PER_GATEWAY_MAX: numberSetting(
    'Maximum number of counters, pages and users, together, that one gateway may watch; at least WATCHED_MAX of the gateways.',
    {
      min: 1000,
      max: 100_000_000,
      default: 1_000_000,
    },
  ),
  ...regionSettings,
  ...operatorSettings,
  CACHED_COUNTERS_MAX: numberSetting(
    'Counters that are kept in memory at most, because they are read again and again; 0: none, each read asks Redis.',
    { min: 0, max: 10_000_000, default: 100_000 },
  ),
  WAITS_PER_CALLER_MAX: numberSetting(
    'Maximum requests of one caller that wait for a counter to change (`Prefer: wait`), in one process: of a user or an API key, and without either of an address.',
    { min: 1, max: 1000, default: 100 },
  ),
  LEASES_PER_VIEWER_MAX: numberSetting(
    'Maximum leases of one viewer in the whole region: pages on which it is present without a socket.',
    { min: 1, max: 10_000_000, default: 20 },
  ),
  TRENDING_READS_PER_SECOND: numberSetting(
    'Most buckets per second that are read for trending pages; a list takes one reading of each of BUCKETS.',
    { min: 1, max: 10_000_000, default: 10_000 },
  ),
  LEASES_MAX: numberSetting(
    'Leases at most, of viewers who are present without a socket, in the whole region.',
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
