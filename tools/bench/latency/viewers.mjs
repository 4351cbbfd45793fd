/**
 * A viewer of either side, with its socket open and let in. `enter(page, onCount)` makes it present, calls `onCount` with
 * every count it receives, and returns a function that makes it leave; it is on one page at a time.
 */
import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const VIEWING = 'subscription ($pageId: ID!) { viewing(pageId: $pageId) { count } }';

/** A viewer of Headcount, as a browser would have it: the stock graphql-ws client. */
export async function openHeadcountViewer(url, viewerId) {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { viewerId },
    // Opens the socket now, so that a join is a join and not a connect.
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: fail,
  });
  await new Promise((resolve) => client.on('connected', resolve));
  return {
    enter(pageId, onCount) {
      const sink = { next: ({ data }) => onCount(data.viewing.count), error: fail, complete() {} };
      return client.subscribe({ query: VIEWING, variables: { pageId } }, sink);
    },
    close: () => client.dispose(),
  };
}

/** A viewer of pubsub-server.mjs. */
export async function openPubsubViewer(url) {
  const socket = new WebSocket(url);
  let take = () => undefined;
  socket.on('message', (data) => take(JSON.parse(data).count));
  await once(socket, 'open');
  const send = (message) => socket.send(JSON.stringify(message));
  return {
    enter(page, onCount) {
      take = onCount;
      send({ enter: page });
      return () => send({ leave: true });
    },
    close: () => socket.close(),
  };
}

/** Nothing that a viewer is told may go wrong while it is timed. */
function fail(reason) {
  throw reason instanceof Error
    ? reason
    : new Error(`A viewer was sent away: ${JSON.stringify(reason)}`);
}
