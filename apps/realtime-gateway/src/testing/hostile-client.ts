import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@headcount/platform';
import { INIT } from './frames.js';
import type { Conversation } from './hostile-conversations.js';
import { upgradeHead } from './raw-connection.js';

/** Longest wait for the other side to close, in milliseconds. */
const PATIENCE_MS = 2000;

/** How long somebody stays who takes nothing in, in milliseconds. */
const DEAF_MS = 300;

/** Has a conversation, and ends it in one of three ways. Resolves when the connection has closed. */
export async function converse(
  port: number,
  { head = upgradeHead(), known, isDeaf = false, say }: Conversation,
  random: Random,
): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // Whoever speaks like this is cut off in the midst of it.
  socket.on('error', () => undefined);
  socket.write(head, 'latin1');
  if (known) await acknowledged(socket, closed);
  const hearsNothing = isDeaf || random() < 0.2;
  if (hearsNothing) socket.pause();
  else socket.resume();
  for (const piece of torn(Buffer.concat(say(random)), random)) socket.write(piece);
  if (!hearsNothing) end(socket, PATIENCE_MS, random);
  else end(socket, isDeaf ? DEAF_MS : 0, random);
  await closed;
}

/** Says who is there, and resolves when that has been answered. */
async function acknowledged(socket: Socket, closed: Promise<void>): Promise<void> {
  socket.write(INIT);
  const answered = new Promise<void>((resolve) => {
    let heard = '';
    socket.on('data', (bytes: Buffer) => {
      heard = `${heard}${bytes.toString('latin1')}`.slice(-2000);
      if (heard.includes('connection_ack')) resolve();
    });
  });
  await Promise.race([answered, closed, sleep(PATIENCE_MS, undefined, { ref: false })]);
  socket.removeAllListeners('data');
}

/** In pieces that have nothing to do with frames. */
function torn(bytes: Buffer, random: Random): readonly Buffer[] {
  const at = Math.floor(random() * bytes.length);
  return random() < 0.5 ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)];
}

/** Says goodbye and waits, or vanishes sooner; who hears nothing does not hear the other side's goodbye either. */
function end(socket: Socket, patienceMs: number, random: Random): void {
  const draw = random();
  if (draw < 0.4) socket.end();
  const afterMs = draw < 0.4 && patienceMs > 0 ? patienceMs : draw * 50;
  const vanish = (): unknown => (draw < 0.7 ? socket.destroy() : socket.resetAndDestroy());
  const timer = setTimeout(vanish, afterMs);
  socket.once('close', () => clearTimeout(timer));
}
