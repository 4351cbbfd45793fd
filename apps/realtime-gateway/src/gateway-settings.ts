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
    'Internal addresses of all counter-apis of this region. The gateway uses the first that answers as its upstream.',
    ['http://127.0.0.1:4100'],
  ),
  GATEWAY_URL: optionalSetting(
    {
      description:
        'Internal address of this gateway that counter-api pushes to; it must match GATEWAY_URLS there. Default: INTERNAL_HOST and the internal port.',
      must: 'an http address',
      example: 'http://10.0.0.7:4101',
    },
    httpUrl.transform(withoutSlash),
  ),
  ORIGINS: originsSetting('open a socket'),
  SYNC_INTERVAL_MS: numberSetting(
    'Interval of syncs with counter-api (the heartbeat), in milliseconds.',
    {
      min: 100,
      max: 10_000,
      default: 2000,
    },
  ),
  // Half of counter-api's: a change of a busy page waits for both, one after the other.
  TICK_MS: numberSetting('Minimum time between two sends of one busy bucket, in milliseconds.', {
    min: 1,
    max: 1000,
    default: 50,
  }),
  PING_INTERVAL_MS: numberSetting(
    'Pause between a pong and the next ping of a socket, in milliseconds.',
    {
      min: 10,
      max: VANISHED_MS_MAX,
      default: 5000,
    },
  ),
  PONG_TIMEOUT_MS: numberSetting(
    'Pong timeout, in milliseconds. The socket is closed when it expires.',
    {
      min: 10,
      max: VANISHED_MS_MAX,
      default: 5000,
    },
  ),
  INIT_TIMEOUT_MS: numberSetting(
    'Timeout for connection_init after a socket has opened, in milliseconds.',
    {
      min: 10,
      max: 60_000,
      default: 3000,
    },
  ),
  SOCKETS_MAX: numberSetting('Maximum open sockets of this gateway.', {
    min: 1,
    max: 1_000_000,
    default: 100_000,
  }),
  SOCKETS_PER_ADDRESS_MAX: numberSetting(
    'Maximum open sockets from one address (IPv6: one /64). Behind a balancer all sockets share its address unless TRUSTED_PROXIES names it.',
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
    'Maximum counters, followed pages and users, together, that this gateway watches at counter-api.',
    { min: 1000, max: 100_000_000, default: 1_000_000 },
  ),
  CONNECTS_PER_ADDRESS: optionalRateSetting(
    'Limit of new sockets and event streams per address; `1000/10` means 1000 in any 10 seconds. Default: SOCKETS_PER_ADDRESS_MAX, but at least 1000, in 10 seconds.',
    '1000/10',
  ),
  OPERATIONS_PER_SOCKET_MAX: numberSetting('Maximum concurrent operations of one socket.', {
    min: 1,
    max: 10_000,
    default: 1000,
  }),
  MESSAGES_PER_SECOND_MAX: numberSetting(
    'Maximum messages per second of one socket, with bursts of twice as many plus OPERATIONS_PER_SOCKET_MAX. Each KiB of a message, and each 250 of the cost of its operation, counts as one message.',
    { min: 1, max: 100_000, default: 100 },
  ),
  MESSAGE_BYTES_MAX: numberSetting('Maximum size of a message from a socket, in bytes.', {
    min: 1024,
    max: 1_048_576,
    default: 65_536,
  }),
  SLOW_MS: numberSetting(
    'Time after which a socket that reads nothing is closed while data waits for it, in milliseconds.',
    { min: 10, max: 600_000, default: 10_000 },
  ),
  FANOUT_TICK_MS: numberSetting(
    'Minimum time between two values of a subscription, in milliseconds.',
    {
      min: 1,
      max: 10_000,
      default: 100,
    },
  ),
  WRITES_PER_SECOND: numberSetting(
    'Maximum writes per second to sockets, for all counters together. Above it, counters with large audiences are sent less often.',
    { min: 100, max: 10_000_000, default: 50_000 },
  ),
  DRAIN_MS: numberSetting(
    'Maximum time over which a stopping gateway spreads the closing of its sockets, in milliseconds; above 400 the stop takes that much longer.',
    { min: 0, max: 6000, default: 400 },
  ),
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
