/**
 * Goal    counter-api takes what gateways say as docs/protocol.md has it, and nothing else.
 * Method  the app with a private Redis, and a gateway of the test's own: signed HTTP requests, datagrams, and a
 *         server that takes pushes.
 */
import type { RunningApp } from '@headcount/platform';
import {
  PATHS,
  SITE,
  VIEWERS,
  bucketOf,
  encodeFeedDatagrams,
  withMac,
  type FeedSection,
} from '@headcount/protocol';
import { startRedis, until, type RedisServer } from '@headcount/testing';
import { startCounterApi } from '../start.js';
import { BUCKETS, KEYS, TestGateway } from './testing/test-gateway.js';

const SIGNING_KEYS = KEYS.map(({ id, secret }) => `${id}:${secret}`).join();

const section = (page: string, from: number, to: number, viewers: number): FeedSection => ({
  bucket: bucketOf(page, BUCKETS),
  from,
  to,
  entries: [{ key: page, value: { viewers, connections: viewers }, version: to }],
});

describe('intake', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let gateway: TestGateway;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS,
      GATEWAY_URLS: 'http://127.0.0.1:*',
      SYNC_INTERVAL_MS: '200',
      WATCHED_PER_GATEWAY_MAX: '1000',
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });
  beforeEach(async () => {
    gateway = await new TestGateway(app.internalUrl).open();
  });
  afterEach(() => gateway.close());

  const count = async (page: string): Promise<number> => {
    const response = await fetch(`${app.url}/${encodeURIComponent(page)}/counter`);
    return ((await response.json()) as { count: number }).count;
  };
  const dropped = async (reason: string): Promise<number> => {
    const metrics = await (await fetch(`${app.internalUrl}/metrics`)).text();
    return Number(
      new RegExp(`datagrams_dropped_total\\{[^}]*reason="${reason}"[^}]*\\} (\\d+)`).exec(
        metrics,
      )?.[1] ?? 0,
    );
  };

  it('applies a datagram, answers with what is stored, and counts the viewers', async () => {
    await gateway.sync();
    const [datagram] = gateway.datagrams([section('udp', 0, 1, 3)]);
    gateway.send(datagram ?? new Uint8Array());
    await until(() => gateway.haves.length > 0, { what: 'an answer' });
    expect(gateway.haves[0]?.sections).toEqual([{ bucket: bucketOf('udp', BUCKETS), stored: 1 }]);
    expect(await count('udp')).toBe(3);
  });

  it('lets a gateway into none of the addresses of regions, not by its key either', async () => {
    await gateway.sync();
    const body = { region: 'fra', buckets: BUCKETS, retired: [], after: null, waitMs: 0 };
    for (const path of [PATHS.digest, PATHS.pull, PATHS.quota])
      expect(await gateway.call(path, body)).toEqual({
        ok: false,
        error: { code: 'UNSIGNED', detail: 'BAD_SIGNATURE: it has none of our SIGNING_KEYS' },
      });
  });

  it('answers a gap with what is stored instead', async () => {
    await gateway.sync();
    gateway.send(gateway.datagrams([section('gap', 4, 5, 3)])[0] ?? new Uint8Array());
    await until(() => gateway.haves.length > 0, { what: 'an answer' });
    expect(gateway.haves[0]?.sections[0]?.stored).toBe(0);
    expect(await count('gap')).toBe(0);
  });

  it('drops what it must not take without an answer, and counts it by reason', async () => {
    await gateway.sync();
    const [good] = gateway.datagrams([section('drop', 0, 1, 9)]);
    const cases: [string, () => void][] = [
      ['bad_signature', () => gateway.send(good ?? new Uint8Array(), new Uint8Array(32))],
      ['malformed', () => gateway.sendRaw(new Uint8Array(10))],
      ['too_long', () => gateway.sendRaw(new Uint8Array(1201))],
      [
        'wrong_receiver',
        () =>
          gateway.send(
            gateway.datagrams([section('drop', 0, 1, 9)], gateway.instance.id)[0] ??
              new Uint8Array(),
          ),
      ],
      [
        'unknown_bucket',
        () =>
          gateway.send(
            gateway.datagrams([{ ...section('drop', 0, 1, 9), bucket: 5000 }])[0] ??
              new Uint8Array(),
          ),
      ],
      [
        'unknown_key',
        () => {
          const bytes = withMac(good ?? new Uint8Array(), gateway.keyring.sign(good ?? ''));
          bytes.set(new TextEncoder().encode('zz'), 5);
          gateway.sendRaw(bytes);
        },
      ],
      [
        'unknown_version',
        () =>
          gateway.sendRaw(
            Uint8Array.from(withMac(good ?? new Uint8Array(), new Uint8Array(32)), (byte, at) =>
              at === 2 ? 9 : byte,
            ),
          ),
      ],
    ];
    for (const [reason, send] of cases) {
      const before = await dropped(reason);
      send();
      await until(async () => (await dropped(reason)) === before + 1, { what: reason });
    }
    expect(gateway.haves).toEqual([]);
    expect(await count('drop')).toBe(0);
  });

  it('takes and answers a datagram once, whoever sends it again, and none after its gateway has gone', async () => {
    await gateway.sync();
    const [datagram = new Uint8Array()] = gateway.datagrams([section('again', 0, 1, 1)]);
    gateway.send(datagram);
    await until(() => gateway.haves.length === 1, { what: 'an answer' });
    const before = await dropped('old_number');
    for (let times = 0; times < 3; times += 1) gateway.send(datagram);
    await until(async () => (await dropped('old_number')) === before + 3, { what: 'three drops' });
    const [late = new Uint8Array()] = gateway.datagrams([section('again', 1, 2, 9)]);
    await gateway.goodbye();
    const unknown = await dropped('unknown_instance');
    gateway.send(late);
    gateway.send(datagram);
    await until(async () => (await dropped('unknown_instance')) === unknown + 2, { what: 'drops' });
    // Known again, it is new once, and what was taken before is not.
    await gateway.sync();
    gateway.send(datagram);
    await until(async () => (await dropped('old_number')) === before + 4, { what: 'a drop' });
    expect(gateway.haves).toHaveLength(1);
    expect(await count('again')).toBe(0);
  });

  it('takes no datagram of an instance that has not synced', async () => {
    await gateway.sync();
    const stranger = await new TestGateway(app.internalUrl).open();
    const before = await dropped('unknown_instance');
    const route = { keyId: 'k1', sender: stranger.instance.id, receiver: gateway.home };
    const [datagram] = encodeFeedDatagrams(route, [section('stranger', 0, 1, 1)], () => 1);
    gateway.send(datagram ?? new Uint8Array());
    await until(async () => (await dropped('unknown_instance')) === before + 1, { what: 'a drop' });
    expect(await count('stranger')).toBe(0);
    await stranger.close();
  });

  it('takes intervals and whole states over HTTP, and says in the sync what differs', async () => {
    await gateway.sync();
    const bucket = bucketOf('http', BUCKETS);
    const fed = await gateway.feed([{ bucket, from: 0, to: 2, entries: [['http', 2, 2]] }]);
    expect(fed).toEqual({ ok: true, value: { results: [[bucket, 'taken', 2]] } });
    expect(await count('http')).toBe(2);
    const synced = await gateway.sync([
      [bucket, 2, '', 0, 0],
      [(bucket + 1) % BUCKETS, 4, '', 0, 0],
    ]);
    expect(synced.ok && synced.value.stored).toEqual([[(bucket + 1) % BUCKETS, 0]]);
    await gateway.feed([{ bucket, from: null, to: 3, entries: [] }]);
    expect(await count('http')).toBe(0);
  });

  it('refuses what is unsigned, replayed, misplaced or of a stranger', async () => {
    const unsigned = await fetch(`${app.internalUrl}${PATHS.sync}`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(unsigned.status).toBe(401);
    expect(await gateway.feed([])).toMatchObject({
      ok: false,
      error: { refusal: 'UNKNOWN_INSTANCE' },
    });
    expect(await gateway.sync([], { buckets: 512 })).toMatchObject({
      ok: false,
      error: { refusal: 'BUCKETS_MISMATCH' },
    });
    expect(await gateway.sync([], { url: 'http://198.51.100.7:4001' })).toMatchObject({
      ok: false,
      error: { refusal: 'ADDRESS_NOT_ALLOWED' },
    });
    await gateway.sync();
    const elsewhere = [
      {
        bucket: (bucketOf('home', BUCKETS) + 1) % BUCKETS,
        from: 0,
        to: 1,
        entries: [['home', 1, 1]],
      },
    ];
    expect(await gateway.feed(elsewhere)).toMatchObject({ ok: false, error: { status: 400 } });
    const large = await fetch(`${app.internalUrl}${PATHS.feed}`, {
      method: 'POST',
      body: JSON.stringify({ messages: 'x'.repeat(1_100_000) }),
      headers: { 'content-type': 'application/json' },
    });
    expect(large.status).toBe(413);
  });

  it('refuses a part of an interest whose rest it does not hold', async () => {
    await gateway.sync();
    expect(await gateway.interest([['part', VIEWERS]])).toMatchObject({
      ok: false,
      error: { refusal: 'UNKNOWN_INSTANCE' },
    });
    expect((await gateway.interest([['part', VIEWERS]], { whole: true })).ok).toBe(true);
    expect((await gateway.interest([['another', VIEWERS]])).ok).toBe(true);
  });

  it('takes no more interest of a gateway than one may have, and the rest goes on', async () => {
    await gateway.sync();
    const all = Array.from({ length: 1002 }, (_, n): [string, string] => [`room-${n}`, VIEWERS]);
    const full = { counters: [1000, 1001], users: [], pages: [] };
    const asked = await gateway.interest(all, { whole: true });
    expect(asked).toMatchObject({ ok: true, value: { refused: full } });
    expect(asked.ok && asked.value.values).toHaveLength(1000);
    // What is held is answered, and what is dropped makes room.
    const again = await gateway.interest([['room-0', VIEWERS]]);
    expect(again.ok && [again.value.values.length, again.value.refused]).toEqual([1, undefined]);
    const swapped = await gateway.interest([['room-1001', VIEWERS]], {
      drop: [['room-999', VIEWERS]],
    });
    expect(swapped.ok && [swapped.value.values.length, swapped.value.refused]).toEqual([
      1,
      undefined,
    ]);
    const another = await new TestGateway(app.internalUrl).open();
    await another.sync();
    const others = await another.interest([['room-1000', VIEWERS]], { whole: true });
    expect(others.ok && others.value.values).toHaveLength(1);
    await another.close();
  });

  it('answers interest with values and pushes what changes', async () => {
    await gateway.sync();
    const asked = await gateway.interest(
      [
        ['pushed', VIEWERS],
        [SITE, VIEWERS],
      ],
      { whole: true },
    );
    expect(asked.ok && asked.value.values.map(([page, , shown]) => [page, shown])).toEqual([
      ['pushed', 0],
      ['@site', 0],
    ]);
    await fetch(`${app.url}/pushed/counter`, {
      method: 'PUT',
      body: '{"action":"increment"}',
      headers: { 'content-type': 'application/json' },
    });
    await until(
      () =>
        gateway.pushes.some(({ values }) =>
          values.some(([page, , shown]) => page === 'pushed' && shown === 1),
        ),
      { what: 'a push' },
    );
    expect((await gateway.sync()).ok).toBe(true);
  });

  it('pushes the latest value once the gateway takes pushes again', async () => {
    await gateway.sync();
    await gateway.interest([['slow', VIEWERS]], { whole: true });
    gateway.pushStatus = 500;
    const raise = () =>
      fetch(`${app.url}/slow/counter`, {
        method: 'PUT',
        body: '{"action":"increment"}',
        headers: { 'content-type': 'application/json' },
      });
    for (let times = 0; times < 5; times += 1) await raise();
    gateway.pushStatus = 204;
    await until(() => gateway.pushes.at(-1)?.values.some(([, , shown]) => shown === 5) ?? false, {
      what: 'the latest value',
    });
  });

  it('counts a gateway out at once when it says goodbye', async () => {
    await gateway.sync();
    await gateway.feed([
      { bucket: bucketOf('bye', BUCKETS), from: 0, to: 1, entries: [['bye', 4, 4]] },
    ]);
    expect(await count('bye')).toBe(4);
    expect(await gateway.goodbye()).toEqual({ ok: true, value: { buckets: 1 } });
    expect(await count('bye')).toBe(0);
  });

  it('counts out a gateway that has fallen silent, and in again what comes back', async () => {
    const other = await new TestGateway(app.internalUrl).open();
    await gateway.sync();
    const bucket = bucketOf('silent', BUCKETS);
    await gateway.feed([{ bucket, from: 0, to: 1, entries: [['silent', 4, 4]] }]);
    await until(
      async () => {
        await other.sync();
        return (await count('silent')) === 0;
      },
      { what: 'the silent gateway counted out', timeoutMs: 20_000 },
    );
    const synced = await gateway.sync([[bucket, 1, '', 0, 0]]);
    expect(synced.ok && synced.value.stored).toEqual([[bucket, 0]]);
    await gateway.feed([{ bucket, from: null, to: 1, entries: [['silent', 4, 4]] }]);
    expect(await count('silent')).toBe(4);
    await other.close();
  });

  it('tells watchers the truth after Redis was flushed', async () => {
    await gateway.sync();
    await gateway.feed([
      { bucket: bucketOf('flushed', BUCKETS), from: 0, to: 1, entries: [['flushed', 4, 4]] },
    ]);
    await gateway.interest([['flushed', VIEWERS]], { whole: true });
    await redis.flush();
    const last = () =>
      gateway.pushes
        .flatMap(({ values }) => values)
        .filter(([page]) => page === 'flushed')
        .at(-1);
    await until(() => last()?.[2] === 0, { what: 'a push of 0' });
  });
});
