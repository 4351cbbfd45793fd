/**
 * Goal    page ids and viewer ids take what is written in words, and say of the rest which character is at fault; what was an id before
 *         characters beyond letters were taken is one still, and stays the same.
 * Method  generated texts of all planes, mixed with joiners, marks and signs that are not seen; every code point by itself.
 */
import fc from 'fast-check';
import { PAGE_ID_BYTES_MAX, isPageId, pageIdFault, parsePageId } from './page-id.js';
import { utf8Length } from './utf8.js';
import { parseViewerId, viewerIdFault } from './viewer-id.js';

const FORMER = /^[\p{L}\p{M}\p{N}\-._~:/@!$&'()*+,;=?#[\]|]+$/u;
const odd = fc.constantFrom(
  ...[
    '\u200c',
    '\u200d',
    '\u200b',
    '\u202e',
    '\ufe0f',
    '\ufeff',
    '\u00a0',
    '\u0301',
    '\ud800',
    '%',
    ' ',
  ],
  ...[
    'می',
    'ශ්',
    'රී',
    '😀',
    '👩',
    '🏽',
    '🏴',
    '\u{E0067}',
    '\u{E007F}',
    '\u3000',
    '・',
    '–',
    '/',
    '.',
    '@',
    'a',
  ],
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 1 })), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

/** Everything that says the same to a reader twice, or nothing at all. */
const UNSEEN =
  /[\p{Z}\p{Cc}\p{Cs}\p{Co}\p{Cn}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

describe('a page id of any text', () => {
  it('is one as it stands once it is one, and goes through an address', () => {
    fc.assert(
      fc.property(text, (raw) => {
        const parsed = parsePageId(raw);
        if (!parsed.ok) return;
        expect(isPageId(parsed.value)).toBe(true);
        expect(decodeURIComponent(encodeURIComponent(parsed.value))).toBe(parsed.value);
        expect(parsed.value).not.toMatch(UNSEEN);
        expect(utf8Length(parsed.value)).toBeLessThanOrEqual(PAGE_ID_BYTES_MAX);
      }),
      { numRuns: 2000 },
    );
  });

  it('or a reason that names a character of it, or none is to be named', () => {
    fc.assert(
      fc.property(text, (raw) => {
        const fault = pageIdFault(raw);
        expect(fault === null).toBe(parsePageId(raw).ok);
        const [, hex, at] = /U\+([0-9A-F]{4,6}), .* at position (\d+) /.exec(fault ?? '') ?? [];
        if (hex === undefined) return;
        const [one, other] = [raw, raw.normalize('NFC')].map((form) =>
          form.codePointAt(Number(at)),
        );
        expect([one, other]).toContain(parseInt(hex, 16));
      }),
      { numRuns: 2000 },
    );
  });

  it('is still one where it was one', () => {
    fc.assert(
      fc.property(text, (raw) => {
        const former = raw.normalize('NFC');
        fc.pre(
          FORMER.test(former) && !former.startsWith('@') && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(former),
        );
        expect(parsePageId(raw)).toEqual({ ok: true, value: former });
      }),
      { numRuns: 500 },
    );
  });

  it('has every character that IRIs have and that is seen', () => {
    const refused: string[] = [];
    for (let point = 0xa1; point <= 0x3ffff; point += 1) {
      const character = String.fromCodePoint(point);
      const isSpecial = point >= 0xfff0 && point <= 0xffff;
      if (!/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character) || isSpecial) continue;
      // Of what Unicode holds for another character the other one counts.
      if (character.normalize('NFC') !== character) continue;
      if (!parsePageId(`a${character}b`).ok) refused.push(point.toString(16));
    }
    expect(refused).toEqual([]);
  });
});

describe('a viewer id of any text', () => {
  it('is the text itself, or a reason', () => {
    fc.assert(
      fc.property(text, (raw) => {
        const parsed = parseViewerId(raw);
        expect(viewerIdFault(raw) === null).toBe(parsed.ok);
        if (parsed.ok) expect(parsed.value).toBe(raw);
      }),
      { numRuns: 1000 },
    );
  });
});
