/**
 * Goal    no viewer holds more of a gateway than one may, over sockets and streams alike; what is refused is refused with TOO_MANY,
 *         and everything else goes on.
 * Method  the app as it is, with low quotas, over a fake counter-api; stock clients and fetch.
 */
import { createClient as createStreamClient } from 'graphql-sse';
import type { Client } from 'graphql-ws';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { RunningApp } from '@headcount/platform';
import { PATHS } from '@headcount/protocol';
import { until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { testClient, viewing, watching } from '../testing/test-client.js';
import { metricOf, startTestPair } from '../testing/test-gateway.js';

interface Told {
  readonly extensions?: { readonly code?: string };
}

describe('quotas', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const clients: Client[] = [];
  const start = async (more: Record<string, string>): Promise<void> => {
    ({ fake, app } = await startTestPair({ DRAIN_MS: '0', FANOUT_TICK_MS: '1', ...more }));
  };
  afterEach(async () => {
    await Promise.allSettled(clients.splice(0).map((client) => client.dispose()));
    await app.close();
    await fake.stop();
  });

  const client = (viewerId?: string): Client => {
    const made = testClient(app.url, viewerId === undefined ? {} : { viewerId });
    clients.push(made);
    return made;
  };
  /** Watches pages in one operation, in a group or alone: `shown`, or the code of its error. */
  const watchAll = async (made: Client, pageIds: readonly string[], isAlone = false) => {
    const field = 'countersChanged(pageIds: $pageIds) { pageId }';
    const text = isAlone
      ? `subscription S($pageIds: [ID!]!) { ...Root } fragment Root on Subscription { ${field} }`
      : `subscription S($pageIds: [ID!]!) { ${field} }`;
    const seen: string[] = [];
    const codes = (errors: unknown) =>
      (errors as readonly Told[]).map(({ extensions }) => extensions?.code).join();
    const end = made.subscribe(
      { query: text, variables: { pageIds } },
      {
        next: ({ errors }) => seen.push(errors ? codes(errors) : 'shown'),
        error: (cause) => seen.push(codes(cause)),
        complete: () => undefined,
      },
    );
    await until(() => seen.length > 0);
    return { outcome: seen[0], end };
  };
  const pages = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, n) => `page-${from + n}`);
  const wanted = (): Promise<number> => metricOf(app, 'gateway_counters_wanted');
  const asked = (): Set<string> =>
    new Set(fake.bodies(PATHS.interest).flatMap(({ add }) => add.map(([pageId]) => pageId)));

  it('gives a viewer so many sockets and streams, and others theirs', async () => {
    await start({ SOCKETS_PER_VIEWER_MAX: '2' });
    const [one, stream] = [
      client('ann'),
      createStreamClient({
        url: `${app.url}/graphql/stream`,
        headers: { 'x-headcount-user': 'ann' },
        retryAttempts: 0,
      }),
    ];
    await until(() => watchedBy(one) === 0);
    const streamed = stream.iterate({
      query: 'subscription { viewing(pageId: "home") { count } }',
    });
    await streamed.next();
    const socket = new WebSocket(
      `${app.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { viewerId: 'ann' } }));
    expect(((await once(socket, 'close')) as [number])[0]).toBe(1013);
    for (const path of ['/pages/home/stream?v=ann&viewing=1', '/graphql/stream?v=ann&query=x']) {
      const refused = await fetch(app.url + path, { headers: { accept: 'text/event-stream' } });
      expect([path, refused.status]).toEqual([path, 429]);
      expect(await refused.json()).toMatchObject({ code: 'TOO_MANY' });
    }
    // Unnamed viewers, and other viewers, are admitted.
    const others = [watching(client('bob'), 'home'), watching(client(), 'home')];
    await until(() => others.every(({ last }) => last() !== undefined));
    // Who has left makes room.
    await one.dispose();
    const again = viewing(client('ann'), 'home');
    await until(() => again.last() === 1);
    stream.dispose();
    const text = await (await fetch(`${app.internalUrl}/metrics`)).text();
    expect(text).toMatch(/gateway_quota_refusals_total\{[^}]*quota="socketsPerViewer"[^}]*\} 3/);
  });

  /** Has a client connect; 0 once it has been shown something. */
  function watchedBy(made: Client): number {
    seenBy.set(made, seenBy.get(made) ?? watching(made, 'home'));
    return seenBy.get(made)?.last() ?? -1;
  }
  const seenBy = new WeakMap<Client, ReturnType<typeof watching>>();

  it.each([false, true])(
    'bounds the counters of a socket, its operations all together (alone: %p)',
    async (isAlone) => {
      await start({ WATCHED_PER_SOCKET_MAX: '150' });
      const ann = client('ann');
      const first = await watchAll(ann, pages(0, 100), isAlone);
      expect(first.outcome).toBe('shown');
      expect((await watchAll(ann, pages(100, 151), isAlone)).outcome).toBe('TOO_MANY');
      // Nothing of it is held, and what is watched already costs nothing.
      expect([await wanted(), asked().has('page-100')]).toEqual([100, false]);
      expect((await watchAll(ann, pages(0, 100), isAlone)).outcome).toBe('shown');
      expect((await watchAll(ann, pages(100, 150), isAlone)).outcome).toBe('shown');
      expect((await watchAll(ann, pages(150, 151), isAlone)).outcome).toBe('TOO_MANY');
      first.end();
      expect((await watchAll(ann, pages(150, 151), isAlone)).outcome).toBe('TOO_MANY');
      expect((await watchAll(client('ann'), pages(150, 151), isAlone)).outcome).toBe('shown');
    },
  );

  it('bounds the counters of a viewer and of the gateway, and counts them down when sockets close', async () => {
    await start({ WATCHED_PER_VIEWER_MAX: '120', WATCHED_MAX: '1000' });
    const [one, other] = [client('ann'), client('ann')];
    expect((await watchAll(one, pages(0, 100))).outcome).toBe('shown');
    expect((await watchAll(other, pages(0, 21))).outcome).toBe('TOO_MANY');
    expect((await watchAll(other, pages(0, 20))).outcome).toBe('shown');
    await one.dispose();
    await until(async () => (await watchAll(other, pages(0, 90))).outcome === 'shown');
    for (let n = 1; n < 10; n += 1)
      expect((await watchAll(client(`${n}`), pages(n * 100, n * 100 + 100))).outcome).toBe('shown');
    expect((await watchAll(client('late'), pages(1000, 1001))).outcome).toBe('TOO_MANY');
    // What is watched already anybody may watch.
    expect((await watchAll(client('late'), pages(900, 1000))).outcome).toBe('shown');
    const refused = await fetch(`${app.url}/pages/page-1000/stream`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(refused.status).toBe(429);
  });

  it('takes the readers without a token of an address for twenty viewers', async () => {
    await start({
      ...{ WATCHED_PER_VIEWER_MAX: '2', SOCKETS_PER_VIEWER_MAX: '1' },
      ...{ AUTH: 'jwt', AUTH_JWT_SECRET: 'a-secret-that-only-the-site-knows' },
    });
    const reader = (): Client => {
      const made = testClient(app.url, { watch: true });
      clients.push(made);
      return made;
    };
    const readers = Array.from({ length: 20 }, reader);
    for (const [n, each] of readers.entries())
      expect((await watchAll(each, pages(2 * n, 2 * n + 2))).outcome).toBe('shown');
    expect((await watchAll(reader(), pages(40, 41))).outcome).toBe('TOO_MANY');
    await readers[0]?.dispose();
    await until(async () => (await watchAll(reader(), pages(40, 41))).outcome === 'shown');
  });

  it('bounds the text of a viewer, over sockets and streams', async () => {
    await start({});
    const query = `subscription { a${'x'.repeat(60_000)}: viewing(pageId: "home") { count } }`;
    const long = () =>
      new Promise<string>((tell) => {
        client('ann').subscribe(
          { query },
          {
            next: () => tell('shown'),
            error: (cause) => tell((cause as readonly Told[])[0]?.extensions?.code ?? ''),
            complete: () => undefined,
          },
        );
      });
    const fits = Math.floor(1_048_576 / 60_100);
    const outcomes = await Promise.all(Array.from({ length: fits }, long));
    expect(new Set(outcomes)).toEqual(new Set(['shown']));
    expect(await long()).toBe('TOO_MANY');
    const stream = await fetch(`${app.url}/graphql/stream`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'x-headcount-user': 'ann',
      },
      body: JSON.stringify({ query }),
    });
    expect([stream.status, await stream.json()]).toMatchObject([429, { code: 'TOO_MANY' }]);
    for (const viewerId of ['ann', 'bob'])
      expect((await watchAll(client(viewerId), pages(0, 1))).outcome).toBe('shown');
    await clients[0]?.dispose();
    await until(async () => (await long()) === 'shown', { what: 'room again' });
  });

  it('bounds the questions for trending pages of a viewer', async () => {
    await start({});
    const ann = client('ann');
    const ask = (made: Client, name: string) =>
      new Promise<string>((tell) => {
        made.subscribe(
          { query: `subscription { trendingChanged(name: "${name}") { gain } }` },
          {
            next: () => tell('shown'),
            error: (cause) => tell((cause as readonly Told[])[0]?.extensions?.code ?? ''),
            complete: () => undefined,
          },
        );
      });
    for (let n = 0; n < 16; n += 1) expect(await ask(ann, `name${n}`)).toBe('shown');
    expect(await ask(ann, 'name16')).toBe('TOO_MANY');
    expect(await ask(ann, 'name0')).toBe('shown');
    expect(await ask(client('bob'), 'name16')).toBe('shown');
  });

  it('shows no unread of a user whose pages it has no room for, until there is', async () => {
    await start({ WATCHED_MAX: '1000' });
    const { unread } = fake.store;
    for (let n = 0; n < 999; n += 1) unread.follow('bob', `bob-${n}`);
    for (const page of ['home', 'blog']) unread.follow('ann', page);
    const watch = (viewerId: string) => {
      const seen: unknown[] = [];
      const codes = (errors: readonly Told[]) => errors.map(({ extensions }) => extensions?.code);
      const end = client(viewerId).subscribe<{ unreadChanged: { total: number } }>(
        { query: 'subscription { unreadChanged { total } }' },
        {
          next: ({ data, errors }) =>
            seen.push(data?.unreadChanged.total ?? codes((errors ?? []) as readonly Told[])),
          error: (cause) => seen.push(codes(cause as readonly Told[])),
          complete: () => undefined,
        },
      );
      return { seen, end };
    };
    const ann = watch('ann');
    await until(() => ann.seen.length === 1);
    const bob = watch('bob');
    await until(() => bob.seen.length === 1);
    expect([ann.seen, bob.seen]).toEqual([[0], [['TOO_MANY']]]);
    for (let n = 10; n < 999; n += 1) unread.unfollow('bob', `bob-${n}`);
    await until(() => bob.seen.at(-1) === 0);
    unread.modify('bob-3');
    unread.modify('home');
    await until(() => bob.seen.at(-1) === 1 && ann.seen.at(-1) === 1);
  });
});
