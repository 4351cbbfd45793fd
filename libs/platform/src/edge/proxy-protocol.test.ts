/**
 * Goal    behind a PROXY header, requests, kept connections and upgrades work as without one; without a right one there is nothing.
 * Method  a bare server of Node on a free port, and bytes written by hand.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { until } from '@headcount/testing';
import { ClientAddresses } from './client-addresses.js';
import { edgeSettings } from './edge-settings.js';
import { acceptProxyProtocol } from './proxy-protocol.js';
import { binaryV4 } from './testing/proxy-headers.js';

const HEADER = 'PROXY TCP4 198.51.100.1 203.0.113.9 1234 443\r\n';
const REQUEST = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

describe('a server behind the PROXY protocol', () => {
  let server: Server;
  let refusals: string[] = [];
  const sockets: Socket[] = [];

  const start = async (trusted: string, headerMs = 60_000): Promise<void> => {
    const { schema } = edgeSettings.TRUSTED_PROXIES;
    const addresses = new ClientAddresses({
      TRUSTED_PROXIES: schema.parse(trusted),
      PROXY_HEADER: 'any',
    });
    refusals = [];
    server = createServer((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => response.end(`${addresses.of(request)} ${bytes}\n`));
    });
    server.on('upgrade', (request, socket, head: Buffer) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\n\r\n${addresses.of(request)} ${String(head)}\n`,
      );
      socket.pipe(socket);
    });
    acceptProxyProtocol(server, {
      trusts: schema.parse(trusted).trusts,
      headerMs,
      carries: (socket, source) => addresses.carries(socket, source),
      refused: (reason) => refusals.push(reason),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  /** A connection, and all that has come over it. */
  const dial = (): { readonly socket: Socket; readonly heard: () => string } => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.setNoDelay(true).on('error', () => undefined);
    sockets.push(socket);
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += String(chunk)));
    return { socket, heard: () => heard };
  };
  /** Resolves when a connection has closed, be it by a reset. */
  const gone = (socket: Socket): Promise<void> =>
    new Promise((resolve) => socket.once('close', () => resolve()));
  const bodies = (heard: string): string[] =>
    heard.split('\n').filter((line) => /^\d+\.\d+\.\d+\.\d+ /.test(line));

  it.each([
    ['with the request in one piece', (all: Buffer) => [all]],
    ['byte by byte', (all: Buffer) => [...all].map((byte) => Buffer.from([byte]))],
  ])('knows the client, for every request of a kept connection, %s', async (_, cut) => {
    await start('127.0.0.1');
    const { socket, heard } = dial();
    for (const piece of cut(Buffer.from(HEADER + REQUEST))) {
      socket.write(piece);
      await new Promise(setImmediate);
    }
    await until(() => bodies(heard()).length === 1);
    socket.write(REQUEST);
    await until(() => bodies(heard()).length === 2);
    expect(bodies(heard())).toEqual(['198.51.100.1 0', '198.51.100.1 0']);
  });

  it('takes requests one after the other and a long body that come at once', async () => {
    await start('127.0.0.1');
    const { socket, heard } = dial();
    const post = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3000000\r\n\r\n';
    const all = [
      binaryV4('198.51.100.2'),
      Buffer.from(REQUEST + post),
      Buffer.alloc(3_000_000, 'x'),
    ];
    socket.write(Buffer.concat([...all, Buffer.from(REQUEST)]));
    await until(() => bodies(heard()).length === 3);
    expect(bodies(heard())).toEqual(['198.51.100.2 0', '198.51.100.2 3000000', '198.51.100.2 0']);
  });

  it('takes upgrades, and what is sent after them', async () => {
    await start('127.0.0.1');
    const { socket, heard } = dial();
    const upgrade =
      'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
    socket.write(`${HEADER}${upgrade}first`);
    await until(() => heard().includes('198.51.100.1 first\n'));
    socket.write('second');
    await until(() => heard().endsWith('second'));
  });

  it('reads headers of the request where the client of the connection is a trusted proxy too', async () => {
    await start('127.0.0.1,198.51.100.0/24');
    const { socket, heard } = dial();
    socket.write(`${HEADER}GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.7\r\n\r\n`);
    await until(() => bodies(heard()).length === 1);
    expect(bodies(heard())).toEqual(['192.0.2.7 0']);
  });

  it('lets those who are no trusted proxy speak plainly, and to them a header is a bad request', async () => {
    await start('127.0.0.2');
    const plain = dial();
    plain.socket.write(REQUEST);
    await until(() => bodies(plain.heard()).length === 1);
    expect(bodies(plain.heard())).toEqual(['127.0.0.1 0']);
    const forged = dial();
    forged.socket.write(HEADER + REQUEST);
    await until(() => forged.heard().startsWith('HTTP/1.1 400'));
    expect(refusals).toEqual([]);
  });

  it.each([
    ['no header', REQUEST, 'malformed'],
    ['a wrong one', `PROXY TCP4 a b c d\r\n${REQUEST}`, 'malformed'],
    ['one that is too long', `PROXY UNKNOWN ${'x'.repeat(200)}\r\n${REQUEST}`, 'oversized'],
  ])('closes a connection of a proxy with %s, without an answer', async (_, bytes, reason) => {
    await start('127.0.0.1');
    const { socket, heard } = dial();
    socket.write(bytes);
    await gone(socket);
    expect([heard(), refusals]).toEqual(['', [reason]]);
  });

  it('closes a connection on which none comes in time, or which ends before', async () => {
    await start('127.0.0.1', 1);
    const { socket, heard } = dial();
    socket.write('PROXY TCP4 198');
    await gone(socket);
    expect([heard(), refusals]).toEqual(['', ['late']]);
    server.close();
    await start('127.0.0.1');
    const ended = dial();
    ended.socket.end('PROXY TCP4 198');
    await gone(ended.socket);
    expect([ended.heard(), refusals]).toEqual(['', []]);
  });
});
