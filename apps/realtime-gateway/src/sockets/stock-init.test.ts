/**
 * Goal    what stock clients send that are logged out, half configured or set up as their documentation says is never the end for
 *         them; what is wrong is told by the code of the protocol and a reason that fits into a close frame.
 * Method  the app as it is over a fake counter-api, with AUTH off and jwt; messages as they stand.
 */
import { once } from 'node:events';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import type { RunningApp } from '@headcount/platform';
import { runs, until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { startTestPair } from '../testing/test-gateway.js';

const SECRET = 'a-secret-that-only-the-site-knows';
const VIEWING = 'subscription { viewing(pageId: "home") { count } }';
const WATCHING = 'subscription { counterChanged(pageId: "home") { count } }';

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

/** A socket, all that it was sent, and how it closed. */
class Spoken {
  readonly messages: Message[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push(JSON.parse(String(data)) as Message));
    socket.on('close', (code, reason) => (this.closed = { code, reason: String(reason) }));
  }

  static async open(app: RunningApp, query = ''): Promise<Spoken> {
    const url = `${app.url.replace('http', 'ws')}/graphql${query}`;
    const socket = new WebSocket(url, 'graphql-transport-ws');
    const spoken = new Spoken(socket);
    await once(socket, 'open');
    return spoken;
  }

  say(message: unknown): this {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    return this;
  }

  subscribe(query: string, id = '1'): this {
    return this.say({ id, type: 'subscribe', payload: { query } });
  }

  /** `connection_ack`, or the code that it was closed with. */
  async admitted(): Promise<string | number> {
    await until(() => this.closed !== null || this.messages.length > 0, { what: 'an answer' });
    return this.closed?.code ?? this.messages[0]?.type ?? '';
  }

  /** Of an operation: `next`, or the code of its error. */
  async outcome(id = '1'): Promise<unknown> {
    const answer = await until(() => this.messages.find((message) => message.id === id));
    const [first] = [answer?.payload].flat() as { extensions?: { code: string } }[];
    return answer?.type === 'error' ? first?.extensions?.code : answer?.type;
  }

  end(): void {
    this.socket.terminate();
  }
}

