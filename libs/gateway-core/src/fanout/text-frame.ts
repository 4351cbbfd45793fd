/**
 * A WebSocket text frame as a server sends it: final, not masked, not compressed (RFC 6455, section 5.2). Built by hand
 * since only the beginning differs from socket to socket: what most of the frame is made of is serialised once for all.
 */

const FINAL_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const LENGTH_7_MAX = 125;
const LENGTH_16_MAX = 0xffff;

/** Bytes of the header of a frame with a payload of `length` bytes. */
export function headerBytes(length: number): number {
  if (length <= LENGTH_7_MAX) return 2;
  return length <= LENGTH_16_MAX ? 4 : 10;
}

/** Writes the header of a text frame into `target` at `at`; gives where the payload begins. */
export function writeHeader(target: Buffer, at: number, length: number): number {
  target[at] = FINAL_TEXT;
  if (length <= LENGTH_7_MAX) {
    target[at + 1] = length;
  } else if (length <= LENGTH_16_MAX) {
    target[at + 1] = LENGTH_16;
    target.writeUInt16BE(length, at + 2);
  } else {
    target[at + 1] = LENGTH_64;
    target.writeBigUInt64BE(BigInt(length), at + 2);
  }
  return at + headerBytes(length);
}
