import { liveText } from './live-text.js';

describe('liveText', () => {
  it('speaks of people, one or many', () => {
    expect([0, 1, 2].map((count) => liveText(count, 'viewers', 'live'))).toEqual([
      '0 people viewing',
      '1 person viewing',
      '2 people viewing',
    ]);
  });

  it('names other counters, and writes numbers as the language does', () => {
    expect(liveText(12_345, 'likes', 'live', 'en')).toBe('12,345 likes');
    expect(liveText(12_345, 'likes', 'live', 'de')).toBe('12.345 likes');
  });

  it('says of a number that is not live that it is not', () => {
    expect(liveText(2, 'viewers', 'connecting')).toBe('2 people viewing (reconnecting)');
    expect(liveText(2, 'viewers', 'offline')).toBe('2 people viewing (offline)');
  });
});
