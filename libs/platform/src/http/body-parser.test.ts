import { hasWholeNumbers } from './body-parser.js';

describe('the numbers of a JSON text', () => {
  it.each([
    '{}',
    '{"by":1}',
    '{"by":-1}',
    '[0,10,9007199254740993]',
    '{"page":"v1.0-0 1e5"}',
    '"a\\"1.0"',
  ])('are whole: %s', (json) => {
    expect(hasWholeNumbers(json)).toBe(true);
  });

  it.each([
    '1.0',
    '{"by":1e3}',
    '{"by":1E3}',
    '[-0]',
    '{"a":"x","by":9007199254740990.6}',
    '{"\\"":0.5}',
  ])('are not: %s', (json) => {
    expect(hasWholeNumbers(json)).toBe(false);
  });
});
