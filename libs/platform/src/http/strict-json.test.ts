import fc from 'fast-check';
import { strictJson, demandUtf8 } from './strict-json.js';

const read = (text: string): unknown => strictJson(text, 'The body');

describe('JSON of callers', () => {
  it('is what JSON.parse makes of it, a byte order mark left out', () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (json, isMarked) => {
        fc.pre(!json.includes('__proto__'));
        expect(read(isMarked ? `\ufeff${json}` : json)).toEqual(JSON.parse(json));
      }),
    );
  });

  it.each([
    ['{"action":"increment","action":"decrement"}', 'action'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"a":{"b":[{"c":1,"d":":,{}","c":2}]}}', 'c'],
    ['[{"a":1},{"a":1,"b":{"a":1},"a":3}]', 'a'],
    ['{"a\\"b":1,"a\\"b":1}', 'a\\"b'],
    ['{"":1,"":1}', ''],
    ['{"toString":1,"toString":1}', 'toString'],
  ])('%s is refused with the name of what it gives twice', (json, name) => {
    expect(() => read(json)).toThrow(`The body gives the member "${name}" twice.`);
  });

  it.each(['[{"a":1},{"a":1}]', '{"a":{"a":{"a":":"}},"b":"a:b"}', '{"a:":1,"a":2}'])(
    '%s gives nothing twice',
    (json) => expect(read(json)).toEqual(JSON.parse(json)),
  );

  it.each(['"\\ud800"', '{"a":["x\\uDFFFy"]}', '{"\\ud83d":1}', '"\\ude00\\ud83d"'])(
    '%s is refused: half of a pair is no character',
    (json) => expect(() => read(json)).toThrow('The body has half of a surrogate pair'),
  );

  it('takes both halves, and an escaped backslash before what is no escape', () => {
    expect(read('"\\ud83d\\ude00"')).toBe('😀');
    expect(read('"\\\\ud800"')).toBe('\\ud800');
  });

  it.each(['{"__proto__":1}', '{"a":[{"\\u005f_proto__":{}}]}', '{"constructor":{"prototype":1}}'])(
    '%s is refused: it could change other objects',
    (json) => expect(() => read(json)).toThrow('The body must not have the member'),
  );

  it.each(['', ' ', '{', '{"a":1,}', "{'a':1}", 'NaN', '{"a":1} x'])('%j is no JSON', (json) => {
    expect(() => read(json)).toThrow('The body is not JSON.');
  });

  it('takes whatever depth 64 KiB have', () => {
    const depth = 32_000;
    expect(() => read('['.repeat(depth) + ']'.repeat(depth))).not.toThrow();
    expect(() => read('{"a":'.repeat(6_000) + '1' + '}'.repeat(6_000))).not.toThrow();
  });

  it.each([
    ['61ff'],
    ['61fe'],
    ['e9'],
    ['eda080'], // a surrogate
    ['c0af'], // more bytes than needed
    ['f4908080'], // beyond U+10FFFF
    ['c3'],
    ['fffe7b00'],
  ])('bytes %s are no UTF-8', (hex) => {
    expect(() => demandUtf8(Buffer.from(hex, 'hex'), 'The body')).toThrow('The body must be UTF-8.');
  });
});
