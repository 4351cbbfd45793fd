import { z } from 'zod';
import { numberSetting } from './kinds.js';
import { optionalSetting } from './setting.js';

const UNITS = { '': 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;
/** Less than an empty Redis has is a slip of the pen. */
const BYTES_MIN = 1024 ** 2;

const bytes = z
  .string()
  .regex(/^\d{1,12}(?:kb|mb|gb)?$/)
  .transform((raw) => {
    const [, digits = '', unit = ''] = /^(\d+)([a-z]*)$/.exec(raw) ?? [];
    return Number(digits) * UNITS[unit as keyof typeof UNITS];
  })
  .pipe(z.int().min(BYTES_MIN));

/** The settings of apps that write to Redis. */
export const memorySettings = {
  REDIS_MEMORY_MAX: optionalSetting<number>(
    {
      description:
        'Memory that Redis may use, if that is less than its `maxmemory` or it has none.',
      must: 'a number of bytes of at least 1mb, as 512mb or 8gb',
      example: '8gb',
    },
    bytes,
  ),
  REDIS_MEMORY_PERCENT: numberSetting(
    'Percentage of that memory above which new counters, votes, follows, leases and limits are refused (507 `STORE_FULL`). Existing counters go on counting.',
    { min: 50, max: 99, default: 90 },
  ),
};
