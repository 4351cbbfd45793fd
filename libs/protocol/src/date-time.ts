import { err, ok, type Result } from '@headcount/crdt';

/** Longest text looked at, in characters: a time with more digits of a second than any clock has. */
const LENGTH_MAX = 64;

const SHAPE =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** What a time has to look like, for whoever wrote another. */
export const DATE_TIME_RULE = 'a time as in RFC 3339, for example 2030-10-10T12:11:42Z';

/**
 * The time of a text as RFC 3339 has it (5.6), in milliseconds since 1970; what is finer is cut off. No other form is taken, and no day or
 * hour that is none. A leap second may stand at the end of a month in UTC, and is the beginning of the next one.
 */
export function parseDateTime(text: string): Result<number, 'BAD_REQUEST'> {
  const found = text.length <= LENGTH_MAX ? SHAPE.exec(text) : null;
  if (found === null) return err('BAD_REQUEST');
  const [, year, month, day, hour, minute, second, fraction = '', sign, offHour, offMinute] = found;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as Six;
  if (mo < 1 || mo > 12 || d < 1 || d > daysIn(y, mo)) return err('BAD_REQUEST');
  if (h > 23 || mi > 59 || s > 60) return err('BAD_REQUEST');
  const [oh, om] = [Number(offHour ?? 0), Number(offMinute ?? 0)];
  if (oh > 23 || om > 59) return err('BAD_REQUEST');
  const offsetMinutes = (sign === '-' ? -1 : 1) * (oh * 60 + om);
  const ms = s === 60 ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const atMs = utcMs(y, mo, d) + ((h * 60 + mi - offsetMinutes) * 60 + s) * 1000 + ms;
  return s === 60 && !endsMonth(y, mo, d, h * 60 + mi - offsetMinutes)
    ? err('BAD_REQUEST')
    : ok(atMs);
}

type Six = [number, number, number, number, number, number];

const DAY_MS = 86_400_000;
const DAYS_IN = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
/** Days from the beginning of the year 0 to that of 1970. */
const DAYS_BEFORE_1970 = 719_528;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Of the months 1 to 12; else 0. */
function daysIn(year: number, month: number): number {
  return (DAYS_IN[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0);
}

/** Whether the minute of a day, which may lie in the one before or after it, is the last of a month. */
function endsMonth(year: number, month: number, day: number, minute: number): boolean {
  const DAY_MINUTES = 1440;
  if (minute === DAY_MINUTES - 1) return day === daysIn(year, month);
  // 00:59:60+01:00 of the first day; 18:59:60-05:00 of the last is the case above.
  return minute === -1 && day === 1;
}

/** The beginning of a day of the Gregorian calendar, of the years 0 to 9999. */
function utcMs(year: number, month: number, day: number): number {
  const before = year - 1;
  // The year 0 is a leap year.
  const leaps =
    year === 0
      ? 0
      : Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) + 1;
  let days = year * 365 + leaps + day - 1 - DAYS_BEFORE_1970;
  for (let at = 1; at < month; at += 1) days += daysIn(year, at);
  return days * DAY_MS;
}
