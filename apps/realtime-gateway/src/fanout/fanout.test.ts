/**
 * Goal    what many ask alike is made once and shown to all of them, each at its own pace, and a socket that is slow or
 *         floods harms nobody.
 * Method  the app as it is over a fake counter-api; stock graphql-ws clients, and raw sockets where a client must misbehave.
 */
import { once } from 'node:events';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type RunningApp } from '@headcount/platform';
import { until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { testClient } from '../testing/test-client.js';
import { metricOf, startTestPair } from '../testing/test-gateway.js';

const BUCKET_LIFE = `${'0'.repeat(11)}100000000`;

describe('fan-out', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const clients: Client[] = [];
  let rev = 10;

  beforeAll(async () => {
    ({ fake, app } = await startTestPair({
      DRAIN_MS: '0',
      FANOUT_TICK_MS: '10',
      SLOW_MS: '300',
      // One that takes nothing in cannot answer a ping either, and must be found for being slow first.
      PING_INTERVAL_MS: '7500',
      PONG_TIMEOUT_MS: '7500',
      MESSAGES_PER_SECOND_MAX: '50',
    }));
  });
  afterEach(async () => {
    await Promise.allSettled(clients.splice(0).map((client) => client.dispose()));
  });
  afterAll(async () => {
    await app.close();
    await fake.stop();
  });

  /** What a subscription has shown so far, as JSON values. */
  function watch(query: string, variables: Record<string, unknown> = {}, made = client()) {
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    const end = made.subscribe(
      { query, variables },
      {
        next: ({ data, errors: failed }) => {
          seen.push(data);
          if (failed) errors.push(...failed);
        },
        error: (cause) => errors.push(cause),
        complete: () => undefined,
      },
    );
    return { seen, errors, last: () => seen.at(-1), end };
  }

  function client(): Client {
    const made = testClient(app.url, {});
    clients.push(made);
    return made;
  }

  let streamAt = 1;
  async function push(...counts: readonly (readonly [page: string, count: number])[]) {
    rev += 1;
    const values = counts.map(
      ([page, count]) => [page, 'likes', count, 0, null, BUCKET_LIFE, rev, []] as never,
    );
    await fake.push({ from: streamAt, to: streamAt + 1, values });
    streamAt += 1;
  }

  const metric = (name: string): Promise<number> => metricOf(app, name);

  const LIKES = 'subscription ($p: ID!) { counterChanged(pageId: $p, name: "likes") { count } }';

  it('makes a value once for all that ask the same, however it is written', async () => {
    const spaced = LIKES.replaceAll(' ', '\n  ').concat(' # likes');
    const all = [LIKES, LIKES, spaced].map((query) => watch(query, { p: 'shared' }));
    const other = watch(LIKES, { p: 'elsewhere' });
    await until(() => [...all, other].every(({ seen }) => seen.length === 1));
    expect(await metric('gateway_groups')).toBe(2);
    const before = await metric('gateway_renderings_total');
    await push(['shared', 5]);
    await until(() => all.every(({ seen }) => seen.length === 2));
    for (const { last } of all) expect(last()).toEqual({ counterChanged: { count: 5 } });
    expect((await metric('gateway_renderings_total')) - before).toBe(1);
    for (const { end } of [...all, other]) end();
    await until(async () => (await metric('gateway_groups')) === 0, { what: 'groups to end' });
  });

  it('shows aliases, fragments and directives as they are asked for', async () => {
    const seen = watch(
      `subscription A($with: Boolean!) {
        likes: counterChanged(pageId: "dressed", name: "likes") { ...Shown n: count @include(if: $with) }
      }
      fragment Shown on Counter { __typename pageId count @skip(if: $with) }`,
      { with: true },
    );
    await until(() => seen.seen.length > 0);
    expect(seen.last()).toEqual({ likes: { __typename: 'Counter', pageId: 'dressed', n: 0 } });
  });

  it('runs for itself what stands in a fragment or under a directive', async () => {
    const root = watch(
      'subscription { ...Root } fragment Root on Subscription { counterChanged(pageId: "r", name: "likes") { count } }',
    );
    const conditional = watch(
      'subscription { counterChanged(pageId: "r", name: "likes") @include(if: true) { count } }',
    );
    await until(() => root.seen.length > 0 && conditional.seen.length > 0);
    await push(['r', 8]);
    await until(() => root.seen.length > 1 && conditional.seen.length > 1);
    expect(root.last()).toEqual({ counterChanged: { count: 8 } });
    root.end();
    conditional.end();
  });

  it('shows several counters together, and the whole site', async () => {
    const pages = watch(
      'subscription { countersChanged(pageIds: ["one", "two"], name: "likes") { pageId count } }',
    );
    const site = watch('subscription { siteChanged { pageId count } }');
    await until(() => pages.seen.length > 0 && site.seen.length > 0);
    await push(['two', 2]);
    await until(() => pages.seen.length > 1);
    expect(pages.last()).toEqual({
      countersChanged: [
        { pageId: 'one', count: 0 },
        { pageId: 'two', count: 2 },
      ],
    });
    expect(site.last()).toMatchObject({ siteChanged: { pageId: '@site' } });
  });

  it('shows no more than was asked for with every, and the latest in the end', async () => {
    const query =
      'subscription ($every: Int) { counterChanged(pageId: "e", name: "likes", every: $every) { count } }';
    const [slow, quick] = [watch(query, { every: 2000 }), watch(query, {})];
    await until(() => slow.seen.length === 1 && quick.seen.length === 1);
    for (const count of [1, 2, 3]) {
      await push(['e', count]);
      await until(() => JSON.stringify(quick.last()).includes(`:${count}}`));
    }
    expect(slow.seen).toHaveLength(1);
    await until(() => slow.seen.length === 2, { what: 'the slow one to be shown the latest' });
    expect(slow.last()).toEqual({ counterChanged: { count: 3 } });
  });

  it.each([
    ['a pause that is too short', '{ siteChanged(every: 49) { count } }', {}],
    [
      'too many pages',
      '($p: [ID!]!) { countersChanged(pageIds: $p) { count } }',
      { p: Array(101).fill('x') },
    ],
    // GraphQL forbids it, and graphql-js throws instead of telling.
    [
      'a root field under a variable',
      '($on: Boolean!) { siteChanged @include(if: $on) { count } }',
      { on: true },
    ],
    ['no page at all', '{ countersChanged(pageIds: []) { count } }', {}],
    ['a variable that is missing', '($p: ID!) { viewing(pageId: $p) { count } }', {}],
    ['the site as a page to be on', '{ viewing(pageId: "@site") { count } }', {}],
  ])('refuses %s with an error', async (_, text, variables) => {
    const refused = watch(`subscription ${text}`, variables);
    await until(() => refused.errors.length > 0);
    expect(refused.seen).toEqual([]);
    expect(JSON.stringify(refused.errors)).toMatch(/"code":"BAD_|"code":"GRAPHQL_|"message"/);
  });

  it('sends values of several operations of a socket as one write, each to its own', async () => {
    const one = client();
    const all = ['w1', 'w2', 'w3'].map((p) => watch(LIKES, { p }, one));
    await until(() => all.every(({ seen }) => seen.length === 1));
    await push(['w1', 1], ['w2', 2], ['w3', 3]);
    await until(() => all.every(({ seen }) => seen.length === 2));
    expect(all.map(({ last }) => last())).toEqual(
      [1, 2, 3].map((count) => ({ counterChanged: { count } })),
    );
  });

  /** A socket without a client, which may take in nothing. */
  async function rawSocket(): Promise<WebSocket> {
    const socket = new WebSocket(
      `${app.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    return socket;
  }

  it('ends nothing else of an id that is used again', async () => {
    const socket = await rawSocket();
    const told: { readonly id: string; readonly type: string; readonly payload?: unknown }[] = [];
    socket.on('message', (bytes: Buffer) => told.push(JSON.parse(bytes.toString()) as never));
    const say = (message: object): void => socket.send(JSON.stringify({ id: '1', ...message }));
    const query =
      'subscription ($p: ID!) { ...Root } fragment Root on Subscription { counterChanged(pageId: $p, name: "likes") { pageId } }';
    const subscribe = (p: string): void =>
      say({ type: 'subscribe', payload: { query, variables: { p } } });
    subscribe('before');
    await until(() => told.length === 1);
    say({ type: 'complete' });
    subscribe('after');
    await until(() => told.length > 1);
    await push(['after', 1]);
    await until(() => told.length > 2, { what: 'the second to go on' });
    expect(told.slice(1).map(({ type }) => type)).toEqual(['next', 'next']);
    expect(JSON.stringify(told.slice(1))).not.toContain('before');
    socket.terminate();
  });

  const connectionOf = (socket: WebSocket) =>
    (socket as unknown as { readonly _socket: { pause(): void; resume(): void } })._socket;

  it('skips values for a socket that is slow, and sends it away when it stays so', async () => {
    const socket = await rawSocket();
    const pages = Array.from({ length: 100 }, (_, at) => `slow${at}`.padEnd(200, 'x'));
    socket.send(
      JSON.stringify({
        id: '1',
        type: 'subscribe',
        payload: {
          query:
            'subscription ($p: [ID!]!) { countersChanged(pageIds: $p, name: "likes") { pageId a: pageId b: pageId c: pageId count } }',
          variables: { p: pages },
        },
      }),
    );
    await once(socket, 'message');
    connectionOf(socket).pause();
    const page = pages[0] ?? '';
    let count = 0;
    const isSentAway = async (): Promise<boolean> => {
      // What the kernel takes in is not held here, so it takes many until it takes no more.
      for (let n = 0; n < 25; n += 1) await push([page, (count += 1)]);
      const text = await (await fetch(`${app.internalUrl}/metrics`)).text();
      return /gateway_sockets_refused_total\{[^}]*TOO_SLOW/.test(text);
    };
    await until(isSentAway, { what: 'the slow one to be sent away', timeoutMs: 30_000 });
    expect(await metric('gateway_skipped_total')).toBeGreaterThan(0);
    socket.terminate();
  }, 40_000);

  it('sends away a socket that says too much, and goes on with the others', async () => {
    const other = watch(LIKES, { p: 'calm' });
    const flood = await rawSocket();
    const closed = once(flood, 'close');
    for (let n = 0; n < 1500; n += 1) flood.send('{"type":"ping"}');
    expect((await closed)[0]).toBe(1013);
    await push(['calm', 1]);
    await until(() => JSON.stringify(other.last()).includes(':1}'));
  });

  it.each([
    ['what is no JSON', ['{'], 4400],
    ['a message of no type', ['{}'], 4400],
    ['an unknown type', ['{"type":"shout"}'], 4400],
    ['what only a server says', ['{"type":"connection_ack"}'], 4400],
    ['a second connection_init', ['{"type":"connection_init"}'], 4429],
    [
      'an id that is in use',
      Array(2).fill(
        '{"id":"1","type":"subscribe","payload":{"query":"subscription { siteChanged { count } }"}}',
      ),
      4409,
    ],
  ])('closes on %s', async (_, messages: string[], code) => {
    const socket = await rawSocket();
    const closed = once(socket, 'close');
    for (const message of messages) socket.send(message);
    expect((await closed)[0]).toBe(code);
  });

  it('closes on an operation before connection_init', async () => {
    const socket = new WebSocket(
      `${app.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    await once(socket, 'open');
    const closed = once(socket, 'close');
    socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ gateway { region } }"}}');
    expect((await closed)[0]).toBe(4401);
  });
});
