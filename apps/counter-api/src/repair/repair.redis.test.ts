/**
 * Goal    a counter that refuses every increment is repaired by an operator, over REST, GraphQL and the command, and increments
 *         again; other callers may not, a key sets once, and the log names who has set what.
 * Method  the app as it is, with a private Redis; requests over HTTP with a token and API keys made here. The damage is done in Redis,
 *         as callers may not be able to do it any more.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Redis from 'ioredis';
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { bucketOf } from '@headcount/protocol';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const run = promisify(execFile);
const COMMAND = join(__dirname, '../../../../tools/counter/counter.mjs');
const SECRET = 'a secret of at least 32 characters';
const MAX = Number.MAX_SAFE_INTEGER;
const BUCKETS = 8;
const keyOf = (sign: string): string => `hck_${sign.repeat(43)}`;
const KEYS = { ops: keyOf('o'), cms: keyOf('c'), blog: keyOf('b') };

const lineOf = (name: keyof typeof KEYS, rights: object = {}): string =>
  JSON.stringify({
    name,
    sha256: createHash('sha256').update(KEYS[name]).digest('hex'),
    ...rights,
  });

describe('repairing a counter', () => {
  let server: RedisServer;
  let redis: Redis;
  let app: RunningApp;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: server.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      BUCKETS: String(BUCKETS),
      AUTH: 'jwt',
      AUTH_JWT_SECRET: SECRET,
      OPERATORS: 'key:ops',
      BOUNDED_COUNTERS: 'stock',
      API_KEYS: [
        lineOf('ops', { pages: ['*'], counters: ['*'] }),
        lineOf('cms', { pages: ['*'], counters: ['*'] }),
        lineOf('blog', { scope: 'operate', pages: ['blog/*'] }),
      ].join('\n'),
    });
  });
  afterAll(async () => {
    await app.close();
    redis.disconnect();
    await server.stop();
  });

  const send = async (method: string, path: string, body?: unknown, by = KEYS.ops, id?: string) => {
    const response = await fetch(app.url + path, {
      method,
      headers: {
        authorization: `Bearer ${by}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(id !== undefined && { 'idempotency-key': `"${id}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const replayed = response.headers.get('idempotency-replayed');
    return {
      status: response.status,
      replayed,
      body: (await response.json()) as { sets?: unknown },
    };
  };
  const set = (page: string, body: unknown, by?: string, id?: string, name = 'likes') =>
    send('PUT', `/${encodeURIComponent(page)}/counters/${name}/value`, body, by, id);
  const increment = (page: string, by = 1) =>
    send('PUT', `/${page}/counters/likes`, { action: 'increment', by });
  const graphql = async (query: string, by = KEYS.ops) =>
    (await send('POST', '/graphql', { query }, by)).body;
  const command = async (...words: string[]) =>
    run(process.execPath, [COMMAND, ...words, '--url', app.url], {
      env: { ...process.env, HEADCOUNT_KEY: KEYS.ops },
    });

  /** What a caller had once added and taken away again: the totals are full, the count is 0. */
  async function damage(page: string): Promise<void> {
    expect((await increment(page)).status).toBe(200);
    const [shelf = ''] = await redis.keys(`hc:{${bucketOf(page, BUCKETS)}}:shelf:*`);
    await redis.hset(shelf, `${page} likes`, `${MAX},${MAX},0,1,1`);
    expect(await increment(page)).toMatchObject({ status: 409, body: { code: 'OUT_OF_RANGE' } });
  }

  it('makes it increment again, by PUT', async () => {
    await damage('rest');
    expect(await set('rest', { value: 120, reason: 'full' })).toMatchObject({
      ...{ status: 200, body: { count: 120, before: 0, updated_at: expect.any(String) } },
    });
    expect(await increment('rest')).toMatchObject({ status: 200, body: { count: 121 } });
  });

  it('makes it increment again, by the mutation setCounter', async () => {
    await damage('graphql');
    const made = await graphql(
      'mutation { setCounter(pageId: "graphql", name: "likes", value: 7, reason: "full", opId: "a") { counter { count } before replayed } }',
    );
    expect(made).toEqual({
      data: { setCounter: { counter: { count: 7 }, before: 0, replayed: false } },
    });
    expect(await increment('graphql')).toMatchObject({ status: 200, body: { count: 8 } });
    const sets = await graphql(
      '{ counterSets(pageId: "graphql", name: "likes") { by before after reason opId } }',
    );
    expect(sets).toMatchObject({
      data: { counterSets: [{ by: 'key:ops', before: 0, after: 7, reason: 'full' }] },
    });
  });

  it('makes it increment again, by the command', async () => {
    await damage('command');
    const { stdout } = await command('set', 'command', 'likes', '-3', '--reason', 'it was full');
    expect(stdout).toBe('likes of command: -3; it was 0.\n');
    expect(await increment('command')).toMatchObject({ status: 200, body: { count: -2 } });
    expect((await command('show', 'command', 'likes')).stdout).toBe('likes of command: -2.\n');
    expect((await command('sets', 'command', 'likes')).stdout).toMatch(
      /^\S+Z {2}key:ops {2}0 -> -3 {2}it was full\n$/,
    );
    await expect(command('set', 'command', 'likes', 'much')).rejects.toMatchObject({ code: 1 });
    await expect(command('set', 'a b', 'likes', '1')).rejects.toMatchObject({
      stderr: expect.stringContaining('BAD_PAGE_ID'),
    });
  });

  it('is done once under a key, and told as done again', async () => {
    expect(await set('once', { value: 5 }, KEYS.ops, 'k')).toMatchObject({ replayed: null });
    await increment('once');
    expect(await set('once', { value: 5 }, KEYS.ops, 'k')).toMatchObject({
      ...{ status: 200, replayed: 'true', body: { count: 6, before: 0 } },
    });
    expect(await set('once', { value: 6 }, KEYS.ops, 'k')).toMatchObject({
      ...{ status: 422, body: { code: 'OPERATION_ID_REUSED' } },
    });
    // The same key is another operation on another page, and another operator's.
    for (const page of ['twice', 'thrice', 'often'])
      expect(await set(page, { value: 5 }, KEYS.ops, 'k')).toMatchObject({ replayed: null });
    expect(await set('blog/once', { value: 5 }, KEYS.blog, 'k')).toMatchObject({ replayed: null });
    expect(await set('blog/once', { value: 6 }, KEYS.ops, 'k')).toMatchObject({ replayed: null });
    const { body } = await send('GET', '/once/counters/likes/sets');
    expect(body.sets).toEqual([
      { at: expect.any(String), by: 'key:ops', before: 0, after: 5, reason: null, key: 'k' },
    ]);
  });

  it('mends the modifications of a page, which nobody else may change', async () => {
    const body = { value: 2 };
    expect(await set('home', body, KEYS.ops, undefined, 'modifications')).toMatchObject({
      ...{ status: 200, body: { count: 2 } },
    });
  });

  it('is for operators, of the pages that they may see', async () => {
    const ann = await new SignJWT({ sub: 'ops' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1 hour')
      .sign(Buffer.from(SECRET));
    const forbidden = { status: 403, body: { code: 'FORBIDDEN' } };
    for (const by of [KEYS.cms, ann]) {
      expect(await set('closed', { value: 1 }, by)).toMatchObject(forbidden);
      expect(await send('GET', '/closed/counters/likes/sets', undefined, by)).toMatchObject(
        forbidden,
      );
      const asked = [
        'mutation { setCounter(pageId: "closed", name: "likes", value: 1) { replayed } }',
        '{ counterSets(pageId: "closed", name: "likes") { by } }',
      ];
      for (const query of asked)
        expect(await graphql(query, by)).toMatchObject({
          errors: [{ extensions: { code: 'FORBIDDEN' } }],
        });
    }
    expect(await set('closed', { value: 1 }, 'nobody')).toMatchObject({ status: 401 });
    expect(await set('closed', { value: 1 }, KEYS.blog)).toMatchObject(forbidden);
    expect(await set('blog/1', { value: 1 }, KEYS.blog)).toMatchObject({ status: 200 });
    const { body } = await send('GET', '/closed/counters/likes');
    expect(body).toMatchObject({ count: 0 });
  });

  it.each([
    ['no value', {}, 'BAD_AMOUNT'],
    ['a text', { value: '5' }, 'BAD_AMOUNT'],
    ['a fraction', { value: 0.5 }, 'BAD_AMOUNT'],
    ['a value near 2^53', { value: MAX }, 'BAD_AMOUNT'],
    ['an empty reason', { value: 5, reason: '' }, 'BAD_REQUEST'],
    ['a reason that is a story', { value: 5, reason: 'x'.repeat(501) }, 'BAD_REQUEST'],
    ['a field that is not known', { value: 5, by: 'ann' }, 'BAD_REQUEST'],
    ['no object', [5], 'BAD_REQUEST'],
  ])('refuses %s, and leaves the counter as it was', async (_, body, code) => {
    expect(await set('refused', body)).toMatchObject({ status: 400, body: { code } });
    expect((await send('GET', '/refused/counters/likes')).body).toMatchObject({ count: 0 });
  });

  it('never sets a bounded counter below zero', async () => {
    const under = { value: -1 };
    expect(await set('home', under, KEYS.ops, undefined, 'stock')).toMatchObject({ status: 400 });
    const zero = { value: 0 };
    expect(await set('home', zero, KEYS.ops, undefined, 'stock')).toMatchObject({ status: 200 });
  });
});
