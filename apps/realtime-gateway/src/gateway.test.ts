/**
 * Goal    the gateway speaks docs/protocol.md on one side and graphql-ws on the other, and brings
 *         the two together, whatever is lost, refused or forgotten.
 * Method  the app as it is; a fake counter-api that speaks the protocol over real HTTP and UDP;
 *         stock graphql-ws clients over real sockets.
 */
import { createHash } from 'node:crypto';
import {
  PATHS,
  SIGNATURE_HEADERS,
  SITE,
  bucketOf,
  signingInput,
  type InstanceId,
} from '@headcount/protocol';
import { type RunningApp } from '@headcount/platform';
import { freePort, seededRandom, until } from '@headcount/testing';
import type { Client } from 'graphql-ws';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { FakeCounterApi } from './testing/fake-counter-api.js';
import { FakeStore, TEST_BUCKETS } from './testing/fake-store.js';
import { testClient, viewing, watching, type Seen } from './testing/test-client.js';
import { metricOf, startTestGateway, untilRegistered } from './testing/test-gateway.js';

describe('realtime gateway', () => {
  const apps: RunningApp[] = [];
  const fakes: FakeCounterApi[] = [];
  const clients: Client[] = [];
  afterEach(async () => {
    // One that is just connecting to what has been stopped says so.
    await Promise.allSettled(clients.splice(0).map((client) => client.dispose()));
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
  });

  async function fakeApi(
    options: Parameters<typeof FakeCounterApi.start>[0] = {},
  ): Promise<FakeCounterApi> {
    const fake = await FakeCounterApi.start(options);
    fakes.push(fake);
    return fake;
  }

  async function gateway(
    urls: readonly string[],
    more: Record<string, string> = {},
  ): Promise<RunningApp> {
    const app = await startTestGateway(urls, more);
    apps.push(app);
    return app;
  }

  function client(app: RunningApp, viewerId?: string): Client {
    const made = testClient(app.url, viewerId === undefined ? {} : { viewerId });
    clients.push(made);
    return made;
  }

  async function pair(
    more: Record<string, string> = {},
  ): Promise<{ fake: FakeCounterApi; app: RunningApp }> {
    const fake = await fakeApi();
    const app = await gateway([fake.url], more);
    await untilRegistered(fake);
    return { fake, app };
  }

  const ready = async (app: RunningApp): Promise<boolean> =>
    (await fetch(`${app.url}/health/ready`)).ok;

  describe('uplink', () => {
    it('registers by a sync before it sends anything else', async () => {
      const fake = await fakeApi();
      fake.refuseWith = 'STORE_UNAVAILABLE';
      const app = await gateway([fake.url]);
      viewing(client(app, 'ada'), '/');
      await until(async () => (await metricOf(app, 'gateway_sessions')) === 1);
      expect(await ready(app)).toBe(false);
      expect(await (await fetch(`${app.internalUrl}/health/ready`)).text()).toMatch(
        /no sync with counter-api has succeeded for \d s: http.*STORE_UNAVAILABLE/,
      );
      expect(await metricOf(app, 'gateway_datagrams_sent_total')).toBe(0);
      fake.refuseWith = null;
      await until(() => fake.store.presenceOn('/').viewers === 1, { what: 'ada to be counted' });
      expect(fake.requests[0]).toMatchObject({
        path: PATHS.sync,
        body: { buckets: TEST_BUCKETS, url: app.internalUrl, stream: null },
      });
      expect(await ready(app)).toBe(true);
    });

    it('sends changes by datagram alone once one has been answered', async () => {
      const { fake, app } = await pair();
      viewing(client(app, 'ada'), '/');
      await until(async () => (await metricOf(app, 'gateway_datagrams_work')) === 1);
      const posts = fake.bodies(PATHS.feed).length;
      const bob = viewing(client(app, 'bob'), '/');
      await until(() => fake.store.presenceOn('/').viewers === 2);
      bob.end();
      await until(() => fake.store.presenceOn('/').viewers === 1);
      await until(() => fake.store.presenceOn(SITE).connections === 1);
      expect(fake.store.presenceOn(SITE).viewers).toBe(1);
      expect(fake.bodies(PATHS.feed)).toHaveLength(posts);
      expect(fake.datagrams.length).toBeGreaterThan(1);
    });

    it('sends again what was lost', async () => {
      const { fake, app } = await pair({ SYNC_INTERVAL_MS: '10000' });
      viewing(client(app, 'ada'), '/');
      await until(async () => (await metricOf(app, 'gateway_datagrams_work')) === 1);
      let lost = 0;
      fake.loses = () => (lost += 1) <= 2;
      const posts = fake.bodies(PATHS.feed).length;
      viewing(client(app, 'bob'), '/');
      await until(() => fake.store.presenceOn('/').viewers === 2, { what: 'bob to be counted' });
      expect(lost).toBeGreaterThan(2);
      expect(fake.bodies(PATHS.feed)).toHaveLength(posts);
    });

    it('is exact at rest although a third of the datagrams and of the answers are lost', async () => {
      const { fake, app } = await pair();
      const random = seededRandom(7);
      fake.loses = () => {
        fake.losesAnswers = random() < 0.3;
        return random() < 0.3;
      };
      const people = Array.from({ length: 12 }, (_, n) => client(app, `viewer ${n}`));
      const present = new Map<number, { page: string; seen: Seen }>();
      for (let step = 0; step < 120; step += 1) {
        const who = Math.floor(random() * people.length);
        const page = `/${Math.floor(random() * 5)}`;
        present.get(who)?.seen.end();
        present.set(who, { page, seen: viewing(people[who]!, page) });
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const count = (page: string): number =>
        [...present.values()].filter((one) => one.page === page).length;
      await until(() =>
        [...present.values()].every(({ page, seen }) => seen.last() === count(page)),
      );
      for (const page of ['/0', '/1', '/2', '/3', '/4']) {
        expect([page, fake.store.presenceOn(page).viewers]).toEqual([page, count(page)]);
      }
    });

    it('has a sync mend what Redis has forgotten', async () => {
      const { fake, app } = await pair();
      viewing(client(app, 'ada'), '/');
      await until(() => fake.store.presenceOn('/').viewers === 1);
      fake.store.forget();
      await until(() => fake.store.presenceOn('/').viewers === 1, { what: 'the sync to mend it' });
      expect(fake.store.presenceOn(SITE).viewers).toBe(1);
    });

    it('sends whole state where an interval would not tell of pages that are gone', async () => {
      const { fake, app } = await pair();
      const ada = client(app, 'ada');
      viewing(ada, '/');
      const second = viewing(ada, '/gone');
      await until(() => fake.store.presenceOn('/gone').viewers === 1);
      second.end();
      await until(() => fake.store.presenceOn('/gone').viewers === 0);
      await until(() =>
        fake
          .bodies(PATHS.sync)
          .at(-1)
          ?.versions.every(([b, to]) => fake.store.storedOf(fake.gateway, b) === to),
      );
      fake.store.forget();
      await until(() => fake.store.presenceOn('/').viewers === 1);
      const messages = fake.bodies(PATHS.feed).flatMap(({ messages: sent }) => sent);
      expect(messages.some(({ from }) => from === null)).toBe(true);
    });

    it('counts at once where datagrams do not get through, and says so', async () => {
      const fake = await fakeApi();
      fake.loses = () => true;
      const app = await gateway([fake.url], { SYNC_INTERVAL_MS: '10000' });
      await until(() => fake.bodies(PATHS.interest).length > 0);
      const begunMs = performance.now();
      viewing(client(app, 'ada'), '/');
      await until(() => fake.store.presenceOn('/').viewers === 1);
      viewing(client(app, 'bob'), '/');
      await until(() => fake.store.presenceOn('/').viewers === 2);
      expect(performance.now() - begunMs).toBeLessThan(1000);
      expect(await metricOf(app, 'gateway_datagrams_work')).toBe(0);
      expect(await metricOf(app, 'gateway_datagrams_sent_total')).toBeGreaterThan(0);
    });

    it('works with a home that takes no datagrams at all', async () => {
      const fake = await fakeApi({ datagrams: false });
      const app = await gateway([fake.url]);
      viewing(client(app, 'ada'), '/');
      await until(() => fake.store.presenceOn('/').viewers === 1);
      expect(await metricOf(app, 'gateway_datagrams_sent_total')).toBe(0);
    });

    it('comes back to datagrams when they get through again', async () => {
      const { fake, app } = await pair();
      fake.losesAnswers = true;
      const ada = client(app, 'ada');
      viewing(ada, '/');
      await until(async () => (await metricOf(app, 'gateway_datagrams_sent_total')) > 0);
      fake.losesAnswers = false;
      let page = 0;
      const works = async (): Promise<boolean> => {
        viewing(ada, `/${(page += 1)}`);
        return (await metricOf(app, 'gateway_datagrams_work')) === 1;
      };
      await until(works, { everyMs: 100, what: 'datagrams to work' });
    });

    it('moves to the next counter-api when its home is gone, and tells it everything', async () => {
      const store = new FakeStore();
      const first = await fakeApi({ store });
      const second = await fakeApi({ store });
      const app = await gateway([first.url, second.url]);
      const ada = viewing(client(app, 'ada'), '/');
      await until(() => ada.last() === 1);
      expect(second.requests).toHaveLength(0);
      await first.stop();
      await until(() => second.bodies(PATHS.interest)[0]?.whole);
      viewing(client(app, 'bob'), '/');
      await until(() => ada.last() === 2, { what: 'ada to see bob' });
      expect(second.bodies(PATHS.interest)[0]?.add).toContainEqual(['/', 'viewers']);
    });

    it('goes on with a counter-api that restarts', async () => {
      const port = await freePort();
      const store = new FakeStore();
      const before = await fakeApi({ store, port });
      const app = await gateway([before.url]);
      const ada = viewing(client(app, 'ada'), '/');
      await until(() => ada.last() === 1);
      await before.stop();
      viewing(client(app, 'bob'), '/');
      await fakeApi({ store, port });
      await until(() => ada.last() === 2, { what: 'ada to see bob' });
    });

    it('says goodbye, so that its viewers are counted out at once', async () => {
      const { fake, app } = await pair();
      viewing(client(app, 'ada'), '/');
      await until(() => fake.store.presenceOn('/').viewers === 1);
      await app.close();
      expect(fake.store.presenceOn('/').viewers).toBe(0);
      expect(fake.requests.at(-1)?.path).toBe(PATHS.goodbye);
    });
  });

  describe('pushes', () => {
    const value = (page: string, count: number, rev: number) =>
      [page, 'likes', count, 0, null, `${'0'.repeat(11)}100000000`, rev, []] as never;

    it('reach whoever watches, and never step back', async () => {
      const { fake, app } = await pair();
      const seen = watching(client(app), '/', 'likes');
      await until(() => seen.last() === 0);
      await fake.push({ from: 1, to: 2, values: [value('/', 5, 10)] });
      await until(() => seen.last() === 5);
      await fake.push({ from: 2, to: 3, values: [value('/', 4, 9)] });
      await fake.push({ from: 3, to: 4, values: [value('/', 6, 11)] });
      await until(() => seen.last() === 6);
      expect(seen.counts).toEqual([0, 5, 6]);
    });

    it('with a hole before them make the gateway restate its interest as a whole', async () => {
      const { fake, app } = await pair();
      const seen = watching(client(app), '/', 'likes');
      await until(() => seen.last() === 0);
      fake.pushes = false;
      fake.store.add('/', 'likes', 3);
      fake.skipPush();
      fake.pushes = true;
      const asked = fake.bodies(PATHS.interest).length;
      watching(client(app), '/else', 'likes');
      await until(() => fake.bodies(PATHS.interest).length > asked);
      fake.store.add('/else', 'likes', 1);
      await until(() => seen.last() === 3, { what: 'the missed value' });
      expect(fake.bodies(PATHS.interest).at(-1)?.whole).toBe(true);
    });

    it('of a forgetful home are asked for anew', async () => {
      const { fake, app } = await pair();
      const seen = watching(client(app), '/', 'likes');
      await until(() => seen.last() === 0);
      fake.forgetStreams();
      fake.store.add('/', 'likes', 3);
      await until(() => seen.last() === 3, { what: 'the missed value' });
    });

    it('of a new life of a bucket make the gateway ask for its other counters there', async () => {
      const { fake, app } = await pair({ SYNC_INTERVAL_MS: '10000' });
      const pages = Array.from({ length: 2 * TEST_BUCKETS }, (_, n) => `/${n}`);
      const [page = '', twin = ''] = pages.filter(
        (one) => bucketOf(one, TEST_BUCKETS) === bucketOf('/0', TEST_BUCKETS),
      );
      const [seen, other] = [
        watching(client(app), page, 'likes'),
        watching(client(app), twin, 'likes'),
      ];
      fake.store.add(page, 'likes', 3);
      fake.store.add(twin, 'likes', 4);
      await until(() => seen.last() === 3 && other.last() === 4);
      fake.store.forget();
      fake.store.add(page, 'likes', 1);
      await until(() => seen.last() === 1 && other.last() === 0, {
        what: 'the values after the flush',
      });
    });

    it('are refused with 401 unless signed, by the home, and new', async () => {
      const { fake, app } = await pair();
      const body = JSON.stringify({ from: 1, to: 1, values: [] });
      const signed = (from: InstanceId, number: number, signature?: string) => {
        const head = { from, to: fake.gateway, number };
        const hash = createHash('sha256').update(body).digest('hex');
        const mac = fake.keyring
          .sign(signingInput('PUT', PATHS.push, head, hash))
          .toString('base64url');
        return {
          [SIGNATURE_HEADERS.key]: fake.keyring.keyId,
          [SIGNATURE_HEADERS.from]: from,
          [SIGNATURE_HEADERS.to]: fake.gateway,
          [SIGNATURE_HEADERS.number]: String(number),
          [SIGNATURE_HEADERS.signature]: signature ?? mac,
        };
      };
      const put = async (
        headers: Record<string, string>,
        sent = body,
      ): Promise<[number, unknown]> => {
        const response = await fetch(`${app.internalUrl}${PATHS.push}`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json', ...headers },
          body: sent,
        });
        const text = await response.text();
        return [response.status, text === '' ? null : (JSON.parse(text) as { code: unknown }).code];
      };
      const home = fake.instance.id;
      const number = 1_000_000;
      expect(await put({})).toEqual([401, 'BAD_SIGNATURE']);
      expect(await put(signed(home, number, 'A'.repeat(43)))).toEqual([401, 'BAD_SIGNATURE']);
      expect(await put(signed(home, number), '{}')).toEqual([401, 'BAD_SIGNATURE']);
      expect(await put(signed('0'.repeat(32) as InstanceId, number))).toEqual([
        401,
        'UNKNOWN_INSTANCE',
      ]);
      expect(await put(signed(home, number))).toEqual([204, null]);
      expect(await put(signed(home, number))).toEqual([401, 'REPLAYED']);
      expect(await put(signed(home, number + 1), ' '.repeat(1_100_000))).toEqual([
        413,
        'PAYLOAD_TOO_LARGE',
      ]);
      expect(await put({ ...signed(home, number + 2), [SIGNATURE_HEADERS.to]: home })).toEqual([
        401,
        'BAD_SIGNATURE',
      ]);
    });
  });

  describe('subscriptions', () => {
    it('show a new viewer a count that includes it first, then every change', async () => {
      const { app } = await pair();
      const ada = viewing(client(app, 'ada'), '/');
      await until(() => ada.last() === 1);
      const bob = viewing(client(app, 'bob'), '/');
      await until(() => ada.last() === 2 && bob.last() === 2);
      bob.end();
      await until(() => ada.last() === 1);
      expect(ada.counts).toEqual([1, 2, 1]);
      expect(bob.counts).toEqual([2]);
    });

    it('count two sockets of one viewer as one viewer with two connections', async () => {
      const { app } = await pair();
      const first = viewing(client(app, 'ada'), '/');
      await until(() => first.last() === 1);
      const second = viewing(client(app, 'ada'), '/');
      await until(() => first.connections.at(-1) === 2);
      expect(second.last()).toBe(1);
      expect(first.counts.every((count) => count === 1)).toBe(true);
    });

    it('make nobody present by watching, and show the whole site', async () => {
      const { app } = await pair();
      const site = watching(client(app), SITE);
      await until(() => site.last() === 0);
      viewing(client(app, 'ada'), '/a');
      viewing(client(app, 'ada'), '/b');
      viewing(client(app, 'bob'), '/b');
      await until(() => site.last() === 2 && site.connections.at(-1) === 3);
    });

    it('take an anonymous socket for a viewer of its own', async () => {
      const { app } = await pair();
      const first = viewing(client(app), '/');
      viewing(client(app), '/');
      await until(() => first.last() === 2);
    });

    it.each([
      ['viewing', 'a b', 'BAD_PAGE_ID'],
      ['viewing', SITE, 'BAD_PAGE_ID'],
      ['counterChanged', '@other', 'BAD_PAGE_ID'],
    ])('answer %s of %s with the error %s', async (field, pageId, code) => {
      const { app } = await pair();
      const seen =
        field === 'viewing' ? viewing(client(app), pageId) : watching(client(app), pageId);
      await until(() => seen.errors.length > 0);
      expect(seen.errors).toEqual([[expect.objectContaining({ extensions: { code } })]]);
    });

    it('answer a document that is none, or asks for what there is not, with an error', async () => {
      const { app } = await pair();
      for (const query of ['subscription {', 'subscription { nothing }']) {
        const error = await new Promise((resolve) => {
          client(app).subscribe(
            { query },
            { next: resolve, error: resolve, complete: () => undefined },
          );
        });
        expect(error).toEqual([expect.objectContaining({ extensions: { code: 'BAD_REQUEST' } })]);
      }
    });

    it('are refused over HTTP, where queries are answered', async () => {
      const { app } = await pair();
      const ask = async (query: string): Promise<unknown> => {
        const response = await fetch(`${app.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        return response.json();
      };
      expect(await ask('{ gateway { region } }')).toEqual({
        data: { gateway: { region: 'local' } },
      });
      expect(await ask('subscription { viewing(pageId: "/") { count } }')).toHaveProperty('errors');
    });

    it('answer a query over the socket too', async () => {
      const { app } = await pair();
      const answer = await new Promise((resolve) => {
        const query = '{ gateway { region instance } }';
        client(app).subscribe(
          { query },
          { next: resolve, error: resolve, complete: () => undefined },
        );
      });
      expect(answer).toEqual({
        data: { gateway: { region: 'local', instance: expect.stringMatching(/^[0-9a-f]{32}$/) } },
      });
    });
  });

  describe('sockets', () => {
    const open = (
      app: RunningApp,
      path = '/graphql',
      protocol = 'graphql-transport-ws',
    ): WebSocket => {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}${path}`, protocol);
      socket.on('error', () => undefined);
      return socket;
    };
    const statusOf = (socket: WebSocket): Promise<number | undefined> =>
      new Promise((resolve) => {
        socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
        socket.once('open', () => resolve(101));
      });
    const closeOf = (socket: WebSocket): Promise<number> =>
      new Promise((resolve) => socket.once('close', (code) => resolve(code)));
    const said = (socket: WebSocket, message: object): void => socket.send(JSON.stringify(message));

    it('are opened at /graphql with the right subprotocol only', async () => {
      const { app } = await pair();
      expect(await statusOf(open(app, '/other'))).toBe(404);
      expect(await statusOf(open(app, '/graphql', 'graphql-ws'))).toBe(400);
    });

    it('are sent away beyond the limit of an address, to come back later', async () => {
      const { app } = await pair({ SOCKETS_PER_ADDRESS_MAX: '1' });
      const first = open(app);
      expect(await statusOf(first)).toBe(101);
      expect(await closeOf(open(app))).toBe(1013);
      first.close();
      await closeOf(first);
      await until(async () => (await metricOf(app, 'gateway_sockets')) === 0);
      const second = open(app);
      await statusOf(second);
      said(second, { type: 'ping' });
      await new Promise((resolve) => second.once('message', resolve));
    });

    it('close when nobody says who is there', async () => {
      const { app } = await pair({ INIT_TIMEOUT_MS: '50' });
      expect(await closeOf(open(app))).toBe(4408);
    });

    it('close on a message that is too large', async () => {
      const { app } = await pair();
      const socket = open(app);
      await statusOf(socket);
      socket.send('x'.repeat(70_000));
      expect(await closeOf(socket)).toBe(1009);
    });

    it.each([
      ['/graphql?v=bob', { viewerId: 'ada' }],
      ['/graphql', { viewerId: '\n' }],
      ['/graphql', { viewerId: [7] }],
    ])('at %s close on the viewer of %j, for good', async (path, payload) => {
      const { app } = await pair();
      const socket = open(app, path);
      await statusOf(socket);
      said(socket, { type: 'connection_init', payload });
      expect(await closeOf(socket)).toBe(4400);
    });

    it('take the viewer from a token where that is asked for, and nobody without one', async () => {
      const AUTH_JWT_SECRET = 'a-secret-that-only-the-site-knows';
      const { app, fake } = await pair({ AUTH: 'jwt', AUTH_JWT_SECRET });
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject('ada')
        .setExpirationTime('1m')
        .sign(Buffer.from(AUTH_JWT_SECRET));
      const stranger = open(app);
      await statusOf(stranger);
      said(stranger, { type: 'connection_init', payload: { viewerId: 'ada' } });
      expect(await closeOf(stranger)).toBe(4401);
      for (const query of ['', '?v=ada']) {
        const made = testClient(app.url, { token }, query);
        clients.push(made);
        const seen = viewing(made, '/');
        await until(() => seen.last() === 1, { what: 'a value, which the home has pushed' });
      }
      await until(() => fake.store.presenceOn('/').connections === 2);
    });

    it('take the viewer of the address where none is said otherwise', async () => {
      const { app, fake } = await pair();
      for (let sockets = 0; sockets < 2; sockets += 1) {
        const made = testClient(app.url, {}, '?v=ada');
        clients.push(made);
        viewing(made, '/');
      }
      await until(() => fake.store.presenceOn('/').connections === 2);
      expect(fake.store.presenceOn('/').viewers).toBe(1);
    });

    it('refuse operations beyond their limit, not those before', async () => {
      const { app } = await pair({ OPERATIONS_PER_SOCKET_MAX: '2' });
      const one = client(app, 'ada');
      const seen = ['/a', '/b', '/c'].map((page) => viewing(one, page));
      await until(() => seen[2]?.errors.length === 1);
      expect(seen[2]?.errors).toEqual([
        [expect.objectContaining({ extensions: { code: 'TOO_MANY' } })],
      ]);
      await until(() => seen[0]?.last() === 1 && seen[1]?.last() === 1);
    });

    it('that take nothing in any more are found, and their viewers counted out', async () => {
      const { app, fake } = await pair({ PING_INTERVAL_MS: '50', PONG_TIMEOUT_MS: '50' });
      const socket = new WebSocket(
        `${app.url.replace('http', 'ws')}/graphql`,
        'graphql-transport-ws',
        {
          autoPong: false,
        },
      );
      await statusOf(socket);
      said(socket, { type: 'connection_init', payload: { viewerId: 'ada' } });
      const query = 'subscription { viewing(pageId: "/") { count } }';
      socket.on('message', (bytes) => {
        if (String(bytes).includes('connection_ack'))
          said(socket, { id: '1', type: 'subscribe', payload: { query } });
      });
      await until(() => fake.store.presenceOn('/').viewers === 1);
      await until(() => fake.store.presenceOn('/').viewers === 0, {
        what: 'the silent socket to be found',
      });
    });

    it('are sent away by a stop with a code that stock clients come back after', async () => {
      const { app, fake } = await pair();
      const codes: unknown[] = [];
      const ada = client(app, 'ada');
      ada.on('closed', (event) => codes.push((event as { code: number }).code));
      viewing(ada, '/');
      await until(() => fake.store.presenceOn('/').viewers === 1);
      const port = app.port;
      await app.close();
      expect(codes[0]).toBe(1012);
      await gateway([fake.url], {
        GATEWAY_PORT: String(port),
        GATEWAY_INTERNAL_PORT: '0',
      });
      await until(() => fake.store.presenceOn('/').viewers === 1, { what: 'ada to come back' });
    });
  });
});
