/** The settings of apps that change durable counters. */
import { z } from 'zod';
import { parseDurability, type DurabilityChoice } from '@headcount/counter-store';
import { TRENDING_DEFAULTS, TRENDING_NAMES_MAX, parseCounterName } from '@headcount/protocol';
import { numberSetting } from './kinds.js';
import { optionalSetting, setting, type Setting, type SettingText } from './setting.js';

const durability = z.string().transform((raw, context): DurabilityChoice => {
  const choice = parseDurability(raw);
  if (choice !== null) return choice;
  context.addIssue('no durability');
  return z.NEVER;
});

const counterNames = z
  .string()
  .transform((raw) => [...new Set(raw.split(',').map((name) => name.trim()))])
  .refine(
    (names) =>
      names.length <= TRENDING_NAMES_MAX && names.every((name) => parseCounterName(name).ok),
  );

/** Most names of counters that one of the rules for them may list. */
const RULE_NAMES_MAX = 32;

/** Names of counters, or how they begin and then `*`. */
const counterPatterns = z
  .string()
  .transform((raw) => [...new Set(raw.split(',').map((name) => name.trim()))])
  .refine(
    (names) =>
      names.length <= RULE_NAMES_MAX &&
      names.every((name) => parseCounterName(name.replace(/\*$/, '')).ok),
  );

/** A rule for counters by their names. */
export const counterPatternsSetting = (
  text: Pick<SettingText, 'description' | 'example'>,
): Setting<readonly string[] | undefined> =>
  optionalSetting({ ...ruleText, ...text }, counterPatterns);

const ruleText = {
  must: `1 to ${RULE_NAMES_MAX} names of counters separated by commas, each of which may end with *`,
};

export const counterSettings = {
  DURABILITY: setting(
    {
      description:
        'When an increment counts as written and may be sent to clients and other regions. `disk`: when Redis has answered (with `appendfsync always` it is on disk then). `replicas:N`: when N replicas have it. `memory`: no guarantee.',
      must: 'disk, replicas:N with N from 1 to 99, or memory',
      example: 'replicas:1',
      default: 'disk',
    },
    durability,
  ),
  WRITE_DEADLINE_MS: numberSetting('Timeout for a write to Redis, in milliseconds.', {
    min: 100,
    max: 60_000,
    default: 5000,
  }),
  OPERATION_ID_WINDOW_SECONDS: numberSetting(
    'Minimum time that an operation id is remembered, in seconds.',
    { min: 60, max: 86_400, default: 600 },
  ),
  OPERATION_IDS_MAX: numberSetting('Maximum operation ids remembered per bucket and window.', {
    min: 100,
    max: 10_000_000,
    default: 100_000,
  }),
  OPERATION_IDS_PER_VIEWER_MAX: numberSetting(
    'Maximum operation ids of one user per bucket and window. All users together may use 80 % of OPERATION_IDS_MAX; the rest is reserved for API keys and modifications.',
    { min: 1, max: 10_000_000, default: 1000 },
  ),
  TRENDING_COUNTERS: setting<readonly string[]>(
    {
      description:
        'Counters that rank trending pages, separated by commas; the same in all apps of a region. Gains are kept for 70 minutes, and the ranking is public.',
      must: `1 to ${TRENDING_NAMES_MAX} names of counters separated by commas`,
      example: 'visits,likes',
      default: TRENDING_DEFAULTS.name,
    },
    counterNames,
  ),
  WINDOWED_COUNTERS: setting<readonly string[]>(
    {
      description:
        'Counters that keep their gains of the last hour, day and month, separated by commas. `events.*` stands for all that begin with `events.`. The same in all apps of all regions.',
      ...ruleText,
      example: 'events,events.*',
      default: 'events',
    },
    counterPatterns,
  ),
  BOUNDED_COUNTERS: setting<readonly string[]>(
    {
      description:
        'Counters that never fall below zero in any region, separated by commas. `stock.*` stands for all that begin with `stock.`. The same in all apps of all regions.',
      ...ruleText,
      example: 'available,stock.*',
      default: 'available',
    },
    counterPatterns,
  ),
};
