/** The settings of apps that change durable counters. */
import { numberSetting } from './kinds.js';

export const counterSettings = {
  WRITE_DEADLINE_MS: numberSetting('How long an increment waits for Redis, in milliseconds.', {
    min: 100,
    max: 60_000,
    default: 5000,
  }),
  OPERATION_ID_WINDOW_SECONDS: numberSetting(
    'How long an operation id is remembered at least, in seconds.',
    { min: 60, max: 86_400, default: 600 },
  ),
  OPERATION_IDS_MAX: numberSetting('Operation ids remembered at most a bucket and window.', {
    min: 100,
    max: 10_000_000,
    default: 100_000,
  }),
};
