/** Connections as a stop meets them: kept, half-sent, not read, not answered, half-closed. Each is left as it is. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HOST = 'host: localhost\r\n';
const JSON_TYPE = 'content-type: application/json\r\n';
const KEPT = `GET /health/live HTTP/1.1\r\n${HOST}\r\n`;
const LIKES = `GET /home/counter?name=likes HTTP/1.1\r\n${HOST}accept: application/json\r\n`;
const H2C =
  'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQ\r\n';
const PUT = `PUT /home/counter HTTP/1.1\r\n${HOST}${JSON_TYPE}`;
const UPGRADE = [
  'GET /graphql HTTP/1.1',
  'host: localhost',
  'upgrade: websocket',
  'connection: Upgrade',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
].join('\r\n');
const SUBSCRIBE = 'subscription { viewing(pageId: "home") { count } }';

/** What is sent at first, whether an answer is awaited, and what comes then. */
interface Odd {
  readonly first: string | Buffer;
  readonly answered?: boolean;
  /** Not read: what it is sent stays with the app. */
  readonly deaf?: boolean;
  readonly then?: (socket: Socket, answer: string) => void;
}

const end = (socket: Socket): void => void socket.end();
const long = (fields: number): string =>
  `{${Array.from({ length: fields }, (_, at) => `f${at}: counterWindow(pageId: "p${at}", name: "likes", seconds: 3600) { count }`).join(' ')}}`;
const graphql = (path: string, query: string, more = ''): string => {
  const body = JSON.stringify({ query });
  return `POST ${path} HTTP/1.1\r\n${HOST}${JSON_TYPE}${more}content-length: ${body.length}\r\n\r\n${body}`;
};

/** On a port that speaks HTTP. */
export const ODD: Readonly<Record<string, Odd>> = {
  'a kept connection': { first: KEPT, answered: true },
  'a connection without a request': { first: '' },
  'half of a head': { first: `GET / HTTP/1.1\r\n${HOST}x-more: ` },
  'half of a second head': { first: KEPT, answered: true, then: (to) => to.write('GET / HT') },
  'half of a body': { first: `${PUT}content-length: 100\r\n\r\n{"act` },
  'half of a chunked body': { first: `${PUT}transfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n` },
  'a body that waits for 100': { first: `${PUT}expect: 100-continue\r\ncontent-length: 9\r\n\r\n` },
  'answers that are not read': {
    first: `GET /openapi.json HTTP/1.1\r\n${HOST}\r\n`.repeat(300),
    deaf: true,
  },
  'a request that waits for a change': {
    first: `${LIKES}\r\n`,
    answered: true,
    then: (to, answer) => {
      const etag = /etag: (.*)\r\n/i.exec(answer)?.[1] ?? '"0"';
      to.write(`${LIKES}if-none-match: ${etag}\r\nprefer: wait=60\r\n\r\n`);
    },
  },
  'long operations': { first: graphql('/graphql', long(150)), deaf: true },
  'an offer of h2c': { first: `GET /health/live HTTP/1.1\r\n${HOST}${H2C}\r\n` },
  'an offer of h2c with half of a body': { first: `${PUT}${H2C}content-length: 100\r\n\r\n{` },
  'an offer of h2c, half-closed': {
    first: `GET /health/live HTTP/1.1\r\n${HOST}${H2C}\r\n`,
    then: end,
  },
  'HTTP/2 at once': { first: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  TLS: { first: Buffer.from('16030100c8010000c40303', 'hex') },
  CONNECT: { first: `CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n` },
  'a request, half-closed': { first: KEPT, then: end },
  'half of a body, half-closed': { first: `${PUT}content-length: 100\r\n\r\n{"act`, then: end },
  'a socket elsewhere': { first: `${UPGRADE.replace('/graphql', '/elsewhere')}\r\n\r\n` },
  'a socket that is refused': { first: `${UPGRADE}\r\nsec-websocket-protocol: other\r\n\r\n` },
};

const socket = `${UPGRADE}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`;
const init = JSON.stringify({ type: 'connection_init', payload: { viewerId: 'odd' } });
const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIBE } });
const stream = `GET /pages/home/stream?viewing=1&v=odd HTTP/1.1\r\n${HOST}accept: text/event-stream\r\n\r\n`;

/** On the public port of a gateway. */
export const ODD_AT_GATEWAY: Readonly<Record<string, Odd>> = {
  'a socket before its first message': { first: socket, answered: true },
  'a socket that answers no close': {
    first: socket,
    answered: true,
    then: (to) => [init, subscribe].forEach((text) => to.write(frameOf(text))),
  },
  'a socket in the midst of a frame': {
    first: socket,
    answered: true,
    then: (to) => to.write(Buffer.from([0x81, 0xfe, 0x7f])),
  },
  'a socket, half-closed': { first: socket, answered: true, then: end },
  'a stream that is not read': { first: stream, answered: true, deaf: true },
  'a stream, half-closed': { first: stream, answered: true, then: end },
  'a GraphQL stream that is not read': {
    first: graphql('/graphql/stream', SUBSCRIBE, 'accept: text/event-stream\r\n'),
    answered: true,
    deaf: true,
  },
};

/** Opens one, and resolves when it stands as its name says. */
export async function openOdd({ first, answered, deaf, then }: Odd, port: number): Promise<Socket> {
  const opened = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  opened.on('error', () => undefined);
  await once(opened, 'connect');
  opened.write(first);
  const answer = answered ? String(((await once(opened, 'data')) as [Buffer])[0]) : '';
  then?.(opened, answer);
  if (deaf) opened.pause();
  else opened.resume();
  return opened;
}

/** A text frame of a client; the mask is all zeros. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text);
  const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 0xff];
  const [first = 0, ...rest] = length;
  return Buffer.concat([Buffer.from([0x81, 0x80 | first, ...rest, 0, 0, 0, 0]), body]);
}
