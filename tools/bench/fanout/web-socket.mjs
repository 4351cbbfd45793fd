/** The client's half of a WebSocket (RFC 6455) on bare bytes, as far as a subscriber needs it. */

export const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 };

const FIN = 0x80;
const MASKED = 0x80;
const MASK_BYTES = 4;
/** Lengths from here on take two more bytes; those above TWO_BYTES_MAX nobody sends here. */
const LONG_FROM = 126;
const TWO_BYTES_MAX = 65_535;

/** The request for an upgrade. */
export function upgradeBytes({ port, path, subprotocol }) {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    // Any sixteen bytes: nobody is between who might take the answer for another one's.
    'Sec-WebSocket-Key: aGVhZGNvdW50IGJlbmNoIQ==',
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** A frame of a client; masked with zeros, which every server takes and which needs no arithmetic here. */
export function clientFrame(opcode, payload) {
  const { length } = payload;
  const isLong = length >= LONG_FROM;
  const frame = Buffer.alloc((isLong ? 4 : 2) + MASK_BYTES + length);
  frame[0] = FIN | opcode;
  frame[1] = MASKED | (isLong ? LONG_FROM : length);
  if (isLong) frame.writeUInt16BE(length, 2);
  payload.copy(frame, frame.length - length);
  return frame;
}

/** A frame of a server, made beforehand. */
export function serverFrame(payload) {
  const { length } = payload;
  const head =
    length < LONG_FROM
      ? Buffer.from([FIN | OPCODE.text, length])
      : Buffer.from([FIN | OPCODE.text, LONG_FROM, length >> 8, length & 0xff]);
  return Buffer.concat([head, payload]);
}

/**
 * Calls `onFrame(opcode, start, end)` for each whole frame of a server in the first `length` of these bytes; its payload is
 * from `start` up to `end`. Returns where the first that is not whole begins.
 */
export function readFrames(bytes, length, onFrame) {
  let at = 0;
  while (at + 2 <= length) {
    let start = at + 2;
    let size = bytes[at + 1];
    if (size === LONG_FROM) {
      if (start + 2 > length) break;
      size = bytes.readUInt16BE(start);
      start += 2;
    } else if (size > LONG_FROM) {
      throw new Error(`A frame is masked or longer than ${TWO_BYTES_MAX} bytes`);
    }
    if (start + size > length) break;
    onFrame(bytes[at] & 0x0f, start, start + size);
    at = start + size;
  }
  return at;
}
