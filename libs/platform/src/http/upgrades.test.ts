/**
 * Goal    an offer to leave HTTP/1.1 that the app does not take changes nothing about the answer.
 * Method  bare servers, one that takes upgrades of one kind and one that takes none, and bare connections.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { until } from '@headcount/testing';
import { takeUpgrades, type IsTaken } from './upgrades.js';

const OFFERS = [
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
  'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'CONNECTION: keep-alive, UPGRADE\r\nUPGRADE: TLS/1.0',
];

describe.each(['a server that takes some upgrades', 'a server that takes none'])('%s', (kind) => {
  const takesNone = kind === 'a server that takes none';
  let server: Server;
  let taken: number;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    taken = 0;
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method, url, headers } = request;
        const { upgrade = null, 'x-text': text = null } = headers;
        const body = Buffer.concat(parts).toString();
        response.end(JSON.stringify({ method, url, upgrade, text, body }));
      });
    });
    if (!takesNone) {
      const isTaken: IsTaken = ({ url }) => url === '/taken';
      takeUpgrades(server, isTaken, (_, socket) => {
        taken += 1;
        socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      });
    }
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });

  const open = (): Socket => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  /** What is answered to these bytes, sent in as many pieces. */
  const answerTo = async (...pieces: string[]): Promise<string> => {
    const socket = open();
    let text = '';
    socket.setEncoding('latin1').on('data', (more: string) => (text += more));
    for (const piece of pieces) {
      socket.write(piece, 'latin1');
      await new Promise(setImmediate);
    }
    await until(() => /\r\n\r\n.*\}/s.test(text), { what: 'an answer' });
    return text;
  };
  const seenIn = (answer: string): unknown => JSON.parse(/\{.*\}/s.exec(answer)?.[0] ?? '');

  it.each(OFFERS)('answers GET with %j as if there was no offer', async (offer) => {
    const answer = await answerTo(`GET /a?b=c HTTP/1.1\r\nHost: x\r\n${offer}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const seen = { method: 'GET', url: '/a?b=c', text: null, body: '' };
    expect(seenIn(answer)).toEqual({ ...seen, upgrade: takesNone ? expect.any(String) : null });
  });

  it.each(OFFERS)('reads the body of a POST with %j, in pieces and in chunks', async (offer) => {
    const head = `POST /p HTTP/1.1\r\nHost: x\r\nX-Text: caf\xe9\r\n${offer}\r\n`;
    const seen = { method: 'POST', url: '/p', body: 'hello' };
    const long = `${head}Content-Length: 5\r\n\r\n`;
    for (const pieces of [[`${long}hello`], [long, 'he', 'llo']])
      expect(seenIn(await answerTo(...pieces))).toMatchObject(seen);
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`;
    expect(seenIn(await answerTo(chunked, '2\r\nhe\r\n', '3\r\nllo\r\n0\r\n\r\n'))).toMatchObject(
      seen,
    );
  });

  it('survives connections that are reset or left half open in the middle of an offer', async () => {
    const head = `GET /taken HTTP/1.1\r\nHost: x\r\n${OFFERS[0]}\r\n\r\n`;
    for (let nth = 0; nth < 20; nth += 1) {
      const socket = open();
      await once(socket, 'connect');
      socket.write(head.slice(0, nth % 2 === 0 ? head.length : 60));
      if (nth % 3 === 0) socket.end();
      else socket.resetAndDestroy();
    }
    const plain = await answerTo('GET /after HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(seenIn(plain)).toMatchObject({ method: 'GET', url: '/after' });
  });

  it('takes what it takes', async () => {
    const socket = open();
    let text = '';
    socket.on('data', (more) => (text += String(more)));
    socket.write(`GET /taken HTTP/1.1\r\nHost: x\r\n${OFFERS[1]}\r\n\r\n`);
    await until(() => text.startsWith('HTTP/1.1 '));
    expect([taken, text.slice(9, 12)]).toEqual(takesNone ? [0, '200'] : [1, '101']);
  });
});
