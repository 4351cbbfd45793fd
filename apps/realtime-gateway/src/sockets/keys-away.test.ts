/**
 * Goal    an identity provider that is away is not held against its users: they come back by themselves.
 * Method  the app as it is; a server for keys that is not there, then stalls, then answers; stock clients with their
 *         own idea of what is worth another try.
 */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { SignJWT, exportJWK, generateKeyPair, type JWK, type KeyLike } from 'jose';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type RunningApp } from '@headcount/platform';
import { freePort, until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { startTestPair } from '../testing/test-gateway.js';

describe('a token whose key cannot be had', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  let port: number;
  let keys: Server | null = null;
  let privateKey: KeyLike;
  let publicJwk: JWK;
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256');
    privateKey = pair.privateKey;
    publicJwk = { ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'k1' };
  });
  beforeEach(async () => {
    port = await freePort();
    ({ fake, app } = await startTestPair({
      ...{ DRAIN_MS: '0', AUTH: 'jwt', AUTH_JWKS_URL: `http://127.0.0.1:${port}/keys` },
      INIT_TIMEOUT_MS: '1000',
    }));
  });
  afterEach(async () => {
    await app.close();
    await fake.stop();
    keys?.closeAllConnections();
    keys?.close();
    keys = null;
  });

  const serve = async (answer: RequestListener): Promise<void> => {
    keys = createServer(answer).listen(port, '127.0.0.1');
    await once(keys, 'listening');
  };
  const goodKeys: RequestListener = (_, response) =>
    response.end(JSON.stringify({ keys: [publicJwk] }));
  const token = (): Promise<string> =>
    new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setSubject('ada')
      .setExpirationTime('1m')
      .sign(privateKey);

  /** A client that views a page, and the codes with which its sockets were closed. */
  async function viewer(): Promise<{ codes: number[]; counts: unknown[]; dispose(): unknown }> {
    const [codes, counts]: [number[], unknown[]] = [[], []];
    const given = await token();
    const client = createClient({
      url: `${app.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { token: given },
      retryAttempts: Infinity,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
      on: { closed: (event) => codes.push((event as { readonly code: number }).code) },
    });
    client.subscribe<{ viewing: { count: number } }>(
      { query: 'subscription { viewing(pageId: "home") { count } }' },
      {
        next: ({ data }) => counts.push(data?.viewing.count),
        error: () => undefined,
        complete: () => undefined,
      },
    );
    // One that was just sent away says so.
    return { codes, counts, dispose: () => Promise.allSettled([client.dispose()]) };
  }

  it('closes its socket with a code after which stock clients come back, until it can', async () => {
    const ada = await viewer();
    await until(() => ada.codes.length > 1, { what: 'two tries' });
    expect(new Set(ada.codes)).toEqual(new Set([4503]));
    await serve(goodKeys);
    await until(() => ada.counts.at(-1) === 1, { what: 'ada to be let in' });
    expect(fake.store.presenceOn('home')).toEqual({ viewers: 1, connections: 1 });
    await ada.dispose();
  });

  it('closes its socket so that stock clients come back where the set has another key', async () => {
    await serve((_, response) =>
      response.end(JSON.stringify({ keys: [{ ...publicJwk, kid: 'newer' }] })),
    );
    const ada = await viewer();
    await until(() => ada.codes.length > 1, { what: 'two tries' });
    expect(new Set(ada.codes)).toEqual(new Set([4006]));
    await ada.dispose();
  });

  it('is 503 over HTTP, with its own code', async () => {
    await serve((_, response) => response.writeHead(500).end());
    const headers = { authorization: `Bearer ${await token()}`, accept: 'text/event-stream' };
    const query = encodeURIComponent('subscription { viewing(pageId: "home") { count } }');
    for (const path of ['/pages/home/stream?viewing=1', `/graphql/stream?query=${query}`]) {
      const answer = await fetch(app.url + path, { headers });
      expect([answer.status, await answer.json()]).toEqual([
        503,
        expect.objectContaining({ code: 'KEYS_UNAVAILABLE' }),
      ]);
    }
  });

  it('is waited for, and its socket not taken for one that says nothing', async () => {
    let stalled = 0;
    await serve(() => (stalled += 1));
    const ada = await viewer();
    await until(() => stalled === 1, { what: 'the keys to be asked for' });
    await until(() => ada.codes.length > 0, { what: 'the keys to be given up', timeoutMs: 15_000 });
    expect(ada.codes[0]).toBe(4503);
    await ada.dispose();
  }, 20_000);
});
