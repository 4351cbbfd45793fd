import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { socketPath } from '../start/socket-path.mjs';
import { Fault } from '../setup/fault.mjs';

const ORDER_CHARACTERS_MAX = 1000;
const PATIENCE_MS = 5000;

/** Where the supervisor of a data folder listens for orders. */
export function controlSocket(dataDir) {
  return socketPath(dataDir, 'control.sock');
}

/**
 * Listens for orders of this user's own programs: a line of words in, lines of text out. `answer` gets the words and gives
 * the lines; a Fault that it throws is told as such. Whoever calls this holds the folder's lock, so a socket that is there
 * already is one that was left behind. The function that is returned ends it.
 */
export async function openControl(dataDir, answer) {
  const path = controlSocket(dataDir);
  rmSync(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => serve(socket, answer));
  // Before the file is there, not after it: nobody else may connect, not even for a moment.
  const before = process.umask(0o177);
  server.listen(path);
  process.umask(before);
  await once(server, 'listening');
  server.unref();
  return () => server.close();
}

/** Gives an order to the supervisor of `dataDir`. Resolves with its lines; rejects with a Fault if it refuses or does not run. */
export async function giveOrder(dataDir, words) {
  let text;
  try {
    text = await exchange(controlSocket(dataDir), JSON.stringify(words));
  } catch ({ code }) {
    if (code === 'ENOENT' || code === 'ECONNREFUSED')
      throw new Fault(
        'Headcount does not run here, or is not up yet; "npm start -- --regions 2" starts two regions.',
      );
    throw new Fault(`The process of npm start does not answer (${code}).`);
  }
  const { lines, fault } = JSON.parse(text);
  if (fault !== undefined) throw new Fault(fault);
  return lines;
}

function serve(socket, answer) {
  let order = '';
  socket.on('error', () => undefined);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.setEncoding('utf8').on('data', (text) => {
    order += text;
    if (order.length > ORDER_CHARACTERS_MAX) socket.destroy();
  });
  socket.on('end', () => socket.end(JSON.stringify(replyTo(order, answer))));
}

function replyTo(order, answer) {
  try {
    return { lines: answer(JSON.parse(order)) };
  } catch (error) {
    return { fault: error instanceof Fault ? error.message : 'That order cannot be read.' };
  }
}

function exchange(path, text) {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true }, () => socket.end(text));
    let received = '';
    socket.setEncoding('utf8').on('data', (part) => (received += part));
    socket.setTimeout(PATIENCE_MS, () =>
      socket.destroy(Object.assign(new Error('silent'), { code: 'SILENT' })),
    );
    socket.once('error', reject);
    socket.once('close', () =>
      received === ''
        ? reject(Object.assign(new Error('closed'), { code: 'CLOSED' }))
        : resolve(received),
    );
  });
}
