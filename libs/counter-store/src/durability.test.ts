import { durabilityText, parseDurability } from './durability.js';

describe('a durability', () => {
  it.each(['memory', 'disk', 'replicas:1', 'replicas:99'])('may be %s', (text) => {
    const choice = parseDurability(text);
    expect(choice && durabilityText(choice)).toBe(text);
  });

  it.each([
    '',
    'Disk',
    'replicas',
    'replicas:0',
    'replicas:100',
    'replicas:01',
    'memory ',
    'disk,memory',
  ])('is not %j', (text) => {
    expect(parseDurability(text)).toBeNull();
  });
});
