import { parseCounterName } from './counter-name.js';
import { parseOperationId } from './operation-id.js';
import {
  RESERVED_COUNTERS,
  RESERVED_NAME_SIGNS,
  RESERVED_OPERATION_PREFIXES,
  isReservedOperationId,
} from './reserved.js';

describe('reserved names', () => {
  it.each(RESERVED_NAME_SIGNS)('have signs that no counter name has: "%s"', (sign) => {
    for (const name of [`${sign}a`, `a${sign}`, `a${sign}b`])
      expect(parseCounterName(name).ok).toBe(false);
  });

  it('are those of counters that can be read', () => {
    for (const name of RESERVED_COUNTERS.keys()) expect(parseCounterName(name).ok).toBe(true);
  });

  it.each(RESERVED_OPERATION_PREFIXES)('are operation ids that begin with %s', (prefix) => {
    expect(parseOperationId(`${prefix}x`).ok).toBe(true);
    expect(isReservedOperationId(`${prefix}x`)).toBe(true);
    expect(isReservedOperationId(`my-${prefix}x`)).toBe(false);
  });
});
