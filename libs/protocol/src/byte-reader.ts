import { VARINT_BYTES_MAX } from './byte-writer.js';

/**
 * Reads what a ByteWriter wrote, out of bytes that anyone may have sent. It never throws: what is
 * not there, or is no safe integer, is read as null, after which nothing more should be read.
 */
export class ByteReader {
  private at = 0;

  constructor(private readonly buffer: Uint8Array) {}

  /** How many bytes are left. */
  get left(): number {
    return this.buffer.length - this.at;
  }

  byte(): number | null {
    const value = this.buffer[this.at];
    if (value === undefined) return null;
    this.at += 1;
    return value;
  }

  /** The next `count` bytes, as a view. */
  bytes(count: number): Uint8Array | null {
    if (count > this.left) return null;
    const values = this.buffer.subarray(this.at, this.at + count);
    this.at += count;
    return values;
  }

  /** Unsigned LEB128 of at most 8 bytes. Padding with zero groups is read like the shorter form. */
  varint(): number | null {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < VARINT_BYTES_MAX; length += 1) {
      const byte = this.byte();
      if (byte === null) return null;
      value += (byte % 0x80) * scale;
      if (byte < 0x80) return Number.isSafeInteger(value) ? value : null;
      scale *= 0x80;
    }
    return null;
  }

  /** Unsigned 64 bits, of which 53 may be used. */
  uint64(): number | null {
    const values = this.bytes(8);
    if (values === null) return null;
    const view = new DataView(values.buffer, values.byteOffset, 8);
    const value = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
    return Number.isSafeInteger(value) ? value : null;
  }
}
