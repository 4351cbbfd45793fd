/**
 * What live counts are compared with: the simplest thing that a team would build. A bare `ws` server; whoever says
 * `{"enter":"page"}` is on that page until `{"leave":true}` or the end of the socket. Entering is INCR, leaving DECR, and
 * the new count is published to all servers, each of which sends it to its own sockets on the page. Nothing is merged,
 * signed or repaired, and a server that is killed leaves its viewers in the count. Argument: the URL of Redis.
 */
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { serveHelper } from '../helper.mjs';

const CHANNEL = 'counts';
const redis = new Redis(process.argv[2]);
const subscriber = redis.duplicate();
const socketsOn = new Map();

async function publish(page, count) {
  await redis.publish(CHANNEL, JSON.stringify({ page, count: await count }));
}

function enter(socket, page) {
  if (!socketsOn.has(page)) socketsOn.set(page, new Set());
  socketsOn.get(page).add(socket);
  void publish(page, redis.incr(page));
}

function leave(socket, page) {
  socketsOn.get(page).delete(socket);
  void publish(page, redis.decr(page));
}

function serve(socket) {
  let present;
  const stepOff = () => {
    if (present !== undefined) leave(socket, present);
    present = undefined;
  };
  socket.on('message', (data) => {
    stepOff();
    present = JSON.parse(data).enter;
    if (present !== undefined) enter(socket, present);
  });
  socket.on('close', stepOff);
}

subscriber.on('message', (_channel, message) => {
  for (const socket of socketsOn.get(JSON.parse(message).page) ?? []) socket.send(message);
});
await subscriber.subscribe(CHANNEL);

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }).on('connection', serve);
await once(server, 'listening');
serveHelper({ url: `ws://127.0.0.1:${server.address().port}` });
