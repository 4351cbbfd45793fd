import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from './free-port.js';

describe('freePort', () => {
  it('gives a port that TCP and UDP can both bind', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    const socket = createSocket('udp4').bind(port, '127.0.0.1');
    await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
    server.close();
    socket.close();
  });

  it('gives no port twice', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(new Set(ports).size).toBe(50);
  });
});
