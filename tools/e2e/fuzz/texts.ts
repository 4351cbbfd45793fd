/** Texts that callers write where an id, a name or a value is asked for. */
import naughty from 'big-list-of-naughty-strings';
import fc from 'fast-check';

/** The big list of naughty strings (https://github.com/minimaxir/big-list-of-naughty-strings, MIT), and what it lacks. */
const ALL = [
  ...naughty,
  '__proto__',
  'constructor',
  'a\r\nx-injected: 1',
  'a\n{"level":60,"msg":"forged"}',
  '\u001b[31mred\u001b[0m',
  '\ud800',
  '@site',
  '@other',
  '#digest',
  '{tag}',
  'a'.repeat(256),
  'a'.repeat(257),
  'é'.repeat(128),
  'ﬃ'.repeat(85),
  '%2e%2e%2f',
];

/** Each once, also where two are the same page. */
export const NAUGHTY: readonly string[] = [...new Set(ALL.map((text) => text.normalize('NFC')))];

/** The text as UTF-8 can carry it: a sign for what is none takes the place of half a character. */
export const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/** Few, so that requests meet each other at the same page, user and counter. */
const ORDINARY = ['a', 'b/c', 'größe', 'likes', 'viewers', 'visits', 'ann', 'bob', '1'];

/** Ids, names and free text. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom(...ORDINARY) },
  { weight: 2, arbitrary: fc.constantFrom(...NAUGHTY) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 300 }) },
);

/** Whole numbers about the bounds that there are, and others. */
export const anyNumber: fc.Arbitrary<number> = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 100 }) },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 4000 }) },
  fc.constantFrom(0, -1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e21, 1.5, 1e-7),
);

/** Times in the form that is asked for, and in others. */
export const anyTime: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  },
  fc.constantFrom('2030-13-45T99:99:99Z', '0000-00-00', 'now', '+275760-09-13T00:00:00Z', '1'),
);
