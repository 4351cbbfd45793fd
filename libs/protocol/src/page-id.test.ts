import { HeadcountError } from './errors.js';
import { SITE, demandPageId, isPageId, pageIdFault, parsePageId } from './page-id.js';

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
    'レッド・ツェッペリン',
    'col·lecció',
    '2020–2021',
    'what’s-new',
    '«quoted»/€5/№7/50‰',
    'می\u200cخواهم',
    'آزاد\u200cراه',
    'ශ්\u200dරී-ලංකා',
    'ක්\u200dෂ',
    'অবন\u09cd\u200d',
    'র\u200d\u09cdযাব',
    'क्\u200cष',
    'a😀',
    '👩🏽\u200d🚀/🏳️\u200d🌈/👨\u200d👩\u200d👧\u200d👦',
    '🇩🇪/1️⃣/🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
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

  it.each([
    ['a b', 'U+0020', 1],
    ['caf%C3%A9', 'U+0025', 3],
    ['a<b', 'U+003C', 1],
    ['a\u0000', 'U+0000', 1],
    ['a\u00a0b', 'U+00A0', 1],
    ['\u200bab', 'U+200B', 0],
    ['ab\u202e', 'U+202E', 2],
    ['\u200fab', 'U+200F', 0],
    ['a\u2066b', 'U+2066', 1],
    ['a\ud800', 'U+D800', 1],
    ['\udc00a', 'U+DC00', 0],
    ['😀\ufeff', 'U+FEFF', 2],
    ['a\u0378', 'U+0378', 1],
    ['a\ufdd0', 'U+FDD0', 1],
    ['a\u{1FFFF}', 'U+1FFFF', 1],
    ['a\ue000', 'U+E000', 1],
    ['a\ufffd', 'U+FFFD', 1],
    ['a\u2028b', 'U+2028', 1],
    ['a\u3000b', 'U+3000', 1],
    ['a\u00adb', 'U+00AD', 1],
    ['a\u200cb', 'U+200C', 1],
    ['a\u200db', 'U+200D', 1],
    ['日\u200d本', 'U+200D', 1],
    ['\u200cمی', 'U+200C', 0],
    ['می\u200c', 'U+200C', 2],
    ['می\u200c\u200cخواهم', 'U+200C', 2],
    ['😀\u200d', 'U+200D', 2],
    ['😀\u200da', 'U+200D', 2],
    ['a\u{E0067}\u{E007F}', 'U+E0067', 1],
    ['ශ්\u200dරී x', 'U+0020', 5],
    ['\u1fef', 'U+0060', 0],
  ])('is refused with the name and the place of what it may not have: %j', (raw, codePoint, at) => {
    expect(good(raw)).toBeNull();
    expect(pageIdFault(raw)).toContain(`${codePoint}, `);
    expect(pageIdFault(raw)).toContain(`position ${at} `);
    expect(() => demandPageId(raw)).toThrow(
      new HeadcountError('BAD_PAGE_ID', pageIdFault(raw) ?? ''),
    );
  });

  it.each([
    ['', 'at least one'],
    ['a'.repeat(257), '256 bytes'],
    ['ü'.repeat(5000), '256 bytes'],
    ['a/../b', '. or ..'],
    ['@other', '@site'],
  ])('is refused with another reason where no character is at fault: %s', (raw, reason) => {
    expect(pageIdFault(raw)).toContain(reason);
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
