/** Longest varint of the wire, in bytes. */
export const VARINT_BYTES_MAX = 8;

/** Bytes that a varint takes. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length += 1;
  return length;
}

/**
 * Writes big-endian numbers, varints and bytes one after the other into a buffer of fixed size.
 * A value that is no safe integer >= 0, or a byte too many, is a mistake of the caller: RangeError.
 */
export class ByteWriter {
  private readonly buffer: Uint8Array;
  private at = 0;

  constructor(size: number) {
    this.buffer = new Uint8Array(size);
  }

  byte(value: number): void {
    this.need(1);
    this.buffer[this.at] = value;
    this.at += 1;
  }

  bytes(values: Uint8Array): void {
    this.need(values.length);
    this.buffer.set(values, this.at);
    this.at += values.length;
  }

  /** Unsigned LEB128: seven bits a byte, the lowest first. */
  varint(value: number): void {
    assertCount(value);
    let rest = value;
    // Bit operators would cut the number to 32 bits.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) + 0x80);
    this.byte(rest);
  }

  /** Unsigned 64 bits, of which 53 are used. */
  uint64(value: number): void {
    assertCount(value);
    this.need(8);
    const view = new DataView(this.buffer.buffer, this.at, 8);
    view.setUint32(0, Math.floor(value / 2 ** 32));
    view.setUint32(4, value % 2 ** 32);
    this.at += 8;
  }

  /** What has been written so far, as a view of the buffer. */
  written(): Uint8Array {
    return this.buffer.subarray(0, this.at);
  }

  private need(count: number): void {
    if (this.at + count > this.buffer.length) throw new RangeError('the buffer is full');
  }
}

function assertCount(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`not a safe integer from 0 on: ${value}`);
  }
}
