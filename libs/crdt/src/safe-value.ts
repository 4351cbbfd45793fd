/**
 * From the exact sum of a counter to a number that JSON, Lua and JavaScript hold without rounding.
 *
 * N1  a number in ±(2^53-1) is the sum itself; any other sum is refused, never rounded.
 */
import { err, ok, type Result } from './result.js';

const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** What a counter's `value` or `countWithout` came to, as a number; or 'OUT_OF_RANGE' past 2^53-1 (N1). Cost O(1). */
export function safeValue(sum: bigint): Result<number, 'OUT_OF_RANGE'> {
  return sum <= MOST && sum >= -MOST ? ok(Number(sum)) : err('OUT_OF_RANGE');
}
