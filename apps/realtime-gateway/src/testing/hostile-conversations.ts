/** What no decent client says, by what is wrong with it. */
import type { Random } from '@headcount/platform';
import { FINAL, INIT, OPCODE, frame, json } from './frames.js';
import { upgradeHead } from './raw-connection.js';

export interface Conversation {
  /** The request that it begins with; default: one that is let in. */
  readonly head?: string;
  /** Whether the rest waits until the gateway has acknowledged who is there, or said no. */
  readonly known: boolean;
  /** Whether nothing that is answered is taken in. */
  readonly isDeaf?: boolean;
  readonly say: (random: Random) => readonly Buffer[];
}

type Say = Conversation['say'];

/** From somebody who has not said who it is. */
const strange = (say: Say): Conversation => ({ known: false, say });
/** From somebody who has been let in. */
const known = (say: Say): Conversation => ({ known: true, say });
const deaf = (say: Say): Conversation => ({ known: true, isDeaf: true, say });
/** At the wrong door. */
const asking = (head: string): Conversation => ({ head, known: false, say: () => [] });

const VIEWING = 'subscription ($p: ID!) { viewing(pageId: $p) { count } }';
const subscribe = (id: unknown, query: unknown, variables: unknown = {}): Buffer =>
  json({ id, type: 'subscribe', payload: { query, variables } });
const view = (id: unknown, page: string): Buffer => subscribe(id, VIEWING, { p: page });
const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

const FRAMES: Readonly<Record<string, Conversation>> = {
  'reserved bits': known(() => [frame('{}', { bits: FINAL | 0x70 })]),
  'a compressed frame': known(() => [frame('{}', { bits: FINAL | 0x40 })]),
  'a reserved opcode': known(() => [frame('{}', { opcode: OPCODE.reserved })]),
  'no mask': strange(() => [frame('{"type":"connection_init"}', { masked: false })]),
  'text that is no UTF-8': known(() => [frame(Buffer.from([0xc3, 0x28, 0xff]))]),
  'a fragment without a beginning': strange(() => [frame('{}', { opcode: OPCODE.continuation })]),
  'fragments without an end': known(() => [
    frame('{"type":', { bits: 0 }),
    ...many(50, () => frame('x', { opcode: OPCODE.continuation, bits: 0 })),
  ]),
  'fragments of nothing without an end': known(() => [
    frame('', { bits: 0 }),
    ...many(2000, () => frame('', { opcode: OPCODE.continuation, bits: 0 })),
  ]),
  'fragments that are too large together': known(() => [
    frame('x'.repeat(40_000), { bits: 0 }),
    frame('x'.repeat(40_000), { opcode: OPCODE.continuation }),
  ]),
  'a message between the fragments of another': known(() => [
    frame('{"type":', { bits: 0 }),
    json({ type: 'ping' }),
  ]),
  'a ping in fragments': known(() => [frame('x', { opcode: OPCODE.ping, bits: 0 })]),
  'a length that is not kept': known(() => [frame('{}', { length: 60_000 })]),
  'a length beyond all bounds': known(() => [frame('{}', { length: 2 ** 40 })]),
  'a ping that is too long': known(() => [frame('x'.repeat(200), { opcode: OPCODE.ping })]),
  'a close code that there is not': strange(() => [
    frame(Buffer.from([0, 1]), { opcode: OPCODE.close }),
  ]),
  'a close of one byte': known(() => [frame(Buffer.from([3]), { opcode: OPCODE.close })]),
  'a close whose reason is no UTF-8': known(() => [
    frame(Buffer.from([0x03, 0xe8, 0xc3, 0x28]), { opcode: OPCODE.close }),
  ]),
  'binary messages': strange(() => [frame(Buffer.alloc(100, 7), { opcode: OPCODE.binary })]),
  'noise instead of frames': strange((random) => [
    Buffer.from(many(300, () => Math.floor(random() * 256))),
  ]),
  'a message that is too large': known(() => [frame('x'.repeat(70_000))]),
};

