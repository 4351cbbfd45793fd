import fc from 'fast-check';
import { CLOSE_REASON_BYTES_MAX, closeReason } from './close-reason.js';

describe('closeReason', () => {
  it('keeps what fits, and cuts the rest at a border of code points', () => {
    expect(closeReason('Unauthorized')).toBe('Unauthorized');
    expect(closeReason('統'.repeat(60))).toBe('統'.repeat(41));
    expect(closeReason(`a${'😀'.repeat(60)}`)).toBe(`a${'😀'.repeat(30)}`);
    expect(closeReason('x'.repeat(1000))).toHaveLength(CLOSE_REASON_BYTES_MAX);
  });

  it('is UTF-8 of at most 123 bytes, with which the text begins', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const reason = Buffer.from(closeReason(text));
        expect(reason.length).toBeLessThanOrEqual(CLOSE_REASON_BYTES_MAX);
        expect(Buffer.from(text).subarray(0, reason.length)).toEqual(reason);
        const cut = Buffer.byteLength(text) - reason.length;
        expect(cut === 0 || reason.length > CLOSE_REASON_BYTES_MAX - 4).toBe(true);
      }),
    );
  });
});
