import fc from 'fast-check';
import { utf8Bytes, utf8Length, utf8Text } from './utf8.js';

describe('UTF-8', () => {
  it('has the length that its bytes have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Length(text)).toBe(utf8Bytes(text).length);
      }),
    );
  });

  it('comes back as it was, a byte order mark included', () => {
    expect(utf8Text(utf8Bytes('\ufeffa'))).toBe('\ufeffa');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Text(utf8Bytes(text))).toBe(text);
      }),
    );
  });

  it('is refused where the bytes are none', () => {
    expect(utf8Text(Uint8Array.of(0xc3, 0x28))).toBeNull();
    expect(utf8Text(Uint8Array.of(0xed, 0xa0, 0x80))).toBeNull();
  });
});
