/** Frames of WebSocket clients (RFC 6455, 5), right or wrong as they are asked for. */

export const OPCODE = {
  ...{ continuation: 0x0, text: 0x1, binary: 0x2, reserved: 0x3 },
  ...{ close: 0x8, ping: 0x9, pong: 0xa },
};
export const FINAL = 0x80;
const MASKED = 0x80;

interface FrameParts {
  readonly opcode?: number;
  /** Bits of the first byte beside the opcode. */
  readonly bits?: number;
  readonly masked?: boolean;
  /** What the header says, where it is not the truth. */
  readonly length?: number;
}

/** A frame of a client; whatever is wrong about it is asked for. */
export function frame(payload: string | Buffer, parts: FrameParts = {}): Buffer {
  const { opcode = OPCODE.text, bits = FINAL, masked = true } = parts;
  const body = Buffer.from(payload);
  const length = parts.length ?? body.length;
  const head = [bits | opcode];
  if (length < 126) head.push((masked ? MASKED : 0) | length);
  else if (length < 65_536) head.push((masked ? MASKED : 0) | 126, length >> 8, length & 0xff);
  else {
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(BigInt(length));
    head.push((masked ? MASKED : 0) | 127, ...long);
  }
  // A mask of zeros is a mask, and leaves the payload as it is.
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), body]);
}

/** A message of graphql-transport-ws. */
export const json = (message: object): Buffer => frame(JSON.stringify(message));

export const INIT = json({ type: 'connection_init', payload: {} });
