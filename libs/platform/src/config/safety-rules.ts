/**
 * What protects a deployment only while nobody else can reach it must not be used where they can.
 */
import { proxyProtocolOfTrusted, proxyProtocolWithAuth } from '../edge/edge-settings.js';
import { authRules } from './auth-rules.js';
import { headersWithinRequest } from './limit-settings.js';
import { isLoopback } from './loopback.js';
import type { ConfigRule } from './setting.js';
import type { regionSettings } from './region-settings.js';
import type { commonSettings } from './shared-settings.js';

/** The default of versions before. It stands in their source, so who has it can forge every count. */
const PUBLISHED_SECRET = 'headcount-development';

type SafetyRule = ConfigRule<typeof commonSettings>;

const authOutside: SafetyRule = ({ HOST, AUTH }) =>
  HOST !== undefined && !isLoopback(HOST) && AUTH === 'off'
    ? `AUTH must be jwt where HOST is not a loopback address (it is "${HOST}"): ` +
      'with AUTH=off whoever reaches this port may act as any viewer.'
    : null;

const ownKeys: SafetyRule = ({ SIGNING_KEYS }) =>
  SIGNING_KEYS?.some(({ secret }) => secret === PUBLISHED_SECRET)
    ? `SIGNING_KEYS must not contain "${PUBLISHED_SECRET}", which is published with the source; ` +
      'make a key of your own, for example SIGNING_KEYS=k1:$(openssl rand -hex 32).'
    : null;

const noPeerOfItself: ConfigRule<typeof commonSettings & typeof regionSettings> = ({
  PEERS,
  REGION,
}) =>
  PEERS !== undefined && REGION !== undefined && PEERS.has(REGION)
    ? `PEERS must not name this region itself (REGION is "${REGION}"): ` +
      'it would count everything twice; leave it out, or give this region a name of its own.'
    : null;

/** The rules that hold for every app, whatever else it has. */
export const safetyRules: readonly SafetyRule[] = [
  authOutside,
  ownKeys,
  ...authRules,
  noPeerOfItself,
  headersWithinRequest,
  proxyProtocolOfTrusted,
  proxyProtocolWithAuth,
];
