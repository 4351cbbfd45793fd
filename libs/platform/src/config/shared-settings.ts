/** The settings that apps share; each app spreads the groups that it needs into its own. */
import { z } from 'zod';
import { BUCKETS_DEFAULT, BUCKETS_MAX, regionField } from '@headcount/protocol';
import { rateLimitSettings } from '../rate-limits/rate-limit-settings.js';
import { signingKeysField } from '../signing/signing-keys.js';
import { edgeSettings } from '../edge/edge-settings.js';
import { authSettings } from './auth-settings.js';
import { internalHostSetting } from './internal-settings.js';
import { choiceSetting, numberSetting } from './kinds.js';
import { graphqlSettings, requestSettings } from './limit-settings.js';
import { setting, type ConfigOf } from './setting.js';

const digits = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number);
const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

/** Where the apps listen. */
export const hostSettings = {
  HOST: setting(
    {
      description:
        'Address that the apps listen on. Any address other than a loopback one requires AUTH.',
      must: 'an IP address or a host name',
      example: '127.0.0.1',
      default: '127.0.0.1',
    },
    z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/),
  ),
};

/** Where Redis is. */
export const redisSettings = {
  REDIS_URL: setting(
    {
      description: 'Redis of this region. If it is not set, `npm start` starts its own.',
      must: 'a redis://, rediss:// or unix:/// address',
      example: 'redis://127.0.0.1:6379',
      default: 'redis://127.0.0.1:6379',
      secret: true,
    },
    z.string().regex(/^(?:rediss?:\/\/[^\s/]+(?:\/\S*)?|unix:\/\/\/\S+)$/),
  ),
  STORE_CALLS_PER_REQUEST_MAX: numberSetting(
    'Maximum Redis calls per request: commands, scripts, and changes that are sent in a batch with others.',
    // A batch of 1,000 changes that ask for a durability makes 2,000, what is unread of 10,000 pages 1,100.
    { min: 10, max: 1_000_000, default: 5_000 },
  ),
};

/** What all apps of one deployment must have alike. */
export const deploymentSettings = {
  REGION: setting(
    {
      description:
        'Name of this region. It must be unique among the regions that replicate to each other.',
      must: 'a lower-case letter and up to 31 letters, digits or hyphens',
      example: 'eu-west',
      default: 'local',
    },
    regionField,
  ),
  BUCKETS: setting(
    {
      description:
        'Number of buckets that pages are hashed into. It cannot change during the life of a deployment.',
      must: `a power of two from 1 to ${BUCKETS_MAX}`,
      example: String(BUCKETS_DEFAULT),
      default: String(BUCKETS_DEFAULT),
    },
    digits.pipe(z.number().min(1).max(BUCKETS_MAX).refine(isPowerOfTwo)),
  ),
  SIGNING_KEYS: setting(
    {
      description:
        'Keys that sign the calls between the apps, the same for all apps. The first key signs, every key verifies. There is no default; `npm start` makes one.',
      must:
        'id:secret pairs separated by commas, each id 1 to 16 letters, digits, _ or -, ' +
        'each secret at least 16 characters, or what `npm run keys` prints',
      example: 'SIGNING_KEYS=k1:$(openssl rand -hex 32)',
      secret: true,
    },
    signingKeysField,
  ),
};

/** What is logged. */
export const logSettings = {
  LOG_LEVEL: choiceSetting(
    'Lowest severity that is logged. `debug` also logs every request.',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
  ),
};

/** What every app has: all groups but Redis. */
export const commonSettings = {
  ...hostSettings,
  ...internalHostSetting,
  ...deploymentSettings,
  ...authSettings,
  ...graphqlSettings,
  ...requestSettings,
  ...edgeSettings,
  ...rateLimitSettings,
  ...logSettings,
};

/** The values of the settings that every app has. */
export type CommonConfig = ConfigOf<typeof commonSettings>;