describe('what stock clients say of themselves', () => {
  const started: { app: RunningApp; fake: FakeCounterApi }[] = [];
  const sockets: Spoken[] = [];
  const start = async (more: Record<string, string> = {}): Promise<RunningApp> => {
    const pair = await startTestPair({ DRAIN_MS: '0', ...more });
    started.push(pair);
    return pair.app;
  };
  let off: RunningApp;
  let jwt: RunningApp;
  let closedReads: RunningApp;
  let token: string;
  beforeAll(async () => {
    const withTokens = { AUTH: 'jwt', AUTH_JWT_SECRET: SECRET };
    off = await start();
    jwt = await start(withTokens);
    closedReads = await start({ ...withTokens, READS: 'token' });
    token = await tokenOf({ exp: 60 });
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.end()));
  afterAll(async () => {
    for (const { app, fake } of started) {
      await app.close();
      await fake.stop();
    }
  });

  /** A token of ada; times are seconds from now. */
  const tokenOf = (times: Record<string, number>): Promise<string> => {
    const nowS = Math.floor(Date.now() / 1000);
    const claims = Object.entries(times).map(([name, inS]) => [name, nowS + inS] as const);
    return new SignJWT({ sub: 'ada', ...Object.fromEntries(claims) })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(SECRET));
  };
  const open = async (app: RunningApp, query?: string): Promise<Spoken> => {
    const socket = await Spoken.open(app, query);
    sockets.push(socket);
    return socket;
  };
  const init = async (app: RunningApp, payload?: unknown, query?: string): Promise<Spoken> => {
    const socket = (await open(app, query)).say({ type: 'connection_init', payload });
    await socket.admitted();
    return socket;
  };
  const presentOn = (app: RunningApp) =>
    started.find((pair) => pair.app === app)?.fake.store.presenceOn('home').viewers;

  const NOBODY: [string, unknown][] = [
    ['no payload', undefined],
    ['a payload of null', null],
    ['an empty payload', {}],
    ['a token of null', { token: null }],
    ['an empty token', { token: '' }],
    ['a token of spaces', { token: '  ' }],
    ['a token that is false', { token: false }],
    ['a viewer of null', { viewerId: null, token: null }],
    ['an empty viewer', { viewerId: '' }],
    ['an empty authorization', { authorization: '', Authorization: null }],
    ['a scheme without a token', { Authorization: 'Bearer ' }],
    ['a template of nothing', { authorization: 'Bearer undefined' }],
    ['a template of null', { authToken: 'null' }],
    ['headers of nothing', { headers: { Authorization: null } }],
    ['headers that are none', { headers: 'x', authToken: undefined }],
    ['members of its own', { reconnect: true, clientName: 'web', headers: { 'x-team': 'a' } }],
  ];

  it.each(NOBODY)('%s is no token and nobody in particular', async (_, payload) => {
    const watching = { ...(payload as object | null | undefined), watch: true };
    for (const [app, said] of [
      [off, payload],
      [off, watching],
      [jwt, watching],
    ] as const) {
      const socket = await init(app, said);
      expect(await socket.admitted()).toBe('connection_ack');
      expect(await socket.subscribe(WATCHING).outcome()).toBe('next');
    }
    expect(await (await init(jwt, payload)).admitted()).toBe(4401);
    expect(await (await init(closedReads, watching)).admitted()).toBe(4401);
  });

  it('who only watches is not present, and is told per operation that a token is needed', async () => {
    const socket = await init(jwt, { viewerId: 'ada', watch: true });
    expect(await socket.subscribe(VIEWING, 'a').outcome('a')).toBe('UNAUTHENTICATED');
    const alone = `subscription { ...Root } fragment Root on Subscription { viewing(pageId: "home") { count } }`;
    expect(await socket.subscribe(alone, 'b').outcome('b')).toBe('UNAUTHENTICATED');
    const unread = 'subscription { unreadChanged { total } }';
    expect(await socket.subscribe(unread, 'c').outcome('c')).toBe('UNAUTHENTICATED');
    expect(await socket.subscribe(WATCHING, 'd').outcome('d')).toBe('next');
    expect([socket.closed, presentOn(jwt)]).toEqual([null, 0]);
    const inAddress = await init(jwt, { watch: true }, '?v=ada');
    expect(await inAddress.subscribe(WATCHING).outcome()).toBe('next');
  });

  const SPELLINGS: [string, (token: string) => unknown][] = [
    ['token', (said) => ({ token: said })],
    ['token with a scheme', (said) => ({ token: `Bearer ${said}` })],
    ['authToken', (said) => ({ authToken: said })],
    ['accessToken', (said) => ({ accessToken: said })],
    ['access_token', (said) => ({ access_token: said })],
    ['authorization', (said) => ({ authorization: `Bearer ${said}` })],
    ['Authorization', (said) => ({ Authorization: `bearer   ${said} ` })],
    ['Authorization without a scheme', (said) => ({ Authorization: said })],
    ['headers', (said) => ({ headers: { Authorization: `BEARER ${said}` } })],
    ['headers beside an empty token', (said) => ({ token: '', headers: { authorization: said } })],
  ];
  it.each(SPELLINGS)('a token is taken as %s', async (_, payloadOf) => {
    const socket = await init(jwt, payloadOf(token));
    expect(await socket.subscribe(VIEWING).outcome()).toBe('next');
    await until(() => presentOn(jwt) === 1);
    socket.end();
    await until(() => presentOn(jwt) === 0);
  });

  it.each([
    ['that is made up', 'a.b.c', 4401],
    ['that is a number', 42, 4401],
    ['that is an object', { a: 1 }, 4401],
  ])('a token %s is refused where tokens are looked at', async (_, bad, code) => {
    expect(await (await init(jwt, { token: bad })).admitted()).toBe(code);
    expect(await (await init(off, { token: bad })).admitted()).toBe('connection_ack');
  });

  it.each([
    ['has expired', { exp: -60 }, 4003],
    ['is not valid yet', { exp: 60, nbf: 30 }, 4007],
  ])('a token that %s is refused with a code to come back after', async (_, times, code) => {
    expect(await (await init(jwt, { token: await tokenOf(times) })).admitted()).toBe(code);
  });

  it('one viewer is one viewer, however it is spelled', async () => {
    for (const [payload, query] of [
      [{ viewerId: "o'brien & co ü" }, ''],
      [{}, '?v=o%27brien+%26%20co+%C3%BC'],
      [undefined, "?v=o'brien%20%26+co%20%c3%bc"],
      [
        { viewerId: "o'brien & co ü" },
        "?a=1&v=o'brien%20%26+co%20%c3%bc&v=o%27brien+%26+co+%C3%BC",
      ],
    ] as const) {
      const socket = await init(off, payload, query);
      expect(await socket.subscribe(VIEWING).outcome()).toBe('next');
    }
    const stream = (path: string, headers: Record<string, string> = {}) =>
      fetch(off.url + path, { headers: { accept: 'text/event-stream', ...headers } });
    // fetch writes Latin-1, as browsers do, and what is handed to it as UTF-8 bytes goes as it is.
    const latin1 = "o'brien & co ü";
    const streams = await Promise.all([
      stream("/pages/home/stream?viewing=1&v=o'brien+%26+co+%C3%BC"),
      stream('/pages/home/stream?viewing=1&v=', { 'x-headcount-user': latin1 }),
      stream('/pages/home/stream?viewing=1', {
        'x-headcount-user': Buffer.from(latin1).toString('latin1'),
      }),
    ]);
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
    const fake = started[0]?.fake;
    await until(() => fake?.store.presenceOn('home').connections === 7);
    expect(presentOn(off)).toBe(1);
    await Promise.all(streams.map(({ body }) => body?.cancel()));
    sockets.splice(0).forEach((socket) => socket.end());
    await until(() => presentOn(off) === 0);
  });

  it('a number is the viewer of its digits, as a GraphQL ID is', async () => {
    const socket = await init(off, { viewerId: 42 }, '?v=42');
    expect(await socket.admitted()).toBe('connection_ack');
  });

  it.each([
    [{ viewerId: 1.5 }, 'viewerId must be a text'],
    [{ viewerId: 2 ** 53 }, 'viewerId must be a text'],
    [{ viewerId: true }, 'viewerId must be a text'],
    [{ viewerId: ['ada'] }, 'viewerId must be a text'],
    [{ viewerId: '\n' }, 'viewer id'],
    [{ viewerId: '統'.repeat(60) }, 'viewer id'],
  ])('the viewer of %j is refused with a reason', async (payload, reason) => {
    const socket = await init(off, payload);
    expect(await socket.admitted()).toBe(4400);
    expect(socket.closed?.reason).toContain(reason);
  });

  it.each(['?v=%ff', '?v=%', '?v=a&v=b'])('the address %s is refused', async (query) => {
    const socket = await init(off, {}, query);
    expect(await socket.admitted()).toBe(4400);
    const stream = await fetch(`${off.url}/pages/home/stream${query}&viewing=1`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(stream.status).toBe(400);
  });

  it.each([
    ['an id that is in use', ['統'.repeat(60), '😀'.repeat(100), '"'.repeat(200), '\ud800'], 4409],
    ['an id that is too long', ['統'.repeat(257)], 4400],
  ])('%s closes with its code and a reason that fits', async (_, ids, code) => {
    for (const id of ids) {
      const socket = await init(off);
      socket.subscribe(WATCHING, id).subscribe(WATCHING, id);
      await until(() => socket.closed !== null, { what: 'the close' });
      expect(socket.closed?.code).toBe(code);
      expect(Buffer.byteLength(socket.closed?.reason ?? '')).toBeLessThanOrEqual(123);
    }
  });

  it('whatever is said, the code is that of the protocol and no mistake of ours', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom('統'.repeat(100), '😀'.repeat(60), '\udc00'.repeat(50), 'x'.repeat(5000)),
    );
    const type = fc.oneof(
      fc.constantFrom('connection_init', 'subscribe', 'ping', 'pong', 'complete', 'next', 'error'),
      text,
    );
    const id = fc.option(fc.oneof(text, fc.integer(), fc.constant('1')), { nil: undefined });
    const payload = fc.oneof(
      fc.jsonValue(),
      fc.record({ query: fc.oneof(text, fc.constant(WATCHING)), variables: fc.jsonValue() }),
    );
    const message = fc.record({ type, id, payload }, { requiredKeys: ['type'] });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async (said) => {
        const socket = await init(off);
        for (const each of said) socket.say(each);
        socket.say('done');
        await until(() => socket.closed !== null, { what: 'the close' });
        expect([4400, 4409, 4429]).toContain(socket.closed?.code);
      }),
      { numRuns: runs(100) },
    );
  });
});