const MESSAGES: Readonly<Record<string, Conversation>> = {
  'a huge connection_init': strange(() => [
    json({ type: 'connection_init', payload: { viewerId: 'x'.repeat(60_000) } }),
  ]),
  'a prototype in the payload': strange(() => [
    frame('{"type":"connection_init","payload":{"__proto__":{"viewerId":"root"}}}'),
  ]),
  'a viewer that is no text': strange(() => [
    json({ type: 'connection_init', payload: { viewerId: 7 } }),
  ]),
  'connection_init twice': known(() => [INIT]),
  'an operation of nobody': strange(() => [view('1', 'nobody')]),
  'an operation before it was acknowledged who asks': strange(() => [INIT, view('1', 'nobody')]),
  'deep JSON': known(() => [frame('['.repeat(30_000))]),
  'JSON that ends in the midst': known(() => [frame('{"type":"subscribe","id":"1"')]),
  'a type that there is not': known(() => [json({ type: 'shout' })]),
  'a type that is no text': known(() => [json({ type: { toString: 1 } })]),
  'messages that only servers send': known(() => [json({ type: 'connection_ack' })]),
  'an id that is in use': known(() => [view('1', 'twice'), view('1', 'twice')]),
  'an id that is no text': known(() => [view(7, 'twice'), view(null, 'twice')]),
  'a huge id': known(() => [view('x'.repeat(60_000), 'twice')]),
  'a viewer that comes and is gone': known(() => [view('1', 'gone')]),
  'a viewer that ends what it has not begun': known(() => [json({ id: 'x', type: 'complete' })]),
  'an operation that comes and goes at once': known(() => [
    view('1', 'brief'),
    json({ id: '1', type: 'complete' }),
  ]),
};

const DOCUMENTS: Readonly<Record<string, Conversation>> = {
  'documents that are none': known(() => [
    ...[subscribe('1', '{'), subscribe('2', ''), subscribe('3', '#'), subscribe('4', null)],
  ]),
  'an introspection of everything': known(() => [
    subscribe('1', '{ __schema { types { fields { type { fields { name } } } } } }'),
  ]),
  'fragments that use each other 2^300 times': known(() => [
    subscribe(
      '1',
      `{ ...f0 } ${many(300, (at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`).join(' ')}`,
    ),
  ]),
  'fragments within themselves': known(() => [
    subscribe('1', '{ ...f } fragment f on Query { ...f ...g } fragment g on Query { ...f }'),
  ]),
  'fields within each other without an end': known(() => [
    subscribe('1', `{ ${'gateway { '.repeat(2400)}${'} '.repeat(2400)} }`),
  ]),
  'lists within each other without an end': known(() => [
    subscribe('1', `{ gateway(x: ${'['.repeat(4900)}`),
  ]),
  'a thousand aliases': known(() => [
    subscribe('1', `{ ${many(1000, (at) => `a${at}: gateway { region }`).join(' ')} }`),
  ]),
  'a field a thousand times': known(() => [
    subscribe('1', `{ ${'gateway { region } '.repeat(1000)} }`),
  ]),
  'a list of everything': known(() => [
    subscribe('1', 'subscription ($p: [ID!]!) { countersChanged(pageIds: $p) { count } }', {
      p: many(5000, (at) => `all${at}`),
    }),
  ]),
  'variables of the wrong kind': known(() => [subscribe('1', VIEWING, { p: { a: [1] } })]),
};

const FLOODS: Readonly<Record<string, Conversation>> = {
  'a flood of messages': known(() => many(1600, () => json({ type: 'ping' }))),
  'a flood of pings': known(() => many(1600, () => frame('x', { opcode: OPCODE.ping }))),
  'a flood of pongs': known(() => many(1600, () => frame('x', { opcode: OPCODE.pong }))),
  'a flood of operations': known(() => many(150, (at) => view(String(at), `flood${at}`))),
  'a flood of large answers that nobody takes in': deaf(() =>
    many(90, () => json({ type: 'ping', payload: { more: 'x'.repeat(1000) } })),
  ),
  'many operations whose values nobody takes in': deaf(() =>
    many(90, (at) => view(String(at), `deaf${at}`)),
  ),
};

const HEADS: Readonly<Record<string, Conversation>> = {
  'another path': asking(upgradeHead('/other')),
  'another subprotocol': asking(upgradeHead('/graphql', { 'Sec-WebSocket-Protocol': 'x' })),
  'a key that is none': asking(upgradeHead('/graphql', { 'Sec-WebSocket-Key': 'x' })),
  'a head that is too large': asking(upgradeHead('/graphql', { More: 'x'.repeat(40_000) })),
  'half of a head': asking(upgradeHead().slice(0, 90)),
  'no HTTP at all': asking('\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'),
};

/** All of them. */
export const CONVERSATIONS: Readonly<Record<string, Conversation>> = {
  ...FRAMES,
  ...MESSAGES,
  ...DOCUMENTS,
  ...FLOODS,
  ...HEADS,
};
