/** Connections, heads and bodies that are not as they should be. */
import { sayRaw } from '../sockets.mjs';
import { overHttp } from './kinds.mjs';

const raw = (name, { finding = 0, expected, concurrency, app = 'api', bytes, options }) => ({
  name,
  finding,
  expected,
  concurrency,
  begin: async (target) => target,
  once: (state, nth) => sayRaw(state[app], bytes(state, nth), options),
});
const head = (line, ...headers) => [line, 'Host: localhost', ...headers, '', ''].join('\r\n');
const OFFER = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];

export const CONNECTIONS = [
  raw('offers of h2c', {
    bytes: () => head('GET /honest-0/counter HTTP/1.1', ...OFFER),
    expected: /^(200|429)$/,
  }),
  raw('offers of h2c that are reset', {
    bytes: () => head('GET /honest-0/counter HTTP/1.1', ...OFFER),
    options: { reset: true },
    expected: /^reset$/,
  }),
  raw('upgrades of a gateway that are reset', {
    app: 'gateway',
    bytes: () => head('GET /graphql HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'),
    options: { reset: true },
    expected: /^reset$/,
  }),
  raw('half of a head, held', {
    concurrency: 200,
    bytes: () => 'GET /honest-0/counter HTTP/1.1\r\nHost: localhost\r\nX-More: ',
    expected: /^(silence|408|429)$/,
  }),
  raw('half of a body, held', {
    concurrency: 200,
    app: 'notification',
    bytes: () =>
      `${head('POST /graphql HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 60000').slice(0, -2)}\r\n{"query":"`,
    expected: /^(silence|408|401|429)$/,
  }),
  raw('requests that are none', {
    bytes: (_, nth) => Buffer.from(`${'\0\xff'.repeat(50)}${nth}\r\n\r\n`, 'latin1'),
    expected: /^400$/,
  }),
  raw('preambles of HTTP/2 and TLS', {
    bytes: (_, nth) =>
      nth % 2 === 0
        ? 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
        : Buffer.from('16030100c8010000c40303', 'hex'),
    expected: /^(400|505|silence)$/,
  }),
  overHttp('bodies that are too large', {
    user: 'writer',
    act: ({ caller, api }) =>
      caller.ask('PUT', `${api}/a/counters/b`, Buffer.alloc(1_000_000, ' ')),
    expected: /^(413 PAYLOAD_TOO_LARGE|429 TOO_MANY|0 .*)$/,
  }),
  overHttp('heads of 15 kB', {
    act: ({ caller, api }) =>
      caller.ask('GET', `${api}/honest-0/counter`, undefined, {
        accept: `${Array.from({ length: 900 }, (_, at) => `a/b${at};q=0.5`).join(',')}`,
        'if-none-match': '"1", '.repeat(100),
      }),
    expected: /^(20\d ok|304 ok|406 NOT_ACCEPTABLE|413 .*|431 .*|429 TOO_MANY)$/,
  }),
  overHttp('addresses that there are not', {
    act: ({ caller, api, lane }, nth) => caller.ask('GET', `${api}/no/such/${lane}/${nth}/x/y`),
    expected: /^(404 NOT_FOUND|429 TOO_MANY)$/,
  }),
  overHttp('preflights of many origins', {
    act: ({ caller, api, lane }, nth) =>
      caller.ask('OPTIONS', `${api}/honest-0/counter`, undefined, {
        ...{ origin: `https://${lane}-${nth}.example`, 'access-control-request-method': 'PUT' },
      }),
    expected: /^(20\d ok|4\d\d .*)$/,
  }),
  overHttp('event streams, opened and dropped', {
    async act({ gateway }, nth) {
      const line = `GET /pages/s${nth % 500}/stream HTTP/1.1`;
      return sayRaw(gateway, head(line, 'Accept: text/event-stream'));
    },
    expected: /^(200|429)$/,
  }),
];
