import { z } from 'zod';
import {
  commonSettings,
  internalPortSetting,
  demandRoles,
  loadConfig,
  numberSetting,
  optionalRateSetting,
  optionalSetting,
  originPolicyOf,
  originsSetting,
  portSetting,
  urlListSetting,
  type ConfigOf,
  type ConfigRule,
  type Environment,
  type OriginPolicy,
} from '@headcount/platform';

/** Longest time in which a socket that vanished without a close may still count: DESIGN.md §10. */
const VANISHED_MS_MAX = 15_000;

const httpUrl = z.url({ protocol: /^https?$/ });

/** All settings of the realtime gateway. */
export const gatewaySettings = {
  ...commonSettings,
  GATEWAY_PORT: portSetting('Port of the realtime gateway, for HTTP and WebSocket.', 4001),
  GATEWAY_INTERNAL_PORT: internalPortSetting('the realtime gateway', 'GATEWAY_PORT'),
  COUNTER_API_URLS: urlListSetting(
    'Every counter-api of this region, each by its own internal address; the first that answers becomes home.',
    ['http://127.0.0.1:4100'],
  ),
  GATEWAY_URL: optionalSetting(
    {
      description:
        'Internal address that counter-api pushes to, which must be on its GATEWAY_URLS; default: INTERNAL_HOST and the internal port.',
      must: 'an http address',
      example: 'http://10.0.0.7:4101',
    },
    httpUrl.transform(withoutSlash),
  ),
  ORIGINS: originsSetting('open a socket'),
  SYNC_INTERVAL_MS: numberSetting('Pause between two syncs with counter-api, the heartbeat.', {
    min: 100,
    max: 10_000,
    default: 2000,
  }),
  // Half of counter-api's: a change of a busy page waits for both, one after the other.
  TICK_MS: numberSetting('Shortest pause between two sendings of one busy bucket.', {
    min: 1,
    max: 1000,
    default: 50,
  }),
  PING_INTERVAL_MS: numberSetting('Pause after a pong before a socket is pinged again.', {
    min: 10,
    max: VANISHED_MS_MAX,
    default: 5000,
  }),
  PONG_TIMEOUT_MS: numberSetting('Patience for a pong; the socket is ended after it.', {
    min: 10,
    max: VANISHED_MS_MAX,
    default: 5000,
  }),
  INIT_TIMEOUT_MS: numberSetting('Patience for connection_init after a socket has opened.', {
    min: 10,
    max: 60_000,
    default: 3000,
  }),
  SOCKETS_MAX: numberSetting('Most open sockets of this gateway.', {
    min: 1,
    max: 1_000_000,
    default: 100_000,
  }),
  SOCKETS_PER_ADDRESS_MAX: numberSetting(
    'Most open sockets from one address, an IPv6 one being its /64; behind a balancer all come from that one unless TRUSTED_PROXIES names it.',
    { min: 1, max: 1_000_000, default: 10_000 },
  ),
  SOCKETS_PER_VIEWER_MAX: numberSetting(
    'Maximum number of open sockets and event streams of one viewer.',
    { min: 1, max: 1_000_000, default: 100 },
  ),
  WATCHED_PER_SOCKET_MAX: numberSetting(
    'Maximum number of different counters that the operations of one socket watch.',
    { min: 1, max: 1_000_000, default: 1000 },
  ),
  WATCHED_PER_VIEWER_MAX: numberSetting(
    'Maximum number of counters that the sockets of one viewer watch; a counter counts once for each socket.',
    { min: 1, max: 10_000_000, default: 5000 },
  ),
  WATCHED_MAX: numberSetting(
    'Maximum number of counters, followed pages and users, together, of which counter-api is to tell this gateway.',
    { min: 1000, max: 100_000_000, default: 1_000_000 },
  ),
  CONNECTS_PER_ADDRESS: optionalRateSetting(
    'Sockets and event streams that one address may open, as `1000/10`: 1000 within any 10 seconds; default: SOCKETS_PER_ADDRESS_MAX, but at least 1000, within 10.',
    '1000/10',
  ),
  OPERATIONS_PER_SOCKET_MAX: numberSetting('Most operations that one socket may have at once.', {
    min: 1,
    max: 10_000,
    default: 1000,
  }),
  MESSAGES_PER_SECOND_MAX: numberSetting(
    'Maximum messages a second of one socket, each KiB of one as a message, and 250 of the cost of operations for each; twice as many at once, and OPERATIONS_PER_SOCKET_MAX messages more.',
    { min: 1, max: 100_000, default: 100 },
  ),
  MESSAGE_BYTES_MAX: numberSetting('Largest message that a socket may send, in bytes.', {
    min: 1024,
    max: 1_048_576,
    default: 65_536,
  }),
  SLOW_MS: numberSetting(
    'How long a socket may take nothing in while there is something for it; it is closed after that.',
    { min: 10, max: 600_000, default: 10_000 },
  ),
  FANOUT_TICK_MS: numberSetting('Shortest pause between two values of a subscription.', {
    min: 1,
    max: 10_000,
    default: 100,
  }),
  WRITES_PER_SECOND: numberSetting(
    'Writes to sockets that the values of all counters share; beyond it large audiences are told less often.',
    { min: 100, max: 10_000_000, default: 50_000 },
  ),
  DRAIN_MS: numberSetting('How long a stop spreads the closing of its sockets, at most.', {
    min: 0,
    max: 6000,
    default: 5000,
  }),
};

/** The values of the gateway's settings. */
export type GatewayConfig = ConfigOf<typeof gatewaySettings>;

const vanishedFoundInTime: ConfigRule<typeof gatewaySettings> = ({
  PING_INTERVAL_MS: interval,
  PONG_TIMEOUT_MS: timeout,
}) =>
  interval !== undefined && timeout !== undefined && interval + timeout > VANISHED_MS_MAX
    ? `PING_INTERVAL_MS and PONG_TIMEOUT_MS must be at most ${VANISHED_MS_MAX} together, the longest that a ` +
      `vanished viewer may count; they are ${interval + timeout}.`
    : null;

const reachableForPushes: ConfigRule<typeof gatewaySettings> = ({
  INTERNAL_HOST: host,
  GATEWAY_URL,
}) =>
  (host === '0.0.0.0' || host === '::') && GATEWAY_URL === undefined
    ? `GATEWAY_URL must be set where INTERNAL_HOST is "${host}", every address of the machine: counter-api has to ` +
      'know one to push to, for example http://10.0.0.7:4101.'
    : null;

/**
 * The gateway's settings from the environment. Throws ConfigError with everything that is wrong.
 */
export function loadGatewayConfig(env: Environment): GatewayConfig {
  return loadConfig(gatewaySettings, env, [
    vanishedFoundInTime,
    reachableForPushes,
    demandRoles('realtime-gateway', ['gateway', 'cursor']),
  ]);
}

/** Whose pages may open a socket or a stream. */
export function originPolicy({
  HOST,
  ORIGINS,
}: Pick<GatewayConfig, 'HOST' | 'ORIGINS'>): OriginPolicy {
  return originPolicyOf(HOST, ORIGINS);
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}
