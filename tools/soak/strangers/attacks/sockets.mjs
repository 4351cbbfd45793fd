/** What sockets can be flooded with. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { HostileSocket } from '../sockets.mjs';
import { many, overSocket } from './kinds.mjs';

const REFUSED =
  /^(error (TOO_MANY|TOO_COMPLEX|FORBIDDEN|BAD_REQUEST)|next|complete|closed (1013|4403|4008|1008))$/;
const WATCH = 'subscription($p: [ID!]!) { countersChanged(pageIds: $p) { count } }';
const ONE = 'subscription($p: ID!) { counterChanged(pageId: $p) { count } }';

/** Begins an operation; what came of it, or `pending` after a while, for a quota may leave it waiting its turn. */
async function begun(socket, id, query, variables) {
  const later = new Promise((resolve) => setTimeout(resolve, 2000, 'pending').unref());
  return Promise.race([socket.subscribe(id, query, variables).outcomeOf(id), later]);
}

export const SOCKETS = [
  overSocket('10,000 counters on each socket', {
    finding: 7,
    concurrency: 60,
    act: async (socket, nth, { lane }) => {
      const pages = many(100, (at) => `watch-${lane}-${nth}-${at}`);
      return begun(socket, `w${nth}`, WATCH, { p: pages });
    },
    expected: REFUSED,
  }),
  {
    name: 'sockets of one viewer without end',
    finding: 7,
    expected: /^(open|closed 1013)$/,
    begin: async (target) => ({ ...target, held: [] }),
    async once(state) {
      const socket = await HostileSocket.open(state.live, state.users.plain);
      if (socket.closed !== null) return `closed ${socket.closed}`;
      state.held.push(socket);
      return 'open';
    },
  },
  {
    name: 'sockets that come and go',
    expected: /^(gone|closed 1013)$/,
    begin: async (target) => target,
    async once({ live, users }) {
      const socket = await HostileSocket.open(live, users.plain);
      if (socket.closed !== null) return `closed ${socket.closed}`;
      socket.end();
      return 'gone';
    },
  },
  {
    name: 'sockets with tokens that are none',
    expected: /^closed (4401|4400|1013)$/,
    begin: async (target) => target,
    async once({ live }, nth) {
      const token = randomBytes(30 + (nth % 100)).toString('base64url');
      const socket = await HostileSocket.open(live, token);
      socket.end();
      return `closed ${socket.closed}`;
    },
  },
  overSocket('pings as fast as they go', {
    act: async (socket) => {
      for (let nth = 0; nth < 1500; nth += 1) socket.say({ type: 'ping' });
      return (await socket.next('pong')) === null ? `closed ${socket.closed}` : 'next';
    },
    expected: REFUSED,
  }),
  overSocket('operations begun and ended as fast as they go', {
    act: async (socket, nth) => {
      for (let at = 0; at < 50; at += 1) {
        socket.subscribe(`c${nth}-${at}`, ONE, { p: `churn-${at}` });
        socket.say({ type: 'complete', id: `c${nth}-${at}` });
      }
      return begun(socket, `c${nth}`, ONE, { p: 'churn' });
    },
    expected: REFUSED,
  }),
  overSocket('every window of the trending pages, live', {
    finding: 15,
    act: (socket, nth, { lane }) =>
      begun(
        socket,
        `t${nth}`,
        'subscription($w: Int!) { trendingChanged(windowSeconds: $w) { pageId } }',
        { w: 10 + ((lane * 400 + nth * 7) % 3500) },
      ),
    expected: REFUSED,
  }),
  overSocket('another document each time', {
    act: (socket, nth, { lane }) =>
      begun(
        socket,
        `d${nth}`,
        `subscription { d${lane}_${nth}: counterChanged(pageId: "d") { count } }`,
      ),
    expected: REFUSED,
  }),
  overSocket('presence on page after page', {
    act: async (socket, nth) => {
      const id = `v${nth}`;
      const outcome = await begun(
        socket,
        id,
        'subscription($p: ID!) { viewing(pageId: $p) { count } }',
        { p: `flood-${nth % 50}` },
      );
      socket.say({ type: 'complete', id });
      return outcome;
    },
    expected: REFUSED,
  }),
  overSocket('a reader that reads nothing', {
    act: async (socket, nth) => {
      if (nth === 0) socket.socket.pause();
      socket.subscribe(`r${nth}`, ONE, { p: 'honest-0' });
      await new Promise((resolve) => setTimeout(resolve, 20));
      return socket.closed === null ? 'next' : `closed ${socket.closed}`;
    },
    expected: REFUSED,
  }),
  overSocket('messages of 60 kB that mean nothing', {
    act: async (socket) => {
      socket.say({ type: 'ping', payload: { x: 'x'.repeat(60_000) } });
      return (await socket.next('pong')) === null ? `closed ${socket.closed}` : 'next';
    },
    expected: REFUSED,
  }),
  {
    name: 'datagrams that are none',
    finding: 26,
    expected: /^sent$/,
    begin: async (target) => ({ ...target, udp: createSocket('udp4').unref() }),
    async once({ udp, api }, nth) {
      const { port } = new URL(api);
      await new Promise((resolve) => {
        udp.send(randomBytes(1 + ((nth * 37) % 1200)), Number(port), '127.0.0.1', resolve);
      });
      return 'sent';
    },
  },
];
