/**
 * Goal    a gateway holds callers and addresses to their limits, over GraphQL, streams and sockets, each for itself.
 * Method  the app as it is with low limits, over a fake counter-api.
 */
import { once } from 'node:events';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import type { RunningApp } from '@headcount/platform';
import type { FakeCounterApi } from './testing/fake-counter-api.js';
import { RawConnection, upgradeHead } from './testing/raw-connection.js';
import { startTestPair } from './testing/test-gateway.js';

const SECRET = 'a secret of at least 32 characters';

const tokenOf = (sub: string): Promise<string> =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1 hour')
    .sign(Buffer.from(SECRET));

describe('the limits of requests of a gateway', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const aborts: AbortController[] = [];
  const sockets: WebSocket[] = [];
  const start = async (more: Record<string, string>): Promise<void> => {
    const auth = { AUTH: 'jwt', AUTH_JWT_SECRET: SECRET, DRAIN_MS: '0' };
    ({ fake, app } = await startTestPair({ ...auth, ...more }));
  };
  afterEach(async () => {
    for (const abort of aborts.splice(0)) abort.abort();
    for (const socket of sockets.splice(0)) socket.terminate();
    await app.close();
    await fake.stop();
  });

  const graphql = async (headers: Record<string, string>): Promise<Response> =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ gateway { region } }' }),
    });
  const stream = async (path: string, headers: Record<string, string>): Promise<Response> => {
    const abort = new AbortController();
    aborts.push(abort);
    return fetch(app.url + path, {
      signal: abort.signal,
      headers: { accept: 'text/event-stream', ...headers },
    });
  };
  /** What a socket is told after connection_init: the type of the message, or the code of its close. */
  const init = async (token: string): Promise<unknown> => {
    const socket = new WebSocket(
      `${app.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    sockets.push(socket);
    const closed = once(socket, 'close').then(([code]) => code as number);
    await once(socket, 'open');
    const told = once(socket, 'message').then(
      ([text]) => (JSON.parse(String(text)) as { type: string }).type,
    );
    told.catch(() => undefined);
    socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
    return Promise.race([told, closed]);
  };

  it('hold a caller over GraphQL, streams and sockets together, and no other', async () => {
    await start({ RATE_LIMIT_PER_CALLER: '4/3600' });
    const [annToken, bobToken] = [await tokenOf('ann'), await tokenOf('bob')];
    const ann = { authorization: `Bearer ${annToken}` };
    expect((await graphql(ann)).headers.get('ratelimit')).toMatch(/^"caller";r=3;/);
    expect((await stream('/pages/home/stream?viewing=1', ann)).status).toBe(200);
    const query = encodeURIComponent('subscription { viewing(pageId: "home") { count } }');
    expect((await stream(`/graphql/stream?query=${query}`, ann)).status).toBe(200);
    expect(await init(annToken)).toBe('connection_ack');
    expect(await init(annToken)).toBe(1013);
    const refused = await graphql(ann);
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { errors: [{ extensions: { code: 'TOO_MANY' } }] },
    ]);
    const noStream = await stream('/pages/home/stream', ann);
    expect([noStream.status, await noStream.json()]).toMatchObject([429, { code: 'TOO_MANY' }]);
    expect(noStream.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await init(bobToken)).toBe('connection_ack');
    expect((await graphql({ authorization: `Bearer ${bobToken}` })).status).toBe(200);
  });

  it('have a safe default for callers', async () => {
    await start({});
    const answer = await graphql({ authorization: `Bearer ${await tokenOf('ann')}` });
    expect(answer.headers.get('ratelimit-policy')).toBe('"caller";q=1000;w=1');
  });

  it('weigh the operation of a stream by its cost', async () => {
    await start({ RATE_LIMIT_PER_CALLER: '5/3600' });
    const ann = { authorization: `Bearer ${await tokenOf('ann')}` };
    const ids = JSON.stringify(Array.from({ length: 100 }, (_, at) => `p${at}`));
    const query = encodeURIComponent(`subscription { countersChanged(pageIds: ${ids}) { count } }`);
    // It weighs more than is left after a request.
    expect((await graphql(ann)).status).toBe(200);
    const refused = await stream(`/graphql/stream?query=${query}`, ann);
    expect(await refused.text()).toContain('TOO_MANY');
  });

  it('hold an address to so many attempts at a connection, of sockets and streams together', async () => {
    await start({ CONNECTS_PER_ADDRESS: '3/3600' });
    const connections: RawConnection[] = [];
    /** The status of the answer to an upgrade. */
    const upgrade = async (more: Record<string, string> = {}): Promise<number> => {
      const one = new RawConnection(app.port);
      connections.push(one);
      return one.say(upgradeHead('/graphql', more)).status();
    };
    expect(await upgrade()).toBe(101);
    expect(await upgrade({ 'Sec-WebSocket-Protocol': 'another' })).toBe(400);
    expect((await stream('/pages/home/stream', {})).status).toBe(200);
    expect((await stream('/pages/home/stream', {})).status).toBe(429);
    // Sent away after the handshake, so that clients come back: until twice as many have come.
    expect(await upgrade()).toBe(101);
    await connections.at(-1)?.end();
    expect(connections.at(-1)?.text).toContain(String.fromCharCode(1013 >> 8, 1013 & 0xff));
    expect(await upgrade()).toBe(101);
    expect([await upgrade(), await upgrade()]).toEqual([429, 429]);
    for (const one of connections) one.destroy();
  });
});
