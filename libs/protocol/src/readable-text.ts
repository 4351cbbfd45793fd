/**
 * Which characters ids may have: what IRIs take (RFC 3987, ucschar), less what nobody can see. Two signs that are not seen belong to the
 * spelling of words all the same, and are taken there alone: the joiners U+200C and U+200D.
 */

/** What is wrong with a text at one place. */
export interface CharacterFault {
  /** As UTF-16 counts, from 0. */
  readonly at: number;
  /** `U+200B`. */
  readonly codePoint: string;
  /** What it is, as the end of a sentence: `an invisible character`. */
  readonly what: string;
}

/** Signs that kill a vowel and ask for the next consonant: the characters of the combining class 9 (RFC 5892, A.1). */
const VIRAMA =
  '\\u094D\\u09CD\\u0A4D\\u0ACD\\u0B4D\\u0BCD\\u0C4D\\u0CCD\\u0D3B\\u0D3C\\u0D4D\\u0DCA\\u0E3A\\u0EBA\\u0F84\\u1039\\u103A\\u1714\\u1715' +
  '\\u1734\\u17D2\\u1A60\\u1B44\\u1BAA\\u1BAB\\u1BF2\\u1BF3\\u2D7F\\uA806\\uA82C\\uA8C4\\uA953\\uA9C0\\uAAF6\\uABED\\u{10A3F}\\u{11046}' +
  '\\u{11070}\\u{1107F}\\u{110B9}\\u{11133}\\u{11134}\\u{111C0}\\u{11235}\\u{112EA}\\u{1134D}\\u{11442}\\u{114C2}\\u{115BF}\\u{1163F}' +
  '\\u{116B6}\\u{1172B}\\u{11839}\\u{1193D}\\u{1193E}\\u{119E0}\\u{11A34}\\u{11A47}\\u{11A99}\\u{11C3F}\\u{11D44}\\u{11D45}\\u{11D97}';

/**
 * Scripts whose letters change their form with their neighbours. RFC 5892 wants a letter that joins on either side; Persian
 * and Bengali are written with joiners at other letters too, so here any two letters of such scripts do.
 */
const SHAPED = [
  ...['Arab', 'Syrc', 'Mand', 'Nkoo', 'Adlm', 'Rohg', 'Mong', 'Phag'],
  ...['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh'],
  ...['Mymr', 'Khmr', 'Tibt', 'Bali', 'Java', 'Sund', 'Cakm', 'Newa', 'Sylo', 'Lepc'],
]
  .map((script) => `\\p{scx=${script}}`)
  .join('');

const JOINER = '[\\u200C\\u200D]';
const PICTURE = '\\p{Extended_Pictographic}[\\uFE0F\\p{Emoji_Modifier}]*';

/** A joiner with what has to stand before it. No look-behind, which older browsers do not have. */
const JOINED = new RegExp(
  `([${VIRAMA}])${JOINER}|([${SHAPED}])${JOINER}(?=[${SHAPED}])|(${PICTURE})\\u200D(?=\\p{Extended_Pictographic})`,
  'gu',
);
/** Flags of parts of countries: a black flag and letters that are not seen (UTS 51, emoji tag sequences). */
const TAGGED = /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{1,31}\u{E007F}/gu;
const UNSEEN = /[\u200C\u200D\u{E007F}]/u;

/** The text without the signs that are not seen and stand where they belong. Cost O(length). */
export function withoutJoiners(text: string): string {
  if (!UNSEEN.test(text)) return text;
  return text.replace(TAGGED, '\u{1F3F4}').replace(JOINED, '$1$2$3');
}

/** The first character of the text that `allowed` does not take, where every joiner in its place is taken. Null: there is none. */
export function firstFault(text: string, allowed: RegExp): CharacterFault | null {
  // The same length as the text, so that places stay: a joiner in its place becomes a letter.
  const seen = text
    .replace(TAGGED, (flag) => 'x'.repeat(flag.length))
    .replace(JOINED, (joined) => `${joined.slice(0, -1)}x`);
  let at = 0;
  for (const character of seen) {
    if (!allowed.test(character))
      return { at, codePoint: nameOf(character), what: kindOf(character) };
    at += character.length;
  }
  return null;
}

function nameOf(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `U+${number.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The first that fits says what a character is. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\p{Cs}/u, 'half of a character'],
  [/[\u200C\u200D]/u, 'a joiner outside of a word'],
  [
    /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u,
    'a sign that turns the direction of the text',
  ],
  [/\p{Cc}/u, 'a control character'],
  [/\p{Z}/u, 'a space'],
  [/%/, 'a percent sign: write what it stands for'],
  [/\uFFFD/u, 'the sign for text that could not be decoded'],
  [/\p{Cf}/u, 'an invisible character'],
  [/\p{Co}/u, 'a character for private use'],
  [/\p{Cn}/u, 'not a character of Unicode'],
];

function kindOf(character: string): string {
  const kind = KINDS.find(([shape]) => shape.test(character));
  return kind === undefined ? `the sign ${character}` : kind[1];
}
