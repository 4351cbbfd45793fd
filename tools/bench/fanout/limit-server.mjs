/**
 * The limit: what is sent is made once, as bytes of a whole frame, and written to the raw sockets. Of the changes of one
 * moment each socket is written all in one, as far as it wants them. No server that has a frame a value is below that.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { resultOf } from './changes.mjs';
import { countOf, servePublisher } from './serve-publisher.mjs';
import { serverFrame } from './web-socket.mjs';

/** Sockets that want the same pages, by these. */
const audiences = new Map();

function frameOf(page, at, count) {
  const payload = resultOf(page, count);
  return serverFrame(Buffer.from(JSON.stringify({ id: String(at), type: 'next', payload })));
}

const framesOf = (wanted, countIn) =>
  Buffer.concat(wanted.map((page, at) => frameOf(page, at, countIn(page))));

function enter(raw, pages) {
  const key = pages.join();
  if (!audiences.has(key)) audiences.set(key, { pages, sockets: new Set() });
  const { sockets } = audiences.get(key);
  sockets.add(raw);
  raw.on('close', () => sockets.delete(raw));
  raw.write(framesOf(pages, countOf));
}

function publish(pages, count) {
  const changed = new Set(pages);
  for (const { pages: wanted, sockets } of audiences.values()) {
    const due = wanted.filter((page) => changed.has(page));
    if (due.length === 0) continue;
    const frames = framesOf(due, () => count);
    for (const raw of sockets) raw.write(frames);
  }
}

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
server.on('connection', (socket, { socket: raw }) => {
  socket.once('message', (data) => enter(raw, JSON.parse(data).enter));
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
await servePublisher(http.address().port, publish);
