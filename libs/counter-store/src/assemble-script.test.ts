import { assembleScript } from './assemble-script.js';

const INCLUDES: Readonly<Record<string, string>> = {
  clock: 'clock()\n',
  bucket: '--- @include clock\nbucket()\n',
  shelf: '--- @include bucket\nshelf()\n',
  round: '--- @include trip\nround()\n',
  trip: '--- @include round\ntrip()\n',
  broken: '--- @include bucket\n--- @include nothing\n',
};
const assembled = (text: string): string => assembleScript('count', text, (name) => INCLUDES[name]);

describe('assembling a script', () => {
  it('puts what an include uses before it, once each', () => {
    const text = '-- head\n--- @include shelf\n--- @include clock\n--- @include bucket\nreturn 1\n';
    expect(assembled(text)).toBe('-- head\nclock()\nbucket()\nshelf()\nreturn 1\n');
  });

  it('leaves a script without includes as it is', () => {
    expect(assembled('return 1\n')).toBe('return 1\n');
  });

  it.each([
    ['--- @include nothing\n', 'there is no include nothing: count > nothing'],
    ['--- @include broken\n', 'there is no include nothing: count > broken > nothing'],
    ['--- @include round\n', 'round includes itself: count > round > trip > round'],
  ])('says the way to what is wrong with %j', (text, sentence) => {
    expect(() => assembled(text)).toThrow(sentence);
  });
});
