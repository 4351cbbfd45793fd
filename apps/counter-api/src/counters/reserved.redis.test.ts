/**
 * Goal    no client changes what means something inside: every write path refuses every reserved name and every operation id
 *         that an app could have made, and reading stays open.
 * Method  the app as it is, with a private Redis and AUTH=off, where nothing else is forbidden; each name on each path.
 */
import type { RunningApp } from '@headcount/platform';
import { RESERVED_COUNTERS, RESERVED_OPERATION_PREFIXES } from '@headcount/protocol';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startCounterApi } from '../start.js';

/** What a client sends: a REST request, or an operation of GraphQL. */
interface Write {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly query?: string;
}

const INCREMENT = { action: 'increment' };

/** Every way to change the counter `name`. */
const writesOf = (name: string): Record<string, Write> => ({
  PUT: { method: 'PUT', path: `/home/counters/${name}`, body: INCREMENT },
  POST: { method: 'POST', path: `/home/counters/${name}`, body: INCREMENT },
  'a vote by PUT': {
    ...{ method: 'PUT', path: `/home/counters/${name}` },
    body: { ...INCREMENT, voter: 'ann' },
  },
  'a vote': { method: 'PUT', path: `/home/counters/${name}/voters/ann`, body: {} },
  'a vote for a choice': {
    ...{ method: 'PUT', path: `/home/counters/${name}/voters/ann` },
    body: { choice: 'red' },
  },
  'a vote taken back': { method: 'DELETE', path: `/home/counters/${name}/voters/ann` },
  'a batch over REST': {
    ...{ method: 'POST', path: '/counters' },
    body: { changes: [{ page: 'home', name, ...INCREMENT }] },
  },
  incrementCounter: { query: `{ incrementCounter(pageId: "home", name: "${name}") { count } }` },
  decrementCounter: { query: `{ decrementCounter(pageId: "home", name: "${name}") { count } }` },
  incrementCounters: {
    query: `{ incrementCounters(changes: [{ pageId: "home", name: "${name}" }]) { error { code message } } }`,
  },
  'the mutation vote': { query: `{ vote(pageId: "home", name: "${name}") { voted } }` },
  'the mutation unvote': { query: `{ unvote(pageId: "home", name: "${name}") { voted } }` },
});

/** Every way to give the operation id `id`. */
const keyedBy = (id: string): Record<string, Write> => {
  const keyed = { headers: { 'idempotency-key': `"${id}"` } };
  const change = { page: 'home', name: 'likes', ...INCREMENT };
  return {
    'PUT of the original API': { method: 'PUT', path: '/home/counter', body: INCREMENT, ...keyed },
    PUT: { method: 'PUT', path: '/home/counters/likes', body: INCREMENT, ...keyed },
    POST: { method: 'POST', path: '/home/counters/likes', body: INCREMENT, ...keyed },
    'the key of a batch': {
      ...{ method: 'POST', path: '/counters', body: { changes: [change] }, ...keyed },
    },
    'a key in a batch': {
      ...{ method: 'POST', path: '/counters', body: { changes: [{ ...change, key: id }] } },
    },
    incrementCounter: { query: `{ incrementCounter(pageId: "home", opId: "${id}") { count } }` },
    decrementCounter: { query: `{ decrementCounter(pageId: "home", opId: "${id}") { count } }` },
    incrementCounters: {
      query: `{ incrementCounters(changes: [{ pageId: "home", opId: "${id}" }]) { error { code message } } }`,
    },
  };
};

describe('what means something inside', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const send = async ({ method = 'POST', path = '/graphql', headers, body, query }: Write) => {
    const sent = query === undefined ? body : { query: `mutation ${query}` };
    const answer = await fetch(app.url + path, {
      method,
      headers: {
        'x-headcount-user': 'ann',
        ...(sent !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent !== undefined && { body: JSON.stringify(sent) }),
    });
    return answer.text();
  };

  describe.each([...RESERVED_COUNTERS])('the counter %s', (name, sentence) => {
    it.each(Object.entries(writesOf(name)))('is not changed by %s', async (_, write) => {
      const answer = await send(write);
      expect(answer).toContain('"code":"BAD_COUNTER_NAME"');
      expect(answer).toContain(sentence);
    });

    it('is read, and has not changed', async () => {
      const one = await fetch(`${app.url}/home/counters/${name}`);
      expect(await one.json()).toMatchObject({ count: 0 });
      for (const choice of ['', ':red']) {
        const read = await fetch(`${app.url}/counters?page=home&name=${name}${choice}`);
        expect(await read.json()).toMatchObject({ counters: [{ count: 0 }] });
      }
    });
  });

  describe.each(RESERVED_OPERATION_PREFIXES)('an operation id that begins with %s', (prefix) => {
    it.each(Object.entries(keyedBy(`${prefix}1`)))('is not taken by %s', async (_, write) => {
      const answer = await send(write);
      expect(answer).toContain('"code":"BAD_OPERATION_ID"');
      expect(answer).toContain(prefix);
    });

    it('leaves counters as they were', async () => {
      for (const name of ['likes', 'viewers']) {
        const read = await fetch(`${app.url}/counters?page=home&name=${name}`);
        expect(await read.json()).toMatchObject({ counters: [{ count: 0 }] });
      }
    });
  });
});
