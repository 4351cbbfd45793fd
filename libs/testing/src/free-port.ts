import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below Linux's range for outgoing connections (32768 up), or one of those could take the port before its user does. */
const LOWEST = 12_000;
const HIGHEST = 32_000;
const TRIES_MAX = 200;

const handedOut = new Set<number>();

/**
 * A port of 127.0.0.1 where neither TCP nor UDP is in use, and that this process was not given before.
 * It is not reserved: another process may take it until the caller binds it, which random choice makes rare.
 * Throws if 200 ports in a row are taken.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if ((await tcpIsFree(port)) && (await udpIsFree(port))) return port;
  }
  throw new Error(
    `No port of 127.0.0.1 in ${LOWEST}..${HIGHEST} is free for TCP and UDP (${TRIES_MAX} tried)`,
  );
}

async function tcpIsFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

async function udpIsFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
  } catch {
    return false;
  }
  socket.close();
  await once(socket, 'close');
  return true;
}
