/**
 * Goal    a token says who views what, and until when, over sockets and over event streams alike.
 * Method  the app as it is over a fake counter-api; stock clients with tokens that are signed here.
 */
import { createClient as createStreamClient } from 'graphql-sse';
import { SignJWT, type JWTPayload } from 'jose';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type RunningApp } from '@headcount/platform';
import { until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { startTestPair } from '../testing/test-gateway.js';

const SECRET = 'a-secret-that-only-the-site-knows';

describe('what a token allows', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const clients: Client[] = [];

  beforeAll(async () => {
    ({ fake, app } = await startTestPair({ DRAIN_MS: '0', AUTH: 'jwt', AUTH_JWT_SECRET: SECRET }));
  });
  afterEach(async () => {
    await Promise.allSettled(clients.splice(0).map((client) => client.dispose()));
  });
  afterAll(async () => {
    await app.close();
    await fake.stop();
  });

  const tokenOf = (claims: JWTPayload, inSeconds = 60): Promise<string> =>
    new SignJWT({ sub: 'ada', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(new Date(Date.now() + inSeconds * 1000))
      .sign(Buffer.from(SECRET));

  function client(
    token: () => Promise<string>,
    onClosed: (code: number) => void = () => undefined,
  ) {
    const made = createClient({
      url: `${app.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: async () => ({ token: await token() }),
      retryAttempts: 5,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
      on: { closed: (event) => onClosed((event as { readonly code: number }).code) },
    });
    clients.push(made);
    return made;
  }

  /** What a query over a socket gives: its data, or the codes of its errors. */
  async function outcome(made: Client, query: string): Promise<unknown> {
    const results = made.iterate({ query: `subscription { ${query} { pageId } }` });
    try {
      return (await results.next()).value as unknown;
    } catch (cause) {
      return (cause as { readonly extensions?: { readonly code: string } }[])[0]?.extensions?.code;
    } finally {
      void results.return?.();
    }
  }

  it('is the pages that it names, whichever field asks for them', async () => {
    const made = client(() => tokenOf({ pages: ['news/*', '@site'] }));
    expect(await outcome(made, 'viewing(pageId: "news/1")')).toMatchObject({ data: {} });
    expect(await outcome(made, 'siteChanged')).toMatchObject({ data: {} });
    for (const query of [
      'viewing(pageId: "admin")',
      'counterChanged(pageId: "admin")',
      'countersChanged(pageIds: ["news/1", "admin"])',
    ])
      expect([query, await outcome(made, query)]).toEqual([query, 'FORBIDDEN']);
    expect(fake.store.presenceOn('admin')).toEqual({ viewers: 0, connections: 0 });
  });

  it('is the same for an operation that runs for its socket alone', async () => {
    const made = client(() => tokenOf({ pages: ['news/*'] }));
    const results = made.iterate({
      query:
        'subscription { ...Root } fragment Root on Subscription { viewing(pageId: "admin") { pageId } }',
    });
    await expect(results.next()).rejects.toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('is the same over event streams', async () => {
    const token = await tokenOf({ pages: ['news/*'] });
    const headers = { authorization: `Bearer ${token}` };
    const streams = createStreamClient({ url: `${app.url}/graphql/stream`, headers });
    const asked = (pageId: string) =>
      streams.iterate({ query: `subscription { viewing(pageId: "${pageId}") { pageId } }` }).next();
    expect(await asked('news/1')).toMatchObject({ value: { data: { viewing: {} } } });
    expect(JSON.stringify(await asked('admin'))).toContain('FORBIDDEN');
    streams.dispose();
    const plain = await fetch(`${app.url}/pages/admin/stream?viewing=1`, {
      headers: { ...headers, accept: 'text/event-stream' },
    });
    expect(plain.status).toBe(403);
  });

  it('ends with the token: with a code after which a stock client comes back with a new one', async () => {
    const codes: number[] = [];
    let given = 0;
    const made = client(
      () => tokenOf({}, (given += 1) === 1 ? 1 : 60),
      (code) => codes.push(code),
    );
    const seen: unknown[] = [];
    made.subscribe(
      { query: 'subscription { viewing(pageId: "short") { count } }' },
      { next: (value) => seen.push(value), error: () => undefined, complete: () => undefined },
    );
    await until(() => codes.length === 1, { what: 'the socket to be closed', timeoutMs: 10_000 });
    expect(codes).toEqual([4003]);
    await until(() => given === 2 && fake.store.presenceOn('short').viewers === 1, {
      what: 'the client to be back',
    });
  });

  it('ends a stream with the token too', async () => {
    const stream = await fetch(`${app.url}/pages/short/stream?viewing=1`, {
      headers: { authorization: `Bearer ${await tokenOf({}, 1)}`, accept: 'text/event-stream' },
    });
    // Reads to its end, which there would not be otherwise.
    expect(await stream.text()).toContain('data:');
  }, 20_000);
});
