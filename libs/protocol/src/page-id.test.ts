import { SITE, isPageId, parsePageId } from './page-id.js';

const good = (raw: string): string | null => {
  const parsed = parsePageId(raw);
  return parsed.ok ? parsed.value : null;
};

describe('a page id', () => {
  it.each([
    'a',
    '/articles/1',
    'articles/2030/10/größe',
    '日本語/ページ',
    'हिन्दी',
    "-._~:/@!$&'()*+,;=?#[]|",
    '...',
    '/.well-known/x',
    'a..b/c.',
    'https://example.org/a?b=c#d',
    SITE,
  ])('may be %s', (raw) => {
    expect(good(raw)).toBe(raw);
  });

  it.each([
    ['nothing', ''],
    ['space', 'a b'],
    ['percent', 'a%20b'],
    ['backslash', 'a\\b'],
    ['less', 'a<b'],
    ['quote', 'a"b'],
    ['backtick', 'a`b'],
    ['brace', 'a{b'],
    ['caret', 'a^b'],
    ['a control', 'a\u0000b'],
    ['a line break', 'a\n'],
    ['an invisible sign', 'a\u200bb'],
    ['a turn of direction', 'a\u202eb'],
    ['half a character', 'a\ud800'],
    ['an unassigned character', 'a\u0378'],
    ['emoji', 'a😀'],
    ['this folder', '.'],
    ['the folder above', '..'],
    ['a folder above inside', 'a/../b'],
    ['a folder above at the end', 'a/..'],
    ['this folder at the start', './a'],
    ['a reserved id', '@other'],
    ['a reserved id like the site', '@site/a'],
  ])('may not have %s', (_, raw) => {
    expect(good(raw)).toBeNull();
  });

  it('is the same for two spellings of the same characters', () => {
    expect(good('gro\u0308ße')).toBe('größe');
    expect(isPageId('gro\u0308ße')).toBe(false);
    expect(isPageId('größe')).toBe(true);
  });

  it('has 256 bytes at most, counted after normalisation', () => {
    expect(good('a'.repeat(256))).not.toBeNull();
    expect(good('a'.repeat(257))).toBeNull();
    expect(good('ä'.repeat(128))).not.toBeNull();
    expect(good('ä'.repeat(129))).toBeNull();
    expect(good('日'.repeat(85))).not.toBeNull();
    expect(good('日'.repeat(86))).toBeNull();
    // Four units in, three bytes out: the worst that normalisation can shrink.
    expect(good('\u03b1\u0313\u0300\u0345'.repeat(85))).toBe('\u1f82'.repeat(85));
  });

  it('is refused at once where it is a megabyte long', () => {
    expect(good('a\u0308'.repeat(500_000))).toBeNull();
  });
});
