/**
 * Goal    one counter as plain server-sent events, read by whatever reads those.
 * Method  the app as it is behind a fake counter-api; a reader on a bare connection, and an EventSource.
 */
import { until } from '@headcount/testing';
import { SignJWT } from 'jose';
import { EventSource } from 'undici';
import { StreamBench } from './testing/stream-bench.js';

describe('the stream of a page', () => {
  let bench: StreamBench;
  const start = async (more: Record<string, string> = {}): Promise<StreamBench> =>
    (bench = await StreamBench.start(more));
  afterEach(() => bench.stop());

  it('shows a counter at once and each change of it, with its version as id', async () => {
    const { fake } = await start();
    fake.store.add('/a/b', 'likes', 3);
    const reader = bench.read('/pages/%2Fa%2Fb/stream?name=likes');
    await until(() => reader.events.length === 1);
    expect(reader.retryMs).toBe(3000);
    expect(reader.events[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{20}-\d+$/),
      data: {
        pageId: '/a/b',
        name: 'likes',
        count: 3,
        connections: 0,
        updatedAt: null,
        staleRegions: [],
      },
    });
    fake.store.add('/a/b', 'likes', 4);
    await until(() => reader.counts.at(-1) === 7);
    expect(reader.events[1]?.id).not.toBe(reader.events[0]?.id);
    expect(bench.present('/a/b').viewers).toBe(0);
  });

  it('is not kept by caches nor held back by proxies', async () => {
    await start();
    const reader = bench.read('/pages/home/stream');
    await until(() => reader.counts.length === 1);
    expect(reader.status).toBe(200);
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
  });

  it('makes its reader present where it says viewing=1, until the connection ends', async () => {
    await start();
    const ada = bench.read('/pages/home/stream?viewing=1&v=ada');
    await until(() => ada.counts.at(-1) === 1);
    const again = bench.read('/pages/home/stream?viewing=1&v=ada');
    const bob = bench.read('/pages/home/stream?viewing=1', { 'x-headcount-user': 'bob' });
    await until(() => ada.counts.at(-1) === 2 && bench.present('home').connections === 3);
    again.vanish();
    bob.vanish();
    await until(() => ada.counts.at(-1) === 1 && bench.present('home').connections === 1);
    ada.vanish();
    await until(() => bench.present('home').viewers === 0);
  });

  it('can make its reader present and show another counter', async () => {
    await start();
    const reader = bench.read('/pages/home/stream?viewing=1&name=likes');
    await until(() => reader.counts.length === 1 && bench.present('home').viewers === 1);
    expect(reader.counts).toEqual([0]);
    reader.vanish();
    await until(() => bench.present('home').viewers === 0);
  });

  it('takes readers who say nothing of themselves for one viewer each', async () => {
    await start();
    const first = bench.read('/pages/home/stream?viewing=1');
    bench.read('/pages/home/stream?viewing=1');
    await until(() => first.counts.at(-1) === 2);
  });

  it('is what an EventSource reads, which comes back after an end', async () => {
    await start();
    const counts: unknown[] = [];
    const source = new EventSource(`${bench.app.url}/pages/home/stream?viewing=1&v=ada`);
    source.onmessage = ({ data }) => counts.push((JSON.parse(data) as { count: number }).count);
    await until(() => counts.at(-1) === 1);
    expect(source.readyState).toBe(source.OPEN);
    await bench.drain();
    await until(
      () => source.readyState === source.CONNECTING && bench.present('home').viewers === 0,
    );
    source.close();
  });

  it('ends in a stop with nobody present, and tells who comes then when to come back', async () => {
    await start();
    const reader = bench.read('/pages/home/stream?viewing=1');
    await until(() => bench.present('home').viewers === 1);
    await bench.drain();
    expect(reader.ended).toBe('complete');
    await until(() => bench.present('home').viewers === 0);
    const late = bench.read('/pages/home/stream?viewing=1');
    await until(() => late.ended === 'complete');
    expect([late.status, late.retryMs, late.events]).toEqual([200, 3000, []]);
    expect(await bench.metric('gateway_streams')).toBe(0);
  });

  it.each([
    ['/pages/a%20b/stream', 400, 'BAD_PAGE_ID'],
    ['/pages/%40site/stream?viewing=1', 400, 'BAD_PAGE_ID'],
    ['/pages/%zz/stream', 400, 'BAD_REQUEST'],
    ['/pages/home/stream?name=1', 400, 'BAD_COUNTER_NAME'],
    ['/pages/home/stream?name=a&name=b', 400, 'BAD_REQUEST'],
    ['/pages/home/stream?viewing=yes', 400, 'BAD_REQUEST'],
    ['/pages/home/stream?viewing=1&v=%0A', 400, 'BAD_VIEWER_ID'],
    ['/pages/home/stream?viewing=1&v=a&v=b', 400, 'BAD_REQUEST'],
  ])('at %s is refused with %i %s', async (path, status, code) => {
    await start();
    const reader = bench.read(path);
    await until(() => reader.ended === 'complete');
    expect(reader.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect([reader.status, JSON.parse(reader.text)]).toEqual([
      status,
      expect.objectContaining({ code, status }),
    ]);
    await until(async () => (await bench.metric('gateway_streams')) === 0);
  });

  it('takes what differs from the address for somebody else', async () => {
    await start();
    const reader = bench.read('/pages/home/stream?viewing=1&v=ada', { 'x-headcount-user': 'bob' });
    await until(() => reader.ended === 'complete');
    expect(JSON.parse(reader.text)).toMatchObject({ code: 'BAD_VIEWER_ID' });
  });

  it('is for whoever accepts it; to be present one must name it, as browsers do for it alone', async () => {
    await start();
    const watching = bench.read('/pages/home/stream', { accept: '*/*' });
    await until(() => watching.counts.length === 1);
    for (const [path, accept] of [
      ['/pages/home/stream', 'application/json'],
      ['/pages/home/stream?viewing=1', 'image/avif,image/webp,*/*;q=0.8'],
    ] as const) {
      const reader = bench.read(path, { accept });
      await until(() => reader.ended === 'complete');
      expect([reader.status, JSON.parse(reader.text)]).toEqual([
        406,
        expect.objectContaining({ code: 'NOT_ACCEPTABLE' }),
      ]);
    }
    expect(bench.present('home').viewers).toBe(0);
  });

  it('makes nobody present who asks for its head alone', async () => {
    await start();
    const head = await fetch(`${bench.app.url}/pages/home/stream?viewing=1`, {
      method: 'HEAD',
      headers: { accept: 'text/event-stream' },
    });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await bench.metric('gateway_streams_opened_total')).toBe(0);
  });

  it('is watched without a token, but nobody is present without one where AUTH is jwt', async () => {
    const AUTH_JWT_SECRET = 'a-secret-that-only-the-site-knows';
    await start({ AUTH: 'jwt', AUTH_JWT_SECRET });
    const stranger = bench.read('/pages/home/stream?viewing=1&v=ada');
    const watcher = bench.read('/pages/home/stream');
    await until(() => stranger.ended === 'complete' && watcher.counts.length === 1);
    expect([stranger.status, JSON.parse(stranger.text)]).toEqual([
      401,
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    ]);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ada')
      .setExpirationTime('1m')
      .sign(Buffer.from(AUTH_JWT_SECRET));
    const ada = bench.read('/pages/home/stream?viewing=1', { authorization: `Bearer ${token}` });
    await until(() => ada.counts.at(-1) === 1 && watcher.counts.at(-1) === 1);
  });

  it('is watched with a token for the page alone where READS is token', async () => {
    const AUTH_JWT_SECRET = 'a-secret-that-only-the-site-knows';
    await start({ AUTH: 'jwt', AUTH_JWT_SECRET, READS: 'token' });
    const tokenFor = (page: string): Promise<string> =>
      new SignJWT({ pages: [page] })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('ada')
        .setExpirationTime('1m')
        .sign(Buffer.from(AUTH_JWT_SECRET));
    const reads = async (page: string) =>
      bench.read('/pages/home/stream', { authorization: `Bearer ${await tokenFor(page)}` });
    const [nobody, other, ada] = [
      bench.read('/pages/home/stream'),
      await reads('shop'),
      await reads('home'),
    ];
    await until(() => nobody.ended === 'complete' && other.ended === 'complete');
    expect([nobody.status, other.status]).toEqual([401, 403]);
    await until(() => ada.counts.length === 1);
    expect(bench.present('home').viewers).toBe(0);
  });

  it('is refused beyond the limit of an address, until one has ended', async () => {
    await start({ SOCKETS_PER_ADDRESS_MAX: '1' });
    const first = bench.read('/pages/home/stream');
    await until(() => first.counts.length === 1);
    const second = bench.read('/pages/home/stream');
    await until(() => second.ended === 'complete');
    expect([second.status, JSON.parse(second.text)]).toEqual([
      429,
      expect.objectContaining({ code: 'TOO_MANY' }),
    ]);
    first.vanish();
    await until(async () => (await bench.metric('gateway_streams')) === 0);
    const third = bench.read('/pages/home/stream');
    await until(() => third.counts.length === 1);
  });

  it('is refused beyond the limit of all', async () => {
    await start({ SOCKETS_MAX: '1' });
    const first = bench.read('/pages/home/stream');
    await until(() => first.counts.length === 1);
    const second = bench.read('/pages/home/stream');
    await until(() => second.ended === 'complete');
    expect(second.status).toBe(429);
    expect(await bench.metric('gateway_streams_refused_total')).toBe(1);
  });
});
