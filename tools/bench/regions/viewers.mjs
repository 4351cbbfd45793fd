/**
 * Viewers of many pages over few sockets, by hand: a client library for each would be slower than the gateway.
 * `enter(pages)` makes one viewer present on each of them and resolves when all are counted; `leave()` ends all of that.
 */
import { once } from 'node:events';
import WebSocket from 'ws';

const VIEWING = 'subscription ($pageId: ID!) { viewing(pageId: $pageId) { count } }';
const SOCKETS = 20;
/** Joins that wait for their first count at once: a gateway's work comes in waves no larger than this. */
const AT_ONCE = 200;

export async function openViewers(url) {
  const sockets = [];
  for (let number = 0; number < SOCKETS; number += 1) sockets.push(await openSocket(url, number));
  let present = [];
  const enter = async (pages) => {
    for (let first = 0; first < pages.length; first += AT_ONCE) {
      await Promise.all(
        pages.slice(first, first + AT_ONCE).map(async (pageId, at) => {
          const socket = sockets[at % SOCKETS];
          const id = `${first + at}`;
          present.push({ socket, id });
          await socket.subscribe(id, pageId);
        }),
      );
    }
  };
  const leave = () => {
    for (const { socket, id } of present) socket.unsubscribe(id);
    present = [];
  };
  return { enter, leave, close: () => sockets.forEach(({ close }) => close()) };
}

async function openSocket(url, number) {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  await once(socket, 'open');
  const counted = new Map();
  const send = (message) => socket.send(JSON.stringify(message));
  const ready = new Promise((resolve) => counted.set('ready', resolve));
  socket.on('message', (data) => {
    const { type, id, payload } = JSON.parse(data);
    if (type === 'ping') send({ type: 'pong' });
    if (type === 'connection_ack') counted.get('ready')();
    if (type === 'error') throw new Error(`A viewer was refused: ${JSON.stringify(payload)}`);
    if (type !== 'next') return;
    counted.get(id)?.();
    counted.delete(id);
  });
  send({ type: 'connection_init', payload: { viewerId: `bench-viewer-${number}` } });
  await ready;
  return {
    subscribe(id, pageId) {
      const seen = new Promise((resolve) => counted.set(id, resolve));
      send({ type: 'subscribe', id, payload: { query: VIEWING, variables: { pageId } } });
      return seen;
    },
    unsubscribe: (id) => send({ type: 'complete', id }),
    close: () => socket.close(),
  };
}
