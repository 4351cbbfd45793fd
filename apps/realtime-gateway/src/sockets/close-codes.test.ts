/**
 * Goal    a stock graphql-ws client comes back after every close code after which trying again can help, and docs/safety.md says so.
 * Method  a bare server that acknowledges and then closes with each code of the catalogue; the client has the options of docs/clients.md.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { ERRORS, type ErrorEntry } from '@headcount/protocol';
import { until } from '@headcount/testing';

const entries: readonly (readonly [string, ErrorEntry])[] = Object.entries(ERRORS);
const closing = entries.flatMap(([code, { wsCloseCode, retryable }]) =>
  wsCloseCode === undefined ? [] : [{ code, wsCloseCode, retryable }],
);

/** Those after which another token, or another start of ours, helps. */
const MENDED = new Set([
  'TOKEN_EXPIRED',
  'TOKEN_NOT_YET_VALID',
  'UNKNOWN_KEY',
  'FORBIDDEN',
  'INTERNAL',
]);

const documented = new Map(
  [
    ...readFileSync(join(__dirname, '../../../../docs/safety.md'), 'utf8').matchAll(
      /^\| (\d{4}(?:, \d{4})*) +\|[^|]*\| (\w+)/gm,
    ),
  ].flatMap(([, codes = '', answer]) =>
    codes.split(', ').map((code) => [Number(code), answer] as const),
  ),
);

describe('a stock client that is closed with', () => {
  let server: WebSocketServer;
  let closeWith: number;
  let connections: number;
  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, handleProtocols: () => 'graphql-transport-ws' });
    server.on('connection', (socket) => {
      connections += 1;
      socket.on('message', (data: Buffer) => {
        const { type } = JSON.parse(data.toString()) as { readonly type: string };
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
        else socket.close(closeWith, 'closed');
      });
    });
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  it.each(closing)(
    '$wsCloseCode ($code) does what helps',
    async ({ code, wsCloseCode, retryable }) => {
      closeWith = wsCloseCode;
      connections = 0;
      let hasGivenUp = false;
      const client = createClient({
        url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
        webSocketImpl: WebSocket,
        retryAttempts: Infinity,
        shouldRetry: () => true,
        retryWait: async () => undefined,
      });
      client.subscribe(
        { query: 'subscription { site { count } }' },
        { next: () => undefined, complete: () => undefined, error: () => (hasGivenUp = true) },
      );
      await until(() => hasGivenUp || connections >= 3);
      await client.dispose();
      const comesBack = retryable || MENDED.has(code);
      expect({ comesBack: !hasGivenUp, documented: documented.get(wsCloseCode) }).toEqual({
        ...{ comesBack, documented: comesBack ? 'yes' : 'no' },
      });
    },
  );
});
