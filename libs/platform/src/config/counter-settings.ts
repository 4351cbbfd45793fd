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
        'When an increment counts as written, and may be told to clients and other regions: `disk` = when Redis has answered (with `appendfsync always` it is on disk then), `replicas:N` = when N replicas have it, `memory` = no promise.',
      must: 'disk, replicas:N with N from 1 to 99, or memory',
      example: 'replicas:1',
      default: 'disk',
    },
    durability,
  ),
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
  OPERATION_IDS_PER_VIEWER_MAX: numberSetting(
    'Maximum operation ids of one user in a bucket and window. All users together may take 80 % of OPERATION_IDS_MAX; the rest is for API keys and modifications.',
    { min: 1, max: 10_000_000, default: 1000 },
  ),
  TRENDING_COUNTERS: setting<readonly string[]>(
    {
      description:
        'Counters by which pages trend, separated by commas; the same for all apps of a region. What they gain is kept for 70 minutes, and which pages gain most everybody may ask.',
      must: `1 to ${TRENDING_NAMES_MAX} names of counters separated by commas`,
      example: 'visits,likes',
      default: TRENDING_DEFAULTS.name,
    },
    counterNames,
  ),
  WINDOWED_COUNTERS: setting<readonly string[]>(
    {
      description:
        'Counters of which it is kept how much they were raised in the last hour, day and month, separated by commas; `events.*` stands for all that begin with `events.`. The same for all apps of all regions.',
      ...ruleText,
      example: 'events,events.*',
      default: 'events',
    },
    counterPatterns,
  ),
  BOUNDED_COUNTERS: setting<readonly string[]>(
    {
      description:
        'Counters that are never below zero, over all regions, separated by commas; `stock.*` stands for all that begin with `stock.`. The same for all apps of all regions.',
      ...ruleText,
      example: 'available,stock.*',
      default: 'available',
    },
    counterPatterns,
  ),
};
