import { defineScript } from '../define-script.js';
import { integer } from './replies.js';

/** Who has rights in a bounded counter, as of what is known here. */
export interface QuotaRead {
  /** ±2^53 where it is out of range. */
  readonly total: number;
  /** Whether this region may use its rights: not before it has pulled back what it may have forgotten. */
  readonly isRegained: boolean;
  /** What others have given to this region ever; it only grows. */
  readonly received: number;
  /** Rights of this region. */
  readonly here: number;
  /** Of the others that are known, by their names. */
  readonly elsewhere: ReadonlyMap<string, number>;
}

/** Typed door to quota-read.lua, whose header is the contract. */
export const quotaRead = defineScript<QuotaRead>({
  name: 'quota-read',
  keys: ['meta'],
  args: ['counter', 'stem', 'peers'],
  decode: ([total, isRegained, received, , here, ...others]) => {
    const elsewhere = new Map<string, number>();
    for (let at = 0; at < others.length; at += 2)
      elsewhere.set(others[at] ?? '', integer(others[at + 1]));
    return {
      total: Number(total),
      isRegained: isRegained === '1',
      received: integer(received),
      here: integer(here),
      elsewhere,
    };
  },
});
