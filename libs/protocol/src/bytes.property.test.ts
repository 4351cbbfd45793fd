import fc from 'fast-check';
import { ByteReader } from './byte-reader.js';
import { ByteWriter, VARINT_BYTES_MAX, varintLength } from './byte-writer.js';

const count = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc.constantFrom(0, 127, 128, 2 ** 32, 2 ** 53 - 1),
);

describe('bytes', () => {
  it('hold varints and 64-bit numbers exactly', () => {
    fc.assert(
      fc.property(fc.array(count, { maxLength: 20, size: 'max' }), (values) => {
        const writer = new ByteWriter(20 * (VARINT_BYTES_MAX + 8));
        for (const value of values) {
          writer.varint(value);
          writer.uint64(value);
        }
        const reader = new ByteReader(writer.written());
        for (const value of values) {
          expect(reader.varint()).toBe(value);
          expect(reader.uint64()).toBe(value);
        }
        expect(reader.left).toBe(0);
      }),
    );
  });

  it('need as many for a varint as was said before', () => {
    fc.assert(
      fc.property(count, (value) => {
        const writer = new ByteWriter(VARINT_BYTES_MAX);
        writer.varint(value);
        expect(writer.written().length).toBe(varintLength(value));
      }),
    );
  });

  it('are laid out as LEB128 and big endian', () => {
    const writer = new ByteWriter(16);
    writer.varint(300);
    writer.uint64(258);
    expect([...writer.written()]).toEqual([0xac, 0x02, 0, 0, 0, 0, 0, 0, 1, 2]);
  });

  it.each([
    ['past 2^53 - 1', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['of nine bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ['that breaks off', [0x80]],
    ['that is not there', []],
  ])('refuse a varint %s', (_, bytes) => {
    expect(new ByteReader(Uint8Array.from(bytes)).varint()).toBeNull();
  });

  it('refuse a 64-bit number past 2^53 - 1', () => {
    expect(new ByteReader(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0)).uint64()).toBeNull();
    expect(new ByteReader(new Uint8Array(7)).uint64()).toBeNull();
  });

  it('are never written past their end, nor with what is no count', () => {
    const writer = new ByteWriter(1);
    expect(() => writer.varint(128)).toThrow(RangeError);
    expect(() => new ByteWriter(9).varint(-1)).toThrow(RangeError);
    expect(() => new ByteWriter(9).uint64(1.5)).toThrow(RangeError);
    expect(() => new ByteWriter(9).varint(2 ** 53)).toThrow(RangeError);
  });
});
