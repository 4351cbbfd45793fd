/** The settings of what counter-api itself takes from one caller. */
import { z } from 'zod';
import { optionalSetting } from '@headcount/platform';
import { LIMIT_WINDOW_SECONDS_MAX } from './window.js';

/** How many requests within how many seconds. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

const rateLimit = z
  .string()
  .regex(/^[1-9]\d{0,8}\/[1-9]\d{0,6}$/)
  .transform((raw): RateLimit => {
    const [limit = 0, windowSeconds = 0] = raw.split('/').map(Number);
    return { limit, windowSeconds };
  })
  .refine(({ windowSeconds }) => windowSeconds <= LIMIT_WINDOW_SECONDS_MAX);

const rateLimitSetting = (whose: string) =>
  optionalSetting(
    {
      description: `Requests of ${whose}, as \`600/60\`: 600 within any 60 seconds; default: no limit. With it each request asks Redis first.`,
      must: `requests/seconds, 1 to 999999999 requests within 1 to ${LIMIT_WINDOW_SECONDS_MAX} seconds`,
      example: '600/60',
    },
    rateLimit,
  );

export const rateLimitSettings = {
  RATE_LIMIT_PER_CALLER: rateLimitSetting('one caller, the subject of a token or an API key'),
  RATE_LIMIT_PER_ADDRESS: rateLimitSetting('one address, an IPv6 one being its /64'),
};
