/**
 * Goal    GraphQL over server-sent events for stock graphql-sse clients, presence included.
 * Method  the app as it is behind a fake counter-api; stock clients, and bare requests for what
 *         no stock client would ask.
 */
import { seededRandom, until } from '@headcount/testing';
import { SignJWT } from 'jose';
import { EventReader } from './testing/event-reader.js';
import { StreamBench } from './testing/stream-bench.js';

const VIEWING_HOME = 'subscription { viewing(pageId: "home") { count } }';

const codeOf = (code: string): object =>
  expect.objectContaining({ extensions: expect.objectContaining({ code }) });

describe('GraphQL over an event stream', () => {
  let bench: StreamBench;
  const readers: EventReader[] = [];
  const start = async (more: Record<string, string> = {}): Promise<StreamBench> =>
    (bench = await StreamBench.start(more));
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.vanish();
    await bench.stop();
  });

  const get = (query: string, headers: Record<string, string> = {}): EventReader =>
    bench.read(`/graphql/stream?query=${encodeURIComponent(query)}`, headers);
  const post = (body: string, headers: Record<string, string> = {}): EventReader => {
    const type = { 'content-type': 'application/json' };
    const reader = new EventReader(
      `${bench.app.url}/graphql/stream`,
      { ...type, ...headers },
      { method: 'POST', body },
    );
    readers.push(reader);
    return reader;
  };
  const answerOf = async (reader: EventReader): Promise<[number | null, unknown]> => {
    await until(() => reader.ended === 'complete', { what: 'an answer' });
    return [reader.status, reader.text === '' ? null : JSON.parse(reader.text)];
  };

  it('makes the viewer of a stock client present until it unsubscribes', async () => {
    await start();
    const ada = bench.viewing(bench.client('ada'), 'home');
    await until(() => ada.counts.at(-1) === 1);
    const bob = bench.viewing(bench.client('bob'), 'home');
    await until(() => ada.counts.at(-1) === 2 && bob.counts.at(-1) === 2);
    bob.end();
    await until(() => ada.counts.at(-1) === 1);
    ada.end();
    await until(() => bench.present('home').viewers === 0);
    expect([ada.counts, bob.counts]).toEqual([[1, 2, 1], [2]]);
    await until(async () => (await bench.metric('gateway_streams')) === 0);
  });

  it('counts several streams of one viewer as one viewer with as many connections', async () => {
    await start();
    const ada = bench.client('ada');
    const seen = bench.viewing(ada, 'home');
    bench.viewing(ada, 'home');
    await until(() => bench.present('home').connections === 2);
    expect(bench.present('home').viewers).toBe(1);
    await until(() => seen.counts.at(-1) === 1);
  });

  it('makes nobody present by counterChanged', async () => {
    await start();
    const likes = bench.watching(bench.client('ada'), 'home', 'likes');
    await until(() => likes.counts.at(-1) === 0);
    bench.fake.store.add('home', 'likes', 2);
    await until(() => likes.counts.at(-1) === 2);
    expect(bench.present('home').viewers).toBe(0);
  });

  it('counts out a client that breaks off without a word', async () => {
    await start();
    const reader = get(VIEWING_HOME, { 'x-headcount-user': 'ada' });
    await until(() => bench.present('home').viewers === 1);
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    reader.vanish();
    await until(() => bench.present('home').viewers === 0);
    await until(async () => (await bench.metric('gateway_sessions')) === 0);
  });

  it('leaves nobody behind of clients that break off while they are let in', async () => {
    await start();
    const body = JSON.stringify({ query: VIEWING_HOME });
    const random = seededRandom(5);
    const many = Array.from({ length: 200 }, () => post(body));
    for (const reader of many) setTimeout(() => reader.vanish(), random() * 100);
    // On a busy machine all of those may be gone before the first is let in.
    const last = post(body);
    await until(async () => (await bench.metric('gateway_streams_opened_total')) > 0);
    last.vanish();
    await until(() => many.every(({ ended }) => ended !== null));
    await until(async () => (await bench.metric('gateway_streams')) === 0);
    await until(async () => (await bench.metric('gateway_sessions')) === 0);
    await until(() => bench.present('home').viewers === 0);
  });

  it('answers a query, and then is over', async () => {
    await start();
    const { app } = bench;
    const query = '{ gateway { region } }';
    const results = [];
    for await (const result of bench.client().iterate({ query })) results.push(result);
    expect(results).toEqual([{ data: { gateway: { region: 'local' } } }]);
    expect(await (await fetch(`${app.url}/health/live`)).text()).toContain('ok');
  });

  it.each([
    ['subscription { viewing(pageId: "a b") { count } }', 'BAD_PAGE_ID'],
    ['subscription { viewing(pageId: "@site") { count } }', 'BAD_PAGE_ID'],
    ['subscription {', 'BAD_REQUEST'],
    ['subscription { nothing }', 'BAD_REQUEST'],
    ['mutation { nothing }', 'BAD_REQUEST'],
    ['query A { gateway { region } } query B { gateway { region } }', 'BAD_REQUEST'],
    [`{ ${'__schema { types { fields { type { '.repeat(3)}`, 'BAD_REQUEST'],
    [`subscription { viewing(pageId: "/") { ${'count '.repeat(5000)} } }`, 'BAD_REQUEST'],
  ])('answers %.60s with the error %s, which ends the operation', async (query, code) => {
    await start();
    const seen = bench.subscribe(bench.client(), query);
    await until(() => seen.ended());
    expect(seen.errors).toEqual(expect.arrayContaining([codeOf(code)]));
    await until(async () => (await bench.metric('gateway_streams')) === 0);
    expect(await bench.metric('gateway_sessions')).toBe(0);
  });

  it('tells strangers nothing of the schema where others than this machine can reach it', async () => {
    const AUTH_JWT_SECRET = 'a-secret-of-more-than-thirty-two-characters';
    await start({
      HOST: '0.0.0.0',
      GATEWAY_PORT: '0',
      AUTH: 'jwt',
      AUTH_JWT_SECRET,
    });
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ada')
      .setExpirationTime('1m')
      .sign(Buffer.from(AUTH_JWT_SECRET));
    const [, stranger] = await answerOf(get(VIEWING_HOME));
    expect(stranger).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    const ada = bench.client(undefined, { headers: { authorization: `Bearer ${token}` } });
    const present = bench.viewing(ada, 'home');
    await until(() => present.counts.at(-1) === 1);
    const asking = bench.subscribe(ada, '{ __schema { types { name } } }');
    await until(() => asking.ended());
    expect(asking.errors).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/introspection/i) }),
    );
  });

  it('takes the viewer of the address where none is said otherwise', async () => {
    await start();
    const query = '?v=ada';
    bench.viewing(bench.client(undefined, { query }), 'home');
    bench.viewing(bench.client('ada', { query }), 'home');
    await until(() => bench.present('home').connections === 2);
    expect(bench.present('home').viewers).toBe(1);
    const asked = `/graphql/stream?v=ada&query=${encodeURIComponent(VIEWING_HOME)}`;
    const [status, problem] = await answerOf(bench.read(asked, { 'x-headcount-user': 'bob' }));
    expect([status, problem]).toEqual([400, expect.objectContaining({ code: 'BAD_VIEWER_ID' })]);
  });

  it.each(['PUT', 'DELETE'])(
    'says to a %s that there is no single connection mode',
    async (method) => {
      await start();
      const response = await fetch(`${bench.app.url}/graphql/stream`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, POST, OPTIONS');
      expect(await response.json()).toMatchObject({
        code: 'METHOD_NOT_ALLOWED',
        detail: expect.stringContaining('without singleConnection'),
      });
    },
  );

  it('is opened by nothing that a foreign page can have a browser send unasked', async () => {
    await start();
    const body = JSON.stringify({ query: VIEWING_HOME });
    const asked: [EventReader, number, string][] = [
      [post(body, { 'content-type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
      [
        post(body, { 'content-type': 'application/x-www-form-urlencoded' }),
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      [get(VIEWING_HOME, { accept: '*/*' }), 406, 'NOT_ACCEPTABLE'],
      [get(VIEWING_HOME, { accept: 'image/avif,*/*;q=0.8' }), 406, 'NOT_ACCEPTABLE'],
      [post(body, { accept: 'application/json' }), 406, 'NOT_ACCEPTABLE'],
    ];
    for (const [reader, status, code] of asked)
      expect(await answerOf(reader)).toEqual([status, expect.objectContaining({ code })]);
    const head = await fetch(`${bench.app.url}/graphql/stream`, { method: 'HEAD' });
    expect(head.status).toBe(405);
    expect(await bench.metric('gateway_streams_opened_total')).toBe(0);
  });

  it('answers a request that names no query as graphql-sse does', async () => {
    await start();
    expect(await answerOf(post('{}'))).toEqual([400, { errors: [{ message: 'Missing query' }] }]);
    expect(await answerOf(post('{'))).toEqual([
      400,
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    ]);
    await until(async () => (await bench.metric('gateway_streams')) === 0);
  });

  it('skips values for a reader that does not keep up, and shows it the newest', async () => {
    await start({ GRAPHQL_ALIASES_MAX: '2000' });
    // Each result is 300 kB, so that a few of them fill what the kernel holds for a reader.
    const pageId = 'p'.repeat(250);
    const names = Array.from({ length: 1200 }, (_, n) => `a${n}: pageId`).join(' ');
    const query = `subscription { counter: counterChanged(pageId: "${pageId}", name: "likes") { count ${names} } }`;
    const countsOf = (text: string): number[] =>
      [...text.matchAll(/"count":(\d+)/g)].map(([, count]) => Number(count));
    const reader = post(JSON.stringify({ query }));
    await until(() => countsOf(reader.text).length === 1);
    reader.pause();
    const pushes = 100;
    for (let count = 1; count <= pushes; count += 1) await bench.push(pageId, 'likes', count);
    expect(await bench.metric('gateway_streams_stuck_total')).toBe(0);
    reader.resume();
    await until(() => countsOf(reader.text).at(-1) === pushes, { what: 'the newest value' });
    const counts = countsOf(reader.text);
    expect(counts.length).toBeLessThan(pushes);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });

  it('ends in a stop so that a stock client comes back to the next gateway', async () => {
    await start();
    let connected = 0;
    const ada = bench.client('ada', {
      retryAttempts: 100,
      retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
      on: { connected: () => (connected += 1) },
    });
    const seen = bench.viewing(ada, 'home');
    await until(() => seen.counts.at(-1) === 1);
    const { port } = bench.app;
    await bench.drain();
    await until(() => bench.present('home').viewers === 0);
    const [status, problem] = await answerOf(get(VIEWING_HOME));
    expect([status, problem]).toEqual([503, expect.objectContaining({ code: 'SHUTTING_DOWN' })]);
    await bench.app.close();
    const before = bench;
    await start({ GATEWAY_PORT: String(port) });
    await until(() => bench.present('home').viewers === 1, { what: 'ada to come back' });
    expect([connected, seen.ended()]).toEqual([2, false]);
    seen.end();
    await before.stop();
  });
});
