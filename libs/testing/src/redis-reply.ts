import { connect, type NetConnectOpts } from 'node:net';

/** Where a Redis listens: a Unix socket's path, or a port of 127.0.0.1. */
export type RedisAddress = { readonly path: string } | { readonly port: number };

/**
 * Sends one command of plain words and gives the reply without its frame: `PONG`, the text of INFO, or an
 * error's text after a `-`. Only for commands that answer with a line or a string.
 * Rejects if nobody listens, or if the connection ends or is silent for a second before all has come.
 */
export function redisReply(address: RedisAddress, command: string): Promise<string> {
  const target: NetConnectOpts =
    'path' in address ? address : { port: address.port, host: '127.0.0.1' };
  return new Promise((resolve, reject) => {
    const socket = connect(target);
    let received = '';
    socket.setEncoding('latin1');
    socket.setTimeout(1000, () => socket.destroy(new Error(`Redis is silent after ${command}`)));
    socket.on('connect', () => socket.write(`${command}\r\n`));
    socket.on('data', (chunk: string) => {
      received += chunk;
      const reply = unframe(received);
      if (reply === undefined) return;
      resolve(reply);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () =>
      reject(new Error(`Redis closed the connection before it answered ${command}`)),
    );
  });
}

/** The content of one reply of RESP2, or undefined while it is not complete. */
function unframe(received: string): string | undefined {
  const lineEnd = received.indexOf('\r\n');
  if (lineEnd < 0) return undefined;
  const line = received.slice(0, lineEnd);
  if (line.startsWith('+')) return line.slice(1);
  if (!line.startsWith('$')) return line;
  const start = lineEnd + 2;
  const end = start + Number(line.slice(1));
  return received.length < end ? undefined : received.slice(start, end);
}
