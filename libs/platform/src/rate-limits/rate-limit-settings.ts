/** The settings of what an app takes from one caller and from one address. */
import { z } from 'zod';
import { optionalSetting, type Setting } from '../config/setting.js';
import type { RateLimit } from './sliding-windows.js';

/** Longest window of a limit: 31 days, in seconds. */
export const LIMIT_WINDOW_SECONDS_MAX = 2_678_400;

const MUST = `requests/seconds, 1 to 999999999 requests within 1 to ${LIMIT_WINDOW_SECONDS_MAX} seconds`;

const rateLimit = z
  .string()
  .regex(/^[1-9]\d{0,8}\/[1-9]\d{0,6}$/)
  .transform((raw): RateLimit => {
    const [limit = 0, windowSeconds = 0] = raw.split('/').map(Number);
    return { limit, windowSeconds };
  })
  .refine(({ windowSeconds }) => windowSeconds <= LIMIT_WINDOW_SECONDS_MAX);

/** A rate that may be left out. */
export function optionalRateSetting(
  description: string,
  example: string,
): Setting<RateLimit | undefined> {
  return optionalSetting({ description, must: MUST, example }, rateLimit);
}

const requestLimit = (description: string) =>
  optionalSetting(
    { description, must: `${MUST}, or off`, example: '600/60' },
    z.union([z.literal('off'), rateLimit]),
  );

/**
 * Where AUTH is jwt and nothing is set: each process counts for itself, so that no request waits for it. The windows are
 * short, as a longer one would let its whole limit through at once, which at the cost of queries is seconds of work.
 */
export const CALLER_DEFAULT: RateLimit = { limit: 1_000, windowSeconds: 1 };
export const SERVICE_DEFAULT: RateLimit = { limit: 10_000, windowSeconds: 1 };

/** The same for requests from one address that show no good token. */
export const STRANGER_DEFAULT: RateLimit = { limit: 1_000, windowSeconds: 1 };

export const rateLimitSettings = {
  RATE_LIMIT_PER_CALLER: requestLimit(
    'Request limit per caller; `600/60` means 600 in any 60 seconds. If set, every request asks Redis first, except on gateways. Default: `1000/1` in each process if AUTH=jwt, else `off`.',
  ),
  RATE_LIMIT_PER_SERVICE: requestLimit(
    'Request limit per API key. Default: RATE_LIMIT_PER_CALLER if that is set, else `10000/1` in each process if AUTH=jwt.',
  ),
  RATE_LIMIT_PER_ADDRESS: requestLimit(
    'Request limit per address (IPv6: per /64). If set, every request asks Redis first, except on gateways. Default: `1000/1` in each process for requests without a valid token if AUTH=jwt, else `off`.',
  ),
};
