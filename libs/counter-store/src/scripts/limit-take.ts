import { defineScript } from '../define-script.js';
import { integer } from './replies.js';

/** What became of a call that takes from a limit. */
export interface Allowance {
  readonly isAllowed: boolean;
  /** What is left in the window, 0 or more. */
  readonly remaining: number;
  /** Until nothing that was taken counts any more, in milliseconds. */
  readonly resetMs: number;
  /** Until as much will be free as was asked for, in milliseconds; null: it was allowed, or it is more than the limit. */
  readonly retryMs: number | null;
}

/** Typed door to limit-take.lua, whose header is the contract; null: the limit is new, and nothing was taken. */
export const limitTake = defineScript<Allowance | null>({
  name: 'limit-take',
  keys: ['slots'],
  args: ['now', 'limit', 'windowMs', 'cost', 'isNewKept'],
  decode: ([verdict, remaining, resetMs, retryMs]) =>
    verdict === 'new'
      ? null
      : {
          isAllowed: verdict === 'taken',
          remaining: integer(remaining),
          resetMs: integer(resetMs),
          retryMs: retryMs === '' ? null : integer(retryMs),
        },
});
