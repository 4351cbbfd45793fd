/** What may be asked of windows and series. Each throws HeadcountError with the code of the fault. */
import type { SlotKind } from '@headcount/counter-store';
import { HeadcountError } from '@headcount/protocol';

/** Longest window: thirty days. */
export const WINDOW_SECONDS_MAX = 30 * 86_400;

/** How long the slots of a series are, as callers name it. The values are those of REST. */
export enum SlotLength {
  TEN_SECONDS = 'ten-seconds',
  MINUTE = 'minute',
  HOUR = 'hour',
}

/** A series: slots of that length, so many of them. */
export interface SeriesAsk {
  readonly kind: SlotKind;
  readonly last: number;
}

export const SERIES_LAST_DEFAULT = 60;

const KINDS: Readonly<Record<SlotLength, SlotKind>> = {
  [SlotLength.TEN_SECONDS]: 's',
  [SlotLength.MINUTE]: 'm',
  [SlotLength.HOUR]: 'h',
};

/** Most slots of one series: an hour, and what bounds the time that one reading takes of Redis. */
export const SERIES_LAST_MAX: Readonly<Record<SlotKind, number>> = { s: 360, m: 500, h: 500 };

/** A window of 1 s to 30 days. */
export function windowAsk(windowSeconds: unknown): number {
  return within('windowSeconds', windowSeconds, WINDOW_SECONDS_MAX);
}

/** What a window costs: a read, and one for each slot at most: whole hours, and minutes and ten seconds at both ends. */
export function windowCost(windowSeconds: number): number {
  const [tens, hours] = [Math.ceil(windowSeconds / 10) + 1, Math.ceil(windowSeconds / 3600) + 1];
  return 10 + Math.min(tens, hours + 2 * 59 + 2 * 5);
}

/** A series; what is null or undefined is 60 slots. */
export function seriesAsk(per: unknown, last: unknown): SeriesAsk {
  if (!isSlotLength(per)) {
    throw new HeadcountError(
      'BAD_REQUEST',
      `per must be ${Object.values(SlotLength).join(' or ')}.`,
    );
  }
  const kind = KINDS[per];
  return { kind, last: within('last', last ?? SERIES_LAST_DEFAULT, SERIES_LAST_MAX[kind]) };
}

/** A whole number as a text of a query; NaN: it is there and none. */
export function wholeNumber(raw: string | string[] | undefined): number | undefined {
  if (raw === undefined) return undefined;
  return typeof raw === 'string' && /^\d{1,15}$/.test(raw) ? Number(raw) : NaN;
}

function isSlotLength(per: unknown): per is SlotLength {
  return Object.values<unknown>(SlotLength).includes(per);
}

function within(what: string, value: unknown, max: number): number {
  const isWithin = typeof value === 'number' && Number.isInteger(value);
  if (isWithin && value >= 1 && value <= max) return value;
  throw new HeadcountError('BAD_REQUEST', `${what} must be a whole number from 1 to ${max}.`);
}
