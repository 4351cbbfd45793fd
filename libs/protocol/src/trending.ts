/**
 * Trending pages: what may be asked, and how gateways ask it of counter-api (docs/protocol.md §5). Rows are arrays as on the
 * wire.
 */
import { z } from 'zod';
import { parseCounterName, type CounterName } from './counter-name.js';
import { HeadcountError, isErrorCode, orThrow, type ErrorCode } from './errors.js';
import { counterNameField, pageIdField } from './fields.js';
import type { PageId } from './page-id.js';

/** Most pages of an answer. */
export const TRENDING_FIRST_MAX = 100;
/**
 * The windows that are kept, in seconds, shortest first. Redis keeps a sum for each window that is read, and every write
 * updates all of them, so there must be few.
 */
export const TRENDING_WINDOWS: readonly number[] = [10, 30, 60, 120, 300, 600, 1800, 3600];
/** Shortest and longest window. */
export const TRENDING_WINDOW_SECONDS_MIN = 10;
export const TRENDING_WINDOW_SECONDS_MAX = 3600;
/** Most counters by which pages trend. */
export const TRENDING_NAMES_MAX = 8;
/** Most questions of one request of a gateway: it asks for so many at a time, whatever its subscribers want. */
export const TRENDING_ASKS_MAX = 32;

/** What is asked where nothing is said. */
export const TRENDING_DEFAULTS = { first: 10, windowSeconds: 300, name: 'visits' as CounterName };

/** A question that is within bounds: which pages gained most. */
export interface TrendingAsk {
  readonly name: CounterName;
  /** One of TRENDING_WINDOWS; in a request of an older gateway it may lie between two of them. */
  readonly windowSeconds: number;
  readonly first: number;
}

/** A page, and what its counter has gained within a window; above 0. */
export interface PageGain {
  readonly pageId: PageId;
  readonly gain: number;
}

/** A question as a caller has put it; what is null or undefined was left out. */
export interface TrendingArgs {
  readonly first?: unknown;
  readonly windowSeconds?: unknown;
  readonly name?: unknown;
}

/** The shortest of TRENDING_WINDOWS that covers a window of 1 to 3,600 seconds. Throws RangeError for another. */
export function trendingWindow(windowSeconds: number): number {
  const window = TRENDING_WINDOWS.find((seconds) => windowSeconds <= seconds);
  if (window === undefined || !(windowSeconds > 0))
    throw new RangeError(`no window: ${windowSeconds} s`);
  return window;
}

/**
 * The question of a caller, its window rounded up to one of TRENDING_WINDOWS. For the edges that answer refusals by
 * throwing. Throws HeadcountError.
 */
export function trendingAsk({ first, windowSeconds, name }: TrendingArgs): TrendingAsk {
  const asked = within('windowSeconds', windowSeconds ?? TRENDING_DEFAULTS.windowSeconds, [
    TRENDING_WINDOW_SECONDS_MIN,
    TRENDING_WINDOW_SECONDS_MAX,
  ]);
  return {
    name: orThrow(parseCounterName(String(name ?? TRENDING_DEFAULTS.name))),
    windowSeconds: trendingWindow(asked),
    first: within('first', first ?? TRENDING_DEFAULTS.first, [1, TRENDING_FIRST_MAX]),
  };
}

function within(what: string, value: unknown, [min, max]: readonly [number, number]): number {
  const isWithin = typeof value === 'number' && Number.isInteger(value);
  if (isWithin && value >= min && value <= max) return value;
  throw new HeadcountError('BAD_REQUEST', `${what} must be a whole number from ${min} to ${max}.`);
}

const askField = z
  .tuple([
    counterNameField,
    z.int().min(TRENDING_WINDOW_SECONDS_MIN).max(TRENDING_WINDOW_SECONDS_MAX),
    z.int().min(1).max(TRENDING_FIRST_MAX),
  ])
  .readonly();

/** POST trending: questions, `[name, windowSeconds, first]` each. */
export const trendingRequest = z
  .strictObject({ asks: z.array(askField).max(TRENDING_ASKS_MAX).readonly() })
  .readonly();
export type TrendingRequest = z.infer<typeof trendingRequest>;

const gainField = z.tuple([pageIdField, z.int().positive()]).readonly();
const codeField = z.custom<ErrorCode>(isErrorCode, { error: 'not a code' });

/** One answer for each question, in their order: `[pageId, gain]` each, or the code of what was wrong with that question. */
export const trendingAnswer = z
  .object({
    answers: z
      .array(z.union([z.array(gainField).max(TRENDING_FIRST_MAX).readonly(), codeField]))
      .max(TRENDING_ASKS_MAX)
      .readonly(),
  })
  .readonly();
export type TrendingAnswer = z.infer<typeof trendingAnswer>;
/** The answer to one question. */
export type WireTrending = TrendingAnswer['answers'][number];
