import { closeLabel } from './close-label.js';

describe('the label of a close code', () => {
  it('is the code where that has a meaning', () => {
    expect([1000, 1006, 1013, 4403, 4429, 4501].map(closeLabel)).toEqual([
      '1000',
      '1006',
      '1013',
      '4403',
      '4429',
      '4501',
    ]);
  });

  it('is one for all that a client can make up', () => {
    const made = Array.from({ length: 2000 }, (_, n) => closeLabel(3000 + n));
    expect(new Set(made).size).toBeLessThan(20);
    expect(closeLabel(3999)).toBe('other');
  });
});
