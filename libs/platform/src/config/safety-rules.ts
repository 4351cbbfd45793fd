/**
 * What protects a deployment only while nobody else can reach it must not be used where they can.
 */
import { authRules } from './auth-rules.js';
import { headersWithinRequest } from './limit-settings.js';
import { isLoopback } from './loopback.js';
import type { ConfigRule } from './setting.js';
import type { regionSettings } from './region-settings.js';
import { DEVELOPMENT_SECRET, type commonSettings } from './shared-settings.js';

type SafetyRule = ConfigRule<typeof commonSettings>;

const authOutside: SafetyRule = ({ HOST, AUTH }) =>
  HOST !== undefined && !isLoopback(HOST) && AUTH === 'off'
    ? `AUTH must be jwt where HOST is not a loopback address (it is "${HOST}"): ` +
      'with AUTH=off whoever reaches this port may act as any viewer.'
    : null;

const ownKeysOutside: SafetyRule = ({ HOST, SIGNING_KEYS }) =>
  HOST !== undefined &&
  !isLoopback(HOST) &&
  SIGNING_KEYS?.some(({ secret }) => secret === DEVELOPMENT_SECRET)
    ? `SIGNING_KEYS must be your own where HOST is not a loopback address (it is "${HOST}"): ` +
      'everybody knows the key for development, so whoever reaches this port may change every count.'
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
  ownKeysOutside,
  ...authRules,
  noPeerOfItself,
  headersWithinRequest,
];
