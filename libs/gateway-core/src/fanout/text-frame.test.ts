/** Goal: frames are what a stock implementation reads. Method: `ws` reads them, at and around the bounds of each length. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { WebSocket } from 'ws';
import { headerBytes, writeHeader } from './text-frame.js';

const frameOf = (text: string): Buffer => {
  const length = Buffer.byteLength(text);
  const frame = Buffer.alloc(headerBytes(length) + length);
  frame.write(text, writeHeader(frame, 0, length));
  return frame;
};

const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** Answers the one handshake by hand. */
async function handshake(socket: Socket): Promise<void> {
  const [head] = (await once(socket, 'data')) as [Buffer];
  const key = /sec-websocket-key: (\S+)/i.exec(head.toString())?.[1] ?? '';
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`,
  );
}

describe('a text frame', () => {
  it('is read by a stock client, whatever its length', async () => {
    const texts = [0, 1, 124, 125, 126, 127, 65_535, 65_536, 70_000]
      .map((length) => 'x'.repeat(length))
      .concat('größe ✓');
    const server = createServer((socket) => {
      void handshake(socket).then(() => socket.write(Buffer.concat(texts.map(frameOf))));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const client = new WebSocket(`ws://127.0.0.1:${port}`);
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('message', (bytes: Buffer) => {
        if (seen.push(bytes.toString()) === texts.length) resolve();
      });
    });
    client.terminate();
    server.close();
    expect(seen).toEqual(texts);
  });
});
