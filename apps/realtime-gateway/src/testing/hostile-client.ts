/** Conversations that no decent client has, written by hand onto a connection. */
import { connect, type Socket } from 'node:net';
import type { Random } from '@headcount/platform';

const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, reserved: 0x3, close: 0x8, ping: 0x9 };
const FINAL = 0x80;
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

const json = (message: object): Buffer => frame(JSON.stringify(message));
const INIT = json({ type: 'connection_init', payload: {} });
const subscribe = (id: string, query: string, variables = {}): Buffer =>
  json({ id, type: 'subscribe', payload: { query, variables } });
const VIEWING = 'subscription ($p: ID!) { viewing(pageId: $p) { count } }';

/** Longest wait for the other side to close. */
const PATIENCE_MS = 2000;

type Conversation = (random: Random) => readonly Buffer[];

/** By what is wrong with them. */
export const CONVERSATIONS: Readonly<Record<string, Conversation>> = {
  'reserved bits': () => [INIT, frame('{}', { bits: FINAL | 0x70 })],
  'a reserved opcode': () => [INIT, frame('{}', { opcode: OPCODE.reserved })],
  'no mask': () => [frame('{"type":"connection_init"}', { masked: false })],
  'text that is no UTF-8': () => [INIT, frame(Buffer.from([0xc3, 0x28, 0xff]))],
  'a fragment without a beginning': () => [frame('{}', { opcode: OPCODE.continuation })],
  'fragments without an end': () => [
    INIT,
    frame('{"type":', { bits: 0 }),
    ...Array.from({ length: 50 }, () => frame('x', { opcode: OPCODE.continuation, bits: 0 })),
  ],
  'a length that is not kept': () => [INIT, frame('{}', { length: 60_000 })],
  'a length beyond all bounds': () => [INIT, frame('{}', { length: 2 ** 40 })],
  'a ping that is too long': () => [INIT, frame('x'.repeat(200), { opcode: OPCODE.ping })],
  'a close code that there is not': () => [frame(Buffer.from([0, 1]), { opcode: OPCODE.close })],
  'binary messages': () => [frame(Buffer.alloc(100, 7), { opcode: OPCODE.binary })],
  'noise instead of frames': (random) => [
    Buffer.from(Array.from({ length: 300 }, () => Math.floor(random() * 256))),
  ],
  'a huge connection_init': () => [
    json({ type: 'connection_init', payload: { viewerId: 'x'.repeat(60_000) } }),
  ],
  'a message that is too large': () => [INIT, frame('x'.repeat(70_000))],
  'deep JSON': () => [INIT, frame('['.repeat(30_000))],
  'a type that there is not': () => [INIT, json({ type: 'shout' })],
  'a type that is no text': () => [INIT, json({ type: { toString: 1 } })],
  'a prototype in the payload': () => [
    frame('{"type":"connection_init","payload":{"__proto__":{"viewerId":"root"}}}'),
  ],
  'a viewer that is no text': () => [json({ type: 'connection_init', payload: { viewerId: 7 } })],
  'an id that is in use': () => [
    INIT,
    subscribe('1', VIEWING, { p: 'twice' }),
    subscribe('1', VIEWING),
  ],
  'a viewer that comes and is gone': () => [INIT, subscribe('1', VIEWING, { p: 'gone' })],
  'a viewer that ends what it has not begun': () => [INIT, json({ id: 'x', type: 'complete' })],
  'an operation that comes and goes at once': () => [
    INIT,
    subscribe('1', VIEWING, { p: 'brief' }),
    json({ id: '1', type: 'complete' }),
  ],
  'documents that are none': () => [
    INIT,
    subscribe('1', '{'),
    subscribe('2', ''),
    subscribe('3', '#'),
  ],
  'an introspection of everything': () => [
    INIT,
    subscribe('1', '{ __schema { types { fields { type { fields { name } } } } } }'),
  ],
  'variables of the wrong kind': () => [INIT, subscribe('1', VIEWING, { p: { a: [1] } })],
  'a flood of pings': () => [INIT, ...Array.from({ length: 400 }, () => json({ type: 'ping' }))],
  'a flood of operations': () => [
    INIT,
    ...Array.from({ length: 150 }, (_, at) => subscribe(String(at), VIEWING, { p: `flood${at}` })),
  ],
};

/** Has a conversation, and ends it in one of three ways. Resolves when the connection has closed. */
export async function converse(
  port: number,
  conversation: Conversation,
  random: Random,
): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // Whoever speaks like this is cut off in the midst of it.
  socket.on('error', () => undefined);
  socket.write(handshake());
  const isDeaf = random() < 0.2;
  if (!isDeaf) socket.resume();
  const bytes = Buffer.concat(conversation(random));
  for (const piece of torn(bytes, random)) socket.write(piece);
  end(socket, isDeaf, random);
  await closed;
}

/** In pieces that have nothing to do with frames. */
function torn(bytes: Buffer, random: Random): readonly Buffer[] {
  const at = Math.floor(random() * bytes.length);
  return random() < 0.5 ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)];
}

/** Says goodbye, or vanishes; who hears nothing does not hear the other side's goodbye either. */
function end(socket: Socket, isDeaf: boolean, random: Random): void {
  const draw = random();
  if (draw < 0.4) socket.end();
  const afterMs = isDeaf || draw >= 0.4 ? draw * 50 : PATIENCE_MS;
  const vanish = (): unknown => (draw < 0.7 ? socket.destroy() : socket.resetAndDestroy());
  const timer = setTimeout(vanish, afterMs);
  socket.once('close', () => clearTimeout(timer));
}

const handshake = (): string =>
  [
    'GET /graphql HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    '\r\n',
  ].join('\r\n');
