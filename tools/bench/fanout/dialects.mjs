import { QUERY, pageId } from './changes.mjs';

/**
 * How a subscriber of each server asks: `path` and `subprotocol` of the upgrade, then `steps`, of which each is sent once a
 * message has come that holds `after`, or at once where there is none. Last come the messages of changes. `idOf` names the
 * operations.
 */
export const DIALECTS = {
  graphql: {
    path: '/graphql',
    subprotocol: 'graphql-transport-ws',
    steps: (number, pages, idOf) => [
      { send: [{ type: 'connection_init', payload: { viewerId: `subscriber-${number}` } }] },
      {
        after: '"connection_ack"',
        send: pages.map((page, at) => ({
          id: idOf(at),
          type: 'subscribe',
          payload: { query: QUERY, variables: { pageId: pageId(page) } },
        })),
      },
    ],
  },
  raw: {
    path: '/',
    steps: (_number, pages) => [{ send: [{ enter: pages.map(pageId) }] }],
  },
  socketio: {
    path: '/socket.io/?EIO=4&transport=websocket',
    // Packets of Engine.IO and Socket.IO: opened, connect, connected, an event.
    steps: (_number, pages) => [
      { after: '0{', send: ['40'] },
      { after: '40{', send: [`42${JSON.stringify(['enter', pages.map(pageId)])}`] },
    ],
  },
};
