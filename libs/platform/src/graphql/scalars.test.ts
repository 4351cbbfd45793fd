import { parseValue } from 'graphql';
import { DateTime, rfc3339 } from './date-time.js';
import { SafeInt } from './safe-int.js';

const MAX = 2 ** 53 - 1;

describe('SafeInt', () => {
  it.each([0, 1, -1, 2 ** 31, MAX, -MAX])('takes and shows %d', (value) => {
    expect(SafeInt.parseValue(value)).toBe(value);
    expect(SafeInt.parseLiteral(parseValue(String(value)))).toBe(value);
    expect(SafeInt.serialize(value)).toBe(value);
  });

  it.each([1.5, MAX + 1, -MAX - 1, Infinity, NaN, '1', true, null, 1n])(
    'neither takes nor shows %p',
    (value) => {
      expect(() => SafeInt.parseValue(value)).toThrow();
      expect(() => SafeInt.serialize(value)).toThrow();
    },
  );

  it.each(['9007199254740992', '1.0', '"1"', 'true', 'null', '[1]'])(
    'does not take the literal %s',
    (text) => {
      expect(() => SafeInt.parseLiteral(parseValue(text))).toThrow(
        /^SafeInt must be a whole number/,
      );
    },
  );
});

describe('DateTime', () => {
  it('shows milliseconds since 1970 as RFC 3339, to the second', () => {
    expect(DateTime.serialize(1_917_864_702_999)).toBe('2030-10-10T12:11:42Z');
    expect(rfc3339(0)).toBe('1970-01-01T00:00:00Z');
    expect(() => DateTime.serialize('x')).toThrow(RangeError);
  });

  it.each(['2030-10-10T12:11:42Z', '2030-10-10T12:11:42.000Z', '2030-10-10T14:11:42+02:00'])(
    'takes %s',
    (text) => {
      expect(DateTime.parseValue(text)).toBe(1_917_864_702_000);
      expect(DateTime.parseLiteral(parseValue(`"${text}"`))).toBe(1_917_864_702_000);
    },
  );

  it.each(['2030-10-10', '2030-13-10T12:11:42Z', '2030-10-10T12:11:42', 'now', '', 1])(
    'does not take %p',
    (value) => {
      expect(() => DateTime.parseValue(value)).toThrow(/^DateTime must be/);
      expect(() => DateTime.parseLiteral(parseValue(JSON.stringify(value)))).toThrow();
    },
  );
});
